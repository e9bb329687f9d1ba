"""`/elections/` and below: all the elections, then each of them, then each of its contests."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from pledges import calendar, last_change, structured
from pledges.appeal import Appeal
from pledges.forms.filtering import MatrixFilterForm
from pledges.matrix import matrix
from pledges.models import Contest, Election
from pledges.teams import teams
from pledges.totals import election_totals
from regions.pages import public_page


@public_page
def elections(request: HttpRequest) -> HttpResponse:
    """All the elections, the latest first: their dates, and how many of their lists signed."""
    return render(request, "pledges/elections.html", {"elections": Election.objects.latest_first().with_counts()})


@public_page
def election(request: HttpRequest, slug: str) -> HttpResponse:
    """An election: its dates, its territories, its totals with denominators."""
    vote = get_object_or_404(Election.objects.select_related("charter"), slug=slug)
    contests = list(
        vote.contests.public().select_related("election", "region").with_counts().order_by("region__norm", "slug")
    )
    crumbs = [_all_elections()]
    context = {
        "election": vote,
        "crumbs": crumbs,
        "contests": contests,
        "list_count": sum(contest.list_count for contest in contests),
        "signed_count": sum(contest.signed_count for contest in contests),
        "totals": election_totals(vote, contests),
        "structured": structured.described(
            structured.vote(vote), structured.breadcrumb(crumbs, vote.name, request.path)
        ),
    }
    return render(request, "pledges/election.html", context)


def _all_elections() -> tuple[str, str]:
    """The step of a breadcrumb that comes before an election."""
    return _("Les élections"), reverse("elections")


@public_page
def contest(request: HttpRequest, slug: str, territory: str) -> HttpResponse:
    """One contest: the matrix of its lists, at an address that stays when the next election comes."""
    place = get_object_or_404(
        Contest.objects.public().select_related("election__charter", "region"), election__slug=slug, slug=territory
    )
    crumbs = [_all_elections(), (place.election.name, place.election.get_absolute_url())]
    signing = calendar.signing(place.election, place.region)
    table = matrix(place)
    context = {
        "election": place.election,
        "region": place.region,
        "crumbs": crumbs,
        "structured": structured.breadcrumb(crumbs, place.name, request.path),
        "changed_at": last_change.of_contest(place),
        "contest": place,
        "matrix": table,
        "teams": teams([row.list for row in table.rows]),
        "narrowed": MatrixFilterForm(request.GET, matrix=table).narrowed(),
        "signing": signing,
        "appeal": Appeal.about(place, place, signing=signing, silence=calendar.silence_in(place.region)),
    }
    return render(request, "pledges/contest.html", context)
