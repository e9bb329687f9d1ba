"""Who stands on each list of a contest, in a line: how many people, in how many sections, who signed for themselves."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _

from pledges.models import Candidate, CandidateList, Pledge

NAMES = 5  # of a list's personal signers: the page of the list has them all


@dataclass(frozen=True, slots=True)
class Team:
    """A list and its people; ``signers`` are the first who signed for themselves, ``more`` counts the others."""

    list: CandidateList
    people_count: int
    section_count: int
    signers: Sequence[str]
    more: int


def teams(lists: Sequence[CandidateList], sitting: Collection[int] = ()) -> list[Team]:
    """The people of these lists, in two queries, in the order of the lists.

    :param sitting: The candidates who sit: the word is beside the name of those who signed.
    """
    keys = [candidate_list.pk for candidate_list in lists]
    counts = {
        key: (people, sections)
        for key, people, sections in Candidate.objects.standing()
        .filter(candidate_list__in=keys)
        .order_by()
        .values_list("candidate_list")
        .annotate(Count("pk"), Count("section_code", distinct=True))
    }
    signers = defaultdict(list)
    for pledge in (
        Pledge.objects.published()
        .filter(candidate_list__in=keys, candidate__isnull=False)
        .select_related("candidate")
        .order_by("candidate__section_code", "candidate__rank", "pk")
    ):
        is_sitting = pledge.candidate_id in sitting
        name = _("%s (élu·e)") % pledge.signer if is_sitting else str(pledge.signer)
        signers[pledge.candidate_list_id].append(name)
    return [
        Team(
            candidate_list,
            *counts.get(candidate_list.pk, (0, 0)),
            signers=signers[candidate_list.pk][:NAMES],
            more=max(0, len(signers[candidate_list.pk]) - NAMES),
        )
        for candidate_list in lists
    ]
