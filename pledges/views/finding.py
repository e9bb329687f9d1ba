"""`/signer/`: find one's list, or declare one's candidacy when it is on none yet."""

from django.contrib.auth.decorators import login_not_required
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pledges.matrix import leaders_of
from pledges.models import CandidateList, Election
from pledges.search import find_lists
from regions.models import Region
from regions.search import find_places


@login_not_required
def find(request: HttpRequest) -> HttpResponse:
    """Find one's list by postcode, region or name, among those of the current election."""
    elections = Election.objects.current()
    query = request.GET.get("q", "").strip()
    places = find_places(query) if query else None
    lists: list[CandidateList] = []
    if places and not places.is_refused:
        of_election = CandidateList.objects.standing().filter(contest__election__in=elections).with_contest()
        lists = list(
            of_election.filter(contest__region__in=places.regions)
            .order_by("contest__region__norm", "contest__slug", "panel_number", "pk")
            .fetch_mode(models.FETCH_RAISE)
        )
        if not lists and not places.postal_code:
            lists = [found for found in find_lists(query) if found.contest.election in elections]
    leaders = leaders_of(lists)
    context = {
        "election": elections[0] if elections else None,
        "query": query,
        "places": places,
        "found": [(candidate_list, leaders.get(candidate_list.pk, [])) for candidate_list in lists],
        "regions": Region.objects.all(),
    }
    return render(request, "pledges/sign_find.html", context)
