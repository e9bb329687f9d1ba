"""What voters decided in a contest, round by round, once its polls have closed: in panel order, never by votes."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models

from pledges import calendar
from pledges.enums import Round
from pledges.models import CandidateList, Contest, Result


@dataclass(frozen=True, slots=True)
class Score:
    """The result of one list in one round, and all the votes that its share is of."""

    result: Result
    cast: int

    @property
    def list(self) -> CandidateList:
        return self.result.candidate_list

    @property
    def share(self) -> float | None:
        """Its part of the votes cast for all the lists, in per cent; None where nobody voted."""
        return 100 * self.result.votes / self.cast if self.cast else None


@dataclass(frozen=True, slots=True)
class RoundOutcome:
    """One round of a contest: its day, its votes cast for a list, the score of each list that stood."""

    round: Round
    on: datetime.date
    cast: int
    scores: Sequence[Score]

    @property
    def name(self) -> str:
        return str(self.round.label)

    @property
    def has_seats(self) -> bool:
        return any(score.result.seats is not None for score in self.scores)


def outcomes_of(contest: Contest, at: datetime.datetime | None = None) -> list[RoundOutcome]:
    """The rounds whose results may be told and are known, in one query.

    :param contest: With its election and region loaded.
    :param at: The moment, now by default: before the last polling station has closed, nothing is told (code électoral,
        L52-2).
    """
    told = calendar.counted_rounds(contest.election, contest.region, at)
    if not told:
        return []
    by_round: dict[int, list[Result]] = {}
    results = (
        Result.objects.filter(candidate_list__contest=contest, round__in=told)
        .select_related("candidate_list__contest__election")
        .in_panel_order()
        .fetch_mode(models.FETCH_RAISE)
    )
    for result in results:
        by_round.setdefault(result.round, []).append(result)
    days = dict(zip(Round, contest.election.rounds, strict=True))
    outcomes = []
    for each in told:
        if its_own := by_round.get(each):
            cast = sum(result.votes for result in its_own)
            scores = [Score(result, cast) for result in its_own]
            outcomes.append(RoundOutcome(each, days[each], cast, scores))
    return outcomes


def outcomes_for(candidate_list: CandidateList, outcomes: Sequence[RoundOutcome]) -> list[tuple[RoundOutcome, Score]]:
    """Those of one list, in the rounds where it stood."""
    return [(outcome, score) for outcome in outcomes for score in outcome.scores if score.list.pk == candidate_list.pk]
