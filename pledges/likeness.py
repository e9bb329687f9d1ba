"""Whether someone elected is one of the candidates: by name, section and sex, and never by more than is public.

One candidate of the same name, in the same section, is that person. Anything else that is near is for a human eye: a
married or a compound name, one of several first names, a letter more, another section, a homonym, a place on a list
that merged into another.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple, Protocol

from pledges.enums import MandateMatch
from regions.folding import fold

_SAME_BUT_FOR_A_LETTER = 0.9
_PARTICLES = frozenset({"de", "du", "des", "d", "la", "le", "les", "l", "et", "epouse", "veuve", "nee"})
# Martinique and Guyane vote by sections that no department has.
_INVENTED_SECTION = re.compile(r"Z[A-Z]")


class Named(Protocol):
    """Someone with a name and a place, in the register as in a list."""

    norm: str
    last_name: str
    first_names: str
    section_code: str
    sex: str


class Person(NamedTuple):
    """A candidate who may have been elected; ``merged`` when their list became another, which does not name them."""

    pk: int
    norm: str
    last_name: str
    first_names: str
    section_code: str
    sex: str
    merged: bool = False


class Match(NamedTuple):
    """What the names alone say, and the candidate's key where they are enough."""

    match: MandateMatch
    candidate: int | None = None


def find(official: Named, people: Sequence[Person]) -> Match:
    """Which of these candidates someone elected is.

    :param people: All who stood in the territory and are nobody else's match.
    """
    namesakes = [person for person in people if person.norm == official.norm]
    if len(namesakes) == 1 and not namesakes[0].merged and _agree(official, namesakes[0]):
        return Match(MandateMatch.SURE, namesakes[0].pk)
    return Match(MandateMatch.UNSURE if namesakes or near(official, people) else MandateMatch.UNMATCHED)


def near(official: Named, people: Iterable[Person]) -> list[Person]:
    """Those whom a human eye should compare, the most alike first."""
    first, last = _words(official.first_names), _words(official.last_name)
    alike = [
        (SequenceMatcher(None, official.norm, person.norm).ratio(), person)
        for person in people
        if person.norm == official.norm
        or (first & _words(person.first_names) and last & _words(person.last_name))
        or _is_misspelt(official.norm, person.norm)
    ]
    alike.sort(key=lambda each: (-each[0], not same_section(official.section_code, each[1].section_code), each[1].pk))
    return [person for _ratio, person in alike]


def settled(officials: Sequence[Named], people: Sequence[Person], taken: Collection[int]) -> list[Match]:
    """The match of each of several people elected in one territory; of two who claim one candidate, neither is sure.

    :param taken: The candidates who are somebody's by a person's decision.
    """
    free = [person for person in people if person.pk not in taken]
    found = [find(official, free) for official in officials]
    claims = [match.candidate for match in found if match.candidate]
    return [
        Match(MandateMatch.UNSURE) if match.candidate and claims.count(match.candidate) > 1 else match
        for match in found
    ]


def same_section(register: str, official: str) -> bool:
    """Whether two codes name the same section; one that is missing contradicts nothing.

    The ministry's candidate files say 69D where the register says 69, 67-68 for two departments that vote as one, and
    have sections of their own in Martinique and Guyane.
    """
    if not register or not official or _INVENTED_SECTION.match(official):
        return True
    known = {official, *official.split("-"), *(["69"] if official == "69D" else [])}
    return register in known


def _agree(official: Named, person: Person) -> bool:
    is_other = official.sex and person.sex and official.sex != person.sex
    return not is_other and same_section(official.section_code, person.section_code)


def _words(name: str) -> frozenset[str]:
    return frozenset(fold(name).split()) - _PARTICLES


def _is_misspelt(norm: str, other: str) -> bool:
    matcher = SequenceMatcher(None, norm, other)
    # The quick ones are upper bounds: almost nobody goes further.
    return (
        matcher.real_quick_ratio() > _SAME_BUT_FOR_A_LETTER
        and matcher.quick_ratio() > _SAME_BUT_FOR_A_LETTER
        and matcher.ratio() > _SAME_BUT_FOR_A_LETTER
    )
