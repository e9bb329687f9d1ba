"""`/partage/….png`: what a link to a page of ours shows on a social network."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from pledges import calendar, second_round, shares
from pledges.kept import Drawing
from pledges.models import CandidateList, Contest, Election, Pledge, Principle
from pledges.views.drawn import drawn
from regions.models import Region
from regions.pages import public_page


@public_page
def share_portal(request: HttpRequest) -> HttpResponse:
    """The picture of every page that has none of its own."""
    return drawn(request, shares.of_portal())


@public_page
def share_region(request: HttpRequest, slug: str) -> HttpResponse:
    """A region, in the elections that its page shows."""
    region = get_object_or_404(Region, slug=slug)
    current = Election.objects.current_in(region, calendar.shown_at(region).date())
    contests = region.contests.public().filter(election__in=current).select_related("election").with_counts()
    return drawn(request, shares.of_region(region, contests.order_by("-election__kind", "pk")))


@public_page
def share_election(request: HttpRequest, slug: str) -> HttpResponse:
    """An election, all its contests together."""
    election = get_object_or_404(Election, slug=slug)
    return drawn(request, shares.of_election(election, election.contests.public().with_counts()))


@public_page
def share_contest(request: HttpRequest, slug: str, territory: str) -> HttpResponse:
    """One contest."""
    contest = get_object_or_404(Contest.objects.public(), election__slug=slug, slug=territory)
    return drawn(request, _of_contest(contest))


@public_page
def share_list(request: HttpRequest, pk: int) -> HttpResponse:
    """A list that signed, as long as its pledge is published and it stands; of any other, its contest."""
    shown = get_object_or_404(CandidateList.objects.official().with_contest(), pk=pk)
    pledge = (
        Pledge.objects.published()
        .for_lists()
        .filter(candidate_list=shown, charter=shown.contest.election.charter)
        .prefetch_related("commitments")
        .first()
    )
    if pledge and shown.left_at is None:
        return drawn(request, shares.of_list(shown, pledge))
    return drawn(request, _of_contest(shown.contest))


@public_page
def share_principle(request: HttpRequest, number: int) -> HttpResponse:
    """A principle of the charter of the moment."""
    elections = Election.objects.current(calendar.shown_at().date())
    if not elections:
        raise Http404
    return drawn(
        request, shares.of_principle(get_object_or_404(Principle, charter=elections[0].charter, number=number))
    )


def _of_contest(contest: Contest) -> Drawing:
    """The picture of a contest, with the lists of the round that its page shows."""
    one_round = second_round.round_shown_in(contest)
    counted = Contest.objects.public().select_related("election", "region").with_counts(one_round)
    return shares.of_contest(counted.get(pk=contest.pk), one_round)
