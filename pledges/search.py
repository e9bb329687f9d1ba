"""The look-up of lists and candidates by name; places are in ``regions.search``."""

from django.db import models
from django.db.models import Q

from pledges.models import Candidate, CandidateList
from regions.folding import fold

LIMIT = 30


def find_lists(query: str, *, limit: int = LIMIT) -> list[CandidateList]:
    """The lists whose name has all these words, those of the latest election first.

    :param query: As typed; accents, capitals and hyphens do not count.
    :param limit: How many are wanted at most.
    """
    words = fold(query).split()
    if not words:
        return []
    lists = CandidateList.objects.standing().with_contest().filter(_all_words(words))
    return list(lists.order_by("-contest__election__first_round_on", "norm")[:limit].fetch_mode(models.FETCH_RAISE))


def find_candidates(query: str, *, limit: int = LIMIT) -> list[Candidate]:
    """The candidates whose name has all these words: « dupont », « marie dupont », « dupont marie ».

    :param query: As typed; accents, capitals and hyphens do not count.
    :param limit: How many are wanted at most.
    """
    words = fold(query).split()
    if not words:
        return []
    candidates = (
        Candidate.objects.standing()
        .select_related("candidate_list__contest__election", "candidate_list__contest__region")
        .filter(_all_words(words))
    )
    return list(candidates.order_by("-candidate_list__contest__election__first_round_on", "norm")[:limit])


def _all_words(words: list[str]) -> Q:
    """Each word begins a word of the folded name."""
    condition = Q()
    for word in words:
        condition &= Q(norm__startswith=word) | Q(norm__contains=f" {word}")
    return condition
