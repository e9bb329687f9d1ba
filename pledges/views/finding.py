"""`/signer/`: find one's list, or declare one's candidacy when it is on none yet."""

import re
from collections.abc import Collection, Iterable, Mapping

from django.contrib.auth.decorators import login_not_required
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from pledges.cantons import open_cantons
from pledges.matrix import leaders_of
from pledges.models import CandidateList, Contest, Election
from pledges.models.elections import CandidateListQuerySet
from pledges.search import find_cantons, find_lists
from regions.models import Department, Region
from regions.search import PlaceAnswer, find_places


@login_not_required
def find(request: HttpRequest) -> HttpResponse:
    """Find one's list by postcode, region, canton or name, among those of the current election."""
    current = Election.objects.current()
    query = request.GET.get("q", "").strip()
    contest = _asked(request, current)
    places = find_places(query) if query else None
    lists: list[CandidateList] = []
    cantons: list[Contest] = []
    if contest:
        lists = _lists_in([contest])
    elif places and not places.is_refused:
        open_in = {region: _elections_in(region, current) for region in places.regions}
        lists = _lists_of(open_in)
        by_canton = {one for elections in open_in.values() for one in elections if one.choice.is_by_pairs}
        cantons = open_cantons(by_canton, _departments_of(places)) if by_canton else []
        if not (places.postal_code or places.departments or places.named_regions):
            lists += _lists_in(_open(find_cantons(query), current))
        if not lists and not cantons and not places.postal_code:
            named = find_lists(query)
            contests = set(_open({found.contest for found in named}, current))
            lists = [found for found in named if found.contest in contests]
    elections = [found.contest.election for found in lists] or current
    leaders = leaders_of(lists)
    context = {
        "election": elections[0] if elections else None,
        "query": query,
        "contest": contest,
        "places": places,
        "found": [(candidate_list, leaders.get(candidate_list.pk, [])) for candidate_list in lists],
        "cantons": cantons,
        "regions": Region.objects.all(),
    }
    return render(request, "pledges/sign_find.html", context)


def _asked(request: HttpRequest, current: list[Election]) -> Contest | None:
    """The contest that the address names, when one may sign there."""
    key = request.GET.get("circonscription", "")
    if not re.fullmatch(r"[0-9]{1,18}", key, re.ASCII):
        return None
    contests = Contest.objects.public().select_related("election", "region").filter(pk=int(key))
    return next(iter(_open(list(contests), current)), None)


def _open(contests: Collection[Contest], current: list[Election]) -> list[Contest]:
    """Those of these contests whose lists one may sign for."""
    open_in = {region: _elections_in(region, current) for region in {contest.region for contest in contests}}
    return [contest for contest in contests if contest.election in open_in[contest.region]]


def _departments_of(places: PlaceAnswer) -> set[str]:
    """The departments that someone may mean: those of a commune or named, else all those of a region."""
    meant = {one.code for one in places.departments} | {one.department_id for one in places.communes}
    if places.named_regions:
        meant |= set(Department.objects.filter(region__in=places.named_regions).values_list("code", flat=True))
    return meant


def _lists_of(open_in: Mapping[Region, Collection[Election]]) -> list[CandidateList]:
    """The lists that one may sign for in each of these regions, in its own elections of the moment.

    Binômes are not among them: one says which canton first.
    """
    theirs = Q(pk__in=[])
    for region, elections in open_in.items():
        theirs |= Q(contest__region=region, contest__election__in=elections)
    return _in_order(CandidateList.objects.filter(theirs, contest__department=None))


def _lists_in(contests: Iterable[Contest]) -> list[CandidateList]:
    """Those of these contests."""
    return _in_order(CandidateList.objects.filter(contest__in=list(contests)))


def _in_order(lists: CandidateListQuerySet) -> list[CandidateList]:
    return list(
        lists.standing()
        .with_contest()
        .order_by("contest__region__norm", "contest__slug", "round", "panel_number", "pk")
        .fetch_mode(models.FETCH_RAISE)
    )


def _elections_in(region: Region, current: list[Election]) -> list[Election]:
    """Those to sign for in a region: its own of the moment, unless the country has gone on to another since.

    :param current: The elections of the moment in the country.
    """
    today = timezone.localdate()
    return [
        election
        for election in Election.objects.current_in(region)
        if election in current or election.mandate_starts_on > today
    ]
