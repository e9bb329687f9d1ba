"""Who in a file is whom in the database: the same list, the same person, from one import to the next."""

import datetime
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from pledges.enums import CandidateRole
from pledges.models import CandidateList
from pledges.official_files.lists import OfficialList
from pledges.official_files.refusals import Problems
from pledges.official_files.rows import CandidateRow, person_norm, plain_code
from regions.folding import fold

_NORM_LENGTH = 500


class Person(NamedTuple):
    """A candidate as stored. After ``left_at``, the fields are those of ``CandidateRow`` after ``line``."""

    pk: int
    list_pk: int
    left_at: datetime.datetime | None
    section_code: str
    section_name: str
    rank: int
    is_head: bool
    last_name: str
    first_names: str
    norm: str
    sex: str
    role: str


def list_norm(name: str) -> str:
    """A list's folded name, as it is stored."""
    return fold(name)[:_NORM_LENGTH]


def provisional_code(panel_number: int) -> str:
    """The code of a list from a file that has none: its panel, marked as such."""
    return f"P{panel_number}"


def match_pairs(
    officials: Sequence[OfficialList], stored: Sequence[CandidateList]
) -> list[tuple[OfficialList | None, CandidateList | None]]:
    """Pair the binômes of a canton: by their names, else by panel when one of the two members is still there.

    Their files have no deposit code, and the pledge of two people must never become that of two others.

    :return: Pairs in the order of the file, then the stored binômes that the file does not name.
    """
    matches: dict[int, CandidateList] = {}
    free = sorted(stored, key=lambda one: one.left_at is not None)  # those that stand come first, and win
    for is_same in (_is_unchanged, _has_its_name, _has_its_panel_and_a_member):
        for official in officials:
            found = next((one for one in free if id(official) not in matches and is_same(official, one)), None)
            if found:
                matches[id(official)] = found
                free.remove(found)
    gone = [one for one in stored if one in free]
    return [(official, matches.get(id(official))) for official in officials] + [(None, one) for one in gone]


def _is_unchanged(official: OfficialList, stored: CandidateList) -> bool:
    return _has_its_name(official, stored) and official.facts.panel_number == stored.panel_number


def _has_its_name(official: OfficialList, stored: CandidateList) -> bool:
    return list_norm(official.facts.name) == stored.norm


def _has_its_panel_and_a_member(official: OfficialList, stored: CandidateList) -> bool:
    members = [one for one in official.candidates if one.role == CandidateRole.CANDIDATE]
    names = {person_norm(one.first_names, one.last_name) for one in members}
    return official.facts.panel_number == stored.panel_number and any(
        f" {name} " in f" {stored.norm} " for name in names
    )


def match_lists(
    officials: Sequence[OfficialList], stored: Sequence[CandidateList], *, by_code: bool, problems: Problems
) -> list[tuple[OfficialList | None, CandidateList | None]]:
    """Pair the lists of a contest: by deposit code, or by panel when the file has no codes.

    A list that would take the place of another one, which still stands under its name with another code, is a
    problem and not a pair: the pledges of one list must never become those of another.

    :return: Pairs in the order of the file, then the stored lists that the file does not name.
    """
    # Those that stand come last, and win.
    ordered = sorted(stored, key=lambda candidate_list: candidate_list.left_at is None)
    by_key = {_key(candidate_list, by_code=by_code): candidate_list for candidate_list in ordered}
    by_norm = {candidate_list.norm: candidate_list for candidate_list in ordered if candidate_list.left_at is None}
    pairs: list[tuple[OfficialList | None, CandidateList | None]] = []
    met = set()
    for official in officials:
        facts = official.facts
        norm = list_norm(facts.name)
        match = by_key.get(facts.code if by_code else facts.panel_number)
        namesake = by_norm.get(norm)
        if match and namesake and match.norm != norm:
            problems.add(
                official.line,
                _("« %(name)s » était la liste %(code)s, et la liste %(taken)s était « %(other)s »")
                % {
                    "name": facts.name[:80],
                    "code": namesake.official_code,
                    "taken": match.official_code,
                    "other": match.name[:80],
                },
            )
        if not match and by_code and facts.panel_number and namesake:
            # An earlier file had no codes.
            match = namesake if namesake.official_code == provisional_code(facts.panel_number) else None
        if match:
            met.add(match.pk)
        pairs.append((official, match))
    return pairs + [(None, candidate_list) for candidate_list in stored if candidate_list.pk not in met]


def _key(candidate_list: CandidateList, *, by_code: bool) -> str | int | None:
    return plain_code(candidate_list.official_code) if by_code else candidate_list.panel_number


def match_people(
    stored: Sequence[Person], rows: Sequence[CandidateRow]
) -> Iterator[tuple[Person | None, CandidateRow | None]]:
    """Pair the people of a list by folded name; when several bear it, by name and section.

    Those who left count too: one who comes back is the same person. A homonym who changed section is nobody we can
    name for sure, so is someone else: a pledge must never pass to another person.

    :return: Each row once, each stored person once; None on the side where they are not.
    """
    people: dict[str, tuple[list[Person], list[CandidateRow]]] = {}
    for person in stored:
        people.setdefault(person_norm(person.first_names, person.last_name), ([], []))[0].append(person)
    for row in rows:
        people.setdefault(row.norm, ([], []))[1].append(row)
    for known, named in people.values():
        if len(known) == 1 and len(named) == 1:
            yield known[0], named[0]
            continue
        by_section: dict[str, Person] = {
            person.section_code: person
            for person in sorted(known, key=lambda person: (person.left_at is None, -person.pk))
        }
        met = set()
        for row in named:
            match = by_section.get(row.section_code)
            yield match, row
            if match:
                met.add(match.pk)
        for person in known:
            if person.pk not in met:
                yield person, None
