"""The two rounds of an invented election that is over: votes, a list that stays, one that two others made, seats."""

import datetime

from django.utils import timezone

from pledges import calendar
from pledges.actions.second_round import Merger, mark_second_round
from pledges.enums import Fate, Round
from pledges.models import Candidate, CandidateList, Contest, Result
from regions.models import User

# In panel order. The last two are below the tenth that lets a list stay.
FIRST_VOTES = (31_200, 24_100, 19_800, 12_300, 7_400, 5_200)
SECOND_VOTES = {"kept": 47_900, "merged": 52_100}
SEATS = {"kept": 24, "merged": 49}
SEATS_PER_SECTION = 4
MERGED_NAME = "Liste de démonstration B-C"


def play_rounds(contest: Contest, *, by: User) -> None:
    """Make the votes of both rounds, and what became of the lists between them, on the evening of the first.

    :param contest: Over, with its election and region, and six lists.
    """
    lists = list(contest.lists.standing().of_round(Round.FIRST).in_panel_order())
    _votes(Round.FIRST, dict(zip(lists, FIRST_VOTES, strict=True)))
    kept, second, third, withdrawn, *out = lists
    fates: dict[CandidateList, str] = {
        kept: Fate.KEPT,
        withdrawn: Fate.WITHDRAWN,
        **dict.fromkeys(out, Fate.ELIMINATED),
    }
    merger = Merger(MERGED_NAME, second.candidates.get(is_head=True), [second, third], panel_number=2)
    mark_second_round(contest, fates, [merger], by=by)
    merged = contest.lists.get(round=Round.SECOND)
    _compose(merged, second, third)
    stood = {kept: "kept", merged: "merged"}
    _votes(
        Round.SECOND,
        {each: SECOND_VOTES[key] for each, key in stood.items()},
        {each: SEATS[key] for each, key in stood.items()},
    )


def _compose(merged: CandidateList, *parents: CandidateList) -> None:
    """Name everyone of a merged list, as its official file does: in each section, people of each parent in turn."""
    head = merged.candidates.get(is_head=True)
    sections: dict[str, list[Candidate]] = {}
    people = Candidate.objects.standing().filter(candidate_list__in=parents).exclude(later=head)
    for person in people.order_by("section_code", "rank", "pk"):
        sections.setdefault(person.section_code, []).append(person)
    for section, its_own in sections.items():
        taken = {head.rank} if section == head.section_code else set()
        ranks = [rank for rank in range(1, SEATS_PER_SECTION + 1) if rank not in taken]
        Candidate.objects.bulk_create(
            Candidate(
                candidate_list=merged,
                earlier=person,
                section_code=section,
                section_name=person.section_name,
                rank=rank,
                last_name=person.last_name,
                first_names=person.first_names,
                norm=person.norm,
            )
            for rank, person in zip(ranks, its_own, strict=False)
        )


def evening_of_first_round(contest: Contest) -> datetime.datetime:
    """An hour after its polls have closed."""
    return calendar.polls_close(contest.election.first_round_on, contest.region) + datetime.timedelta(hours=1)


def _votes(one_round: Round, votes: dict[CandidateList, int], seats: dict[CandidateList, int] | None = None) -> None:
    Result.objects.bulk_create(
        Result(
            candidate_list=each,
            round=one_round,
            votes=count,
            seats=(seats or {}).get(each),
            imported_at=timezone.now(),
        )
        for each, count in votes.items()
    )
