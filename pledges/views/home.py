"""`/`: purpose, look-up, map, counts with denominators, latest published."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pledges import calendar, structured
from pledges.enums import ElectionKind
from pledges.map import VIEW_BOX, legend, region_map
from pledges.models import Charter, Contest, Election, Pledge, Principle
from regions.models import Region
from regions.pages import public_page

LATEST = 5


@public_page
def home(request: HttpRequest) -> HttpResponse:
    """The first page: it explains itself in a sentence, and the look-up comes first."""
    elections = Election.objects.current(calendar.shown_at().date())
    election = elections[0] if elections else None
    contests = list(Contest.objects.public().filter(election=election).with_counts())
    latest = (
        Pledge.objects.published()
        .filter(candidate_list__contest__election__in=elections)
        .select_related("candidate", "candidate_list__contest__region")
        .order_by("-published_at", "-pk")[:LATEST]
    )
    kind = election.choice if election else ElectionKind.REGIONAL
    map_regions = region_map(Region.objects.all(), contests, kind)
    context = {
        "structured": structured.website(),
        "elections": elections,
        "election": election,
        "first_is_over": election is not None and calendar.is_past_first_round(election),
        "list_count": sum(contest.list_count for contest in contests),
        "signed_count": sum(contest.signed_count for contest in contests),
        "latest": latest,
        "map_regions": map_regions,
        "map_legend": legend(map_regions, kind),
        "map_view_box": VIEW_BOX,
        "principles": Principle.objects.filter(charter=Charter.objects.shown_with(elections)),
    }
    return render(request, "pledges/home.html", context)
