"""`/signer/`: find one's list, or declare one's candidacy when it is on none yet."""

from collections.abc import Iterable

from django.contrib.auth.decorators import login_not_required
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from pledges.matrix import leaders_of
from pledges.models import CandidateList, Election
from pledges.search import find_lists
from regions.models import Region
from regions.search import find_places


@login_not_required
def find(request: HttpRequest) -> HttpResponse:
    """Find one's list by postcode, region or name, among those of the current election."""
    current = Election.objects.current()
    query = request.GET.get("q", "").strip()
    places = find_places(query) if query else None
    lists: list[CandidateList] = []
    if places and not places.is_refused:
        lists = _lists_of(places.regions, current)
        if not lists and not places.postal_code:
            named = find_lists(query)
            open_in = {region: _elections_in(region, current) for region in {found.contest.region for found in named}}
            lists = [found for found in named if found.contest.election in open_in[found.contest.region]]
    elections = [found.contest.election for found in lists] or current
    leaders = leaders_of(lists)
    context = {
        "election": elections[0] if elections else None,
        "query": query,
        "places": places,
        "found": [(candidate_list, leaders.get(candidate_list.pk, [])) for candidate_list in lists],
        "regions": Region.objects.all(),
    }
    return render(request, "pledges/sign_find.html", context)


def _lists_of(regions: Iterable[Region], current: list[Election]) -> list[CandidateList]:
    """The lists that one may sign for in each of these regions, in its own elections of the moment."""
    theirs = Q(pk__in=[])
    for region in regions:
        theirs |= Q(contest__region=region, contest__election__in=_elections_in(region, current))
    return list(
        CandidateList.objects.standing()
        .filter(theirs)
        .with_contest()
        .order_by("contest__region__norm", "contest__slug", "panel_number", "pk")
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
