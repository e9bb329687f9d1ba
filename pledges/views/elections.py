"""`/elections/` and below: all the elections, then each of them, then each of its contests."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from pledges import calendar, last_change, second_round, structured
from pledges.appeal import Appeal
from pledges.asked import asked_in
from pledges.cantons import DepartmentVote, by_department
from pledges.enums import Round
from pledges.forms.filtering import MatrixFilterForm
from pledges.mandates import council_of, sitting_candidates
from pledges.matrix import matrix
from pledges.models import Contest, Election
from pledges.outcomes import outcomes_of
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
        vote.contests.public()
        .select_related("election", "region", "department")
        .with_counts()
        .order_by("region__norm", "slug")
    )
    crumbs = [_all_elections()]
    context = {
        "election": vote,
        "crumbs": crumbs,
        "departments": by_department(vote, contests),
        "contests": [contest for contest in contests if contest.department_id is None],
        "first_is_over": calendar.is_past_first_round(vote),
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
def department(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """The cantons of a department in an election: a postcode does not say which, so all of them are a choice."""
    cantons = list(
        Contest.objects.public()
        .filter(election__slug=slug, department=code)
        .select_related("election__charter", "region", "department")
        .with_counts()
        .order_by("code", "pk")
    )
    if not cantons:
        raise Http404
    [vote] = by_department(cantons[0].election, cantons)
    crumbs = [_all_elections(), (vote.election.name, vote.election.get_absolute_url())]
    context = {
        "vote": vote,
        "election": vote.election,
        "region": cantons[0].region,
        "crumbs": crumbs,
        "structured": structured.breadcrumb(crumbs, vote.department.name, request.path),
        # Between the rounds, what the binômes of the second may do: some of its cantons have one.
        "signing": second_round.signing(cantons[0], Round.SECOND),
    }
    return render(request, "pledges/department.html", context)


@public_page
def contest(request: HttpRequest, slug: str, territory: str) -> HttpResponse:
    """One contest: the matrix of its lists, at an address that stays when the next election comes.

    Those of the first round, then those of the second once what became of every list is known.
    """
    return _contest(request, _place(slug, territory))


@public_page
def contest_first_round(request: HttpRequest, slug: str, territory: str) -> HttpResponse:
    """The lists of the first round, once the page of the contest has gone on to the second."""
    place = _place(slug, territory)
    if second_round.round_shown_in(place) == Round.FIRST:
        return redirect(place)
    return _contest(request, place, Round.FIRST)


def _place(slug: str, territory: str) -> Contest:
    return get_object_or_404(
        Contest.objects.public().select_related("election__charter", "region", "department"),
        election__slug=slug,
        slug=territory,
    )


def _contest(request: HttpRequest, place: Contest, one_round: Round | None = None) -> HttpResponse:
    """A contest in one round.

    :param one_round: None for the one that voters are about to vote in, or were last.
    """
    crumbs = [_all_elections(), (place.election.name, place.election.get_absolute_url())]
    if place.department:
        its_department = DepartmentVote(place.election, place.department, [])
        crumbs.append((place.department.name, its_department.get_absolute_url()))
    if one_round:
        crumbs.append((place.name, place.get_absolute_url()))
    silence = calendar.silence_in(place.region)
    at = calendar.stands_at(place.region, silence)
    table = matrix(place, one_round, at=at)
    signing = second_round.signing(place, table.round, silence=silence)
    context = {
        "is_earlier_round": one_round is not None,
        "election": place.election,
        "region": place.region,
        "crumbs": crumbs,
        "structured": structured.breadcrumb(crumbs, place.name, request.path),
        "changed_at": last_change.of_contest(place),
        "contest": place,
        "matrix": table,
        "teams": teams([row.list for row in table.rows], sitting_candidates(place, at)),
        "council": council_of(place, at),
        "narrowed": MatrixFilterForm(request.GET, matrix=table).narrowed(),
        "outcomes": [it for it in outcomes_of(place) if one_round is None or it.round == one_round],
        "hush": silence,
        "phase": calendar.shown_phase(place.election, place.region, silence),
        "asked": asked_in(place, [row.list for row in table.rows], silence=silence, signed=table.signed),
        "signing": signing,
        "appeal": Appeal.about(place, place, signing=signing, silence=silence),
    }
    return render(request, "pledges/contest.html", context)
