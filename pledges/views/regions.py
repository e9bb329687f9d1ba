"""`/regions/<slug>/`: the territory, its current contest, its figures, its network, its archives."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from pledges import calendar, last_change, structured
from pledges.appeal import Appeal
from pledges.forms.filtering import MatrixFilterForm
from pledges.matrix import Matrix, matrix
from pledges.models import Contest, Election
from pledges.narrowing import Narrowed
from pledges.teams import Team, teams
from regions.charts import job_shares, not_drawn
from regions.models import Region
from regions.pages import public_page


@dataclass(frozen=True, slots=True)
class Vote:
    """One election in the territory: its matrix when there is one contest, else its contests to choose from."""

    election: Election
    contests: list[Contest]
    narrowed: Narrowed | None
    teams: Sequence[Team]
    signing: calendar.Signing
    appeal: Appeal | None

    @property
    def matrix(self) -> Matrix | None:
        return self.narrowed.whole if self.narrowed else None


@public_page
def region(request: HttpRequest, slug: str) -> HttpResponse:
    """Who, here, committed to what, in the elections of the moment."""
    place = get_object_or_404(Region, slug=slug)
    current = Election.objects.current_in(place)
    contests = (
        place.contests.public().filter(election__in=current).select_related("election__charter", "region").with_counts()
    )
    silence = calendar.silence_in(place)
    votes = []
    for election in current:
        its_own = [contest for contest in contests if contest.election_id == election.pk]
        only = its_own[0] if len(its_own) == 1 else None
        signing = calendar.signing(election, place)
        table = matrix(only) if only else None
        votes.append(
            Vote(
                election=election,
                contests=its_own,
                narrowed=MatrixFilterForm(request.GET, matrix=table).narrowed() if table else None,
                teams=teams([row.list for row in table.rows]) if table else [],
                signing=signing,
                appeal=Appeal.about(only, place, signing=signing, silence=silence) if only else None,
            )
        )
    archives = place.contests.public().exclude(election__in=current).select_related("election")
    figures = list(place.indicators.regional())
    charts = job_shares(figures)
    context = {
        "region": place,
        "structured": structured.breadcrumb([], place.name, request.path),
        "election": current[0] if current else None,
        "votes": votes,
        "changed_at": last_change.of_region(place),
        "networks": place.networks.all(),
        "charts": charts,
        "figures": not_drawn(figures, charts),
        "archives": archives.order_by("-election__first_round_on", "name"),
    }
    return render(request, "pledges/region.html", context)
