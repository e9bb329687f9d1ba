"""`/regions/<slug>/`: the territory, its current contest, its figures, its network, its archives."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from pledges import calendar, last_change, second_round, structured
from pledges.appeal import Appeal
from pledges.asked import Asked, asked_in
from pledges.cantons import DepartmentVote, by_department
from pledges.enums import Phase
from pledges.forms.filtering import MatrixFilterForm
from pledges.mandates import Council, council_of, sitting_candidates
from pledges.matrix import Matrix, matrix
from pledges.models import Contest, Election
from pledges.narrowing import Narrowed
from pledges.teams import Team, teams
from regions.charts import job_shares, not_drawn
from regions.models import Department, Region
from regions.pages import public_page
from regions.unserved import departmental_council_elsewhere


@dataclass(frozen=True, slots=True)
class Vote:
    """One election in the territory: its matrix when there is one contest, else its departments to choose from.

    ``contests`` are those of no department.
    """

    election: Election
    contests: list[Contest]
    departments: list[DepartmentVote]
    narrowed: Narrowed | None
    teams: Sequence[Team]
    council: Council | None
    signing: calendar.Signing
    phase: Phase
    appeal: Appeal | None
    asked: Asked | None
    here: Department | None = None

    @property
    def others(self) -> list[DepartmentVote]:
        """The departments to choose from, but the one that is shown open."""
        return [vote for vote in self.departments if vote.department != self.here]

    @property
    def matrix(self) -> Matrix | None:
        return self.narrowed.whole if self.narrowed else None


@public_page
def region(request: HttpRequest, slug: str) -> HttpResponse:
    """Who, here, committed to what, in the elections of the moment."""
    place = get_object_or_404(Region, slug=slug)
    silence = calendar.silence_in(place)
    at = calendar.stands_at(place, silence)
    current = Election.objects.current_in(place, at.date())
    contests = (
        place.contests.public()
        .filter(election__in=current)
        .select_related("election__charter", "region", "department")
        .with_counts()
    )
    here = _department(request, place, contests)
    votes = []
    for election in current:
        its_own = [contest for contest in contests if contest.election_id == election.pk]
        only = its_own[0] if len(its_own) == 1 and not its_own[0].department else None
        table = matrix(only, at=at) if only else None
        signing = (
            second_round.signing(only, table.round, silence=silence)
            if only and table
            else calendar.signing(election, place, silence=silence)
        )
        votes.append(
            Vote(
                election=election,
                contests=its_own if only else [contest for contest in its_own if not contest.department],
                departments=by_department(election, its_own),
                here=here,
                narrowed=MatrixFilterForm(request.GET, matrix=table).narrowed() if table else None,
                teams=teams([row.list for row in table.rows], sitting_candidates(only, at)) if table and only else [],
                council=council_of(only, at) if only else None,
                signing=signing,
                phase=calendar.shown_phase(election, place, silence),
                appeal=Appeal.about(only, place, signing=signing, silence=silence) if only else None,
                asked=asked_in(only, [row.list for row in table.rows], silence=silence, signed=table.signed)
                if only and table
                else None,
            )
        )
    archives = place.contests.public().exclude(election__in=current).select_related("election")
    figures = list(place.indicators.regional())
    charts = job_shares(figures)
    context = {
        "region": place,
        "structured": structured.breadcrumb([], place.name, request.path),
        "election": current[0] if current else None,
        "hush": silence,
        "votes": votes,
        # Whoever comes from the look-up has said where they live: their department comes first, open.
        "here": here,
        "elsewhere": departmental_council_elsewhere(here.code) if here else "",
        "changed_at": last_change.of_region(place),
        "networks": place.networks.all(),
        "charts": charts,
        "figures": not_drawn(figures, charts),
        "archives": archives.order_by("-election__first_round_on", "name"),
    }
    return render(request, "pledges/region.html", context)


def _department(request: HttpRequest, place: Region, contests: Iterable[Contest]) -> Department | None:
    """The department of this region that the address names, where someone votes by canton."""
    asked = request.GET.get("departement", "")
    if not re.fullmatch(r"[0-9A-Z]{2,3}", asked, re.ASCII) or not any(contest.department for contest in contests):
        return None
    return place.departments.filter(code=asked).first()
