"""A contest between its two rounds, all of it invented: who stays, who merges, who is out."""

from dataclasses import dataclass

from django.utils import timezone

from pledges.enums import Answer, Fate, Round
from pledges.models import Candidate, CandidateList, Contest
from tests.pledges.factories import (
    CandidateFactory,
    CandidateListFactory,
    ContestFactory,
    PledgeFactory,
    SignatoryFactory,
)


@dataclass(frozen=True)
class Rounds:
    """Four lists of the first round: one stays, two merge, one is out. ``merged`` is the list that those two made."""

    contest: Contest
    kept: CandidateList
    parents: tuple[CandidateList, CandidateList]
    out: CandidateList
    merged: CandidateList

    @property
    def head(self) -> Candidate:
        """Who leads the merged list, and led the first of its parents."""
        return self.merged.candidates.get(is_head=True)


def say(fate: Fate, *lists: CandidateList) -> None:
    """Mark lists of the first round, as the acts do."""
    for each in lists:
        each.fate, each.fate_at = fate, timezone.now()
        each.save(update_fields=["fate", "fate_at"])


def merge(*parents: CandidateList, name: str = "Liste fusionnée", panel: int | None = 2) -> CandidateList:
    """The list that these made, led by the head of the first."""
    merged = CandidateListFactory(
        contest=parents[0].contest,
        round=Round.SECOND,
        name=name,
        panel_number=panel,
        official_code=f"F{parents[0].official_code}",
    )
    merged.parents.set(parents)
    head = parents[0].candidates.get(is_head=True)
    CandidateFactory(
        candidate_list=merged,
        head=True,
        earlier=head,
        rank=1,
        last_name=head.last_name,
        first_names=head.first_names,
        norm=head.norm,
    )
    say(Fate.MERGED, *parents)
    return merged


def second_round(**contest: object) -> Rounds:
    """The second round of a contest; the kept list and a parent have signed, for two principles and for three."""
    place = ContestFactory(**contest)
    kept, first, second, out = (
        CandidateListFactory(
            contest=place, headed=True, panel_number=panel, official_code=str(panel), name=f"Liste d’essai {panel}"
        )
        for panel in (1, 2, 3, 4)
    )
    signed(kept, 1, 2)
    signed(first, 1, 2, 3)
    merged = merge(first, second)
    say(Fate.KEPT, kept)
    say(Fate.ELIMINATED, out)
    return Rounds(place, kept, (first, second), out, merged)


def signed(candidate_list: CandidateList, *numbers: int, **kwargs: object) -> PledgeFactory:
    """A published pledge of a list, its head having signed."""
    pledge = PledgeFactory(
        candidate_list=candidate_list, published=True, answers=dict.fromkeys(numbers, Answer.COMMITS), **kwargs
    )
    SignatoryFactory(pledge=pledge)
    return pledge
