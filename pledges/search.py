"""The look-up of cantons, lists and candidates by name; places are in ``regions.search``."""

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Replace

from pledges.models import Candidate, CandidateList, Contest
from regions.folding import fold

LIMIT = 30
FEWEST_LETTERS = 3  # of a canton: two are in the name of most


def find_cantons(query: str, *, limit: int = LIMIT, skip: int = 0) -> list[Contest]:
    """The contests smaller than a region whose name, or whose department's, has these words in this order.

    :param query: As typed; accents, capitals, hyphens and apostrophes do not count.
    :param limit: How many are wanted at most, after ``skip`` of them.
    """
    word = fold(query).replace(" ", "")
    if len(word) < FEWEST_LETTERS:
        return []
    # An address is a folded name; « Val-d’Oise » is « val-doise » or « val-d-oise » according to who wrote it.
    cantons = (
        Contest.objects.public()
        .exclude(slug=F("region__slug"))
        .alias(letters=Replace("slug", Value("-"), Value("")))
        .filter(letters__contains=word)
        .select_related("election", "region")
    )
    latest_first = cantons.order_by("-election__first_round_on", "slug", "pk")
    return list(latest_first[skip : skip + limit].fetch_mode(models.FETCH_RAISE))


def find_lists(query: str, *, limit: int = LIMIT, skip: int = 0) -> list[CandidateList]:
    """The lists whose name has all these words, those of the latest election first.

    :param query: As typed; accents, capitals and hyphens do not count.
    :param limit: How many are wanted at most, after ``skip`` of them.
    """
    words = fold(query).split()
    if not words:
        return []
    lists = CandidateList.objects.standing().with_contest().filter(_all_words(words))
    latest_first = lists.order_by("-contest__election__first_round_on", "norm", "pk")
    return list(latest_first[skip : skip + limit].fetch_mode(models.FETCH_RAISE))


def find_candidates(query: str, *, limit: int = LIMIT, skip: int = 0) -> list[Candidate]:
    """The candidates whose name has all these words: « dupont », « marie dupont », « dupont marie ».

    :param query: As typed; accents, capitals and hyphens do not count.
    :param limit: How many are wanted at most, after ``skip`` of them.
    """
    words = fold(query).split()
    if not words:
        return []
    candidates = (
        Candidate.objects.standing()
        .select_related("candidate_list__contest__election", "candidate_list__contest__region")
        # Found by themselves first: the index of the names is then all that is read of the others.
        .filter(pk__in=Candidate.objects.filter(_all_words(words)).order_by().values("pk"))
        # Whoever stands in both rounds is found once: the page of the first leads to that of the second.
        .filter(earlier=None)
    )
    latest_first = candidates.order_by("-candidate_list__contest__election__first_round_on", "norm", "pk")
    return list(latest_first[skip : skip + limit])


def _all_words(words: list[str]) -> Q:
    """Each word begins a word of the folded name."""
    condition = Q()
    for word in words:
        condition &= Q(norm__startswith=word) | Q(norm__contains=f" {word}")
    return condition
