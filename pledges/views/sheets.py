"""`feuille.pdf`: the A4 sheet of a contest and of a list, for a door, a table, a meeting."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.text import slugify

from pledges import sheets
from pledges.models import CandidateList, Contest
from pledges.views.drawn import drawn
from regions.pages import public_page


@public_page
def contest_sheet(request: HttpRequest, slug: str, territory: str) -> HttpResponse:
    """Every list of a contest and its answers."""
    contest = get_object_or_404(
        Contest.objects.public().select_related("election__charter", "region"), election__slug=slug, slug=territory
    )
    return drawn(request, sheets.contest_sheet(contest), f"{slug}-{territory}")


@public_page
def list_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """A list and its answers, in its own words."""
    shown = get_object_or_404(CandidateList.objects.official().with_contest(), pk=pk)
    return drawn(request, sheets.list_sheet(shown), slugify(shown.name)[:60].strip("-") or shown.kind)
