"""What a file changes in one contest: which rows to write, and what became of each. Nothing is written here."""

import datetime
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from pledges.models import CandidateList, Contest, Nuance
from pledges.official_files.lists import OfficialList
from pledges.official_files.matching import Person, list_norm, match_people, provisional_code
from pledges.official_files.rows import CandidateRow, ListFacts, plain_code

type Pairs = list[tuple[OfficialList | None, CandidateList | None]]
_STORED = Person._fields.index(CandidateRow._fields[1])  # from there on, a person and a row have the same fields


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of rows of one kind. Each is counted once; what had left before, and stays so, is not counted."""

    created: int = 0
    updated: int = 0
    left: int = 0
    returned: int = 0
    unchanged: int = 0

    @property
    def changed(self) -> bool:
        return bool(self.created or self.updated or self.left or self.returned)

    @classmethod
    def total(cls, parts: Iterable["Counts"]) -> "Counts":
        tally: Counter[str] = Counter()
        for part in parts:
            tally.update(asdict(part))
        return cls(**tally)


@dataclass(frozen=True, slots=True)
class PledgedList:
    """A list that has a pledge, and that changed: someone should look. ``changes`` are phrases."""

    contest: str
    name: str
    changes: tuple[str, ...]


@dataclass(slots=True)
class Changes:
    """The rows to write in a contest. ``left_at`` is already set, or unset, on the lists."""

    new_lists: list[CandidateList] = field(default_factory=list)
    old_lists: list[CandidateList] = field(default_factory=list)
    new_people: list[tuple[CandidateList, CandidateRow]] = field(default_factory=list)
    old_people: list[tuple[Person, CandidateRow]] = field(default_factory=list)
    leavers: list[Person] = field(default_factory=list)
    pledged_lists: list[PledgedList] = field(default_factory=list)
    lists: Counter[str] = field(default_factory=Counter)
    people: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Known:
    """What comparing one contest of a file leans on.

    ``fields`` are those that the file has a column for: what it does not say stays as it is. ``nuances`` go by code;
    ``relabelled`` are the codes whose label the file changes. ``people`` go by their list's key. ``pledged`` are the
    keys of the lists that have a pledge.
    """

    fields: frozenset[str]
    nuances: Mapping[str, Nuance]
    relabelled: Collection[str]
    people: Mapping[int, list[Person]]
    pledged: Collection[int]
    now: datetime.datetime


def compare(contest: Contest, pairs: Pairs, known: Known) -> Changes:
    """Compare the lists of a file with those stored.

    :param contest: Saved, or still to be.
    :param pairs: As ``match_lists`` gives them.
    """
    changes = Changes()
    codes = {stored.official_code for _official, stored in pairs if stored}
    for official, stored in pairs:
        if official and stored:
            candidate_list, fate = stored, _update(stored, official.facts, known)
        elif official:
            candidate_list, fate = _new_list(contest, official.facts, known, codes), "created"
        elif stored and stored.left_at is None:
            candidate_list, fate = stored, "left"
            stored.left_at = known.now
        else:
            continue
        changes.lists[fate] += 1
        if fate == "created":
            changes.new_lists.append(candidate_list)
        elif fate != "unchanged":
            changes.old_lists.append(candidate_list)
        people = known.people.get(candidate_list.pk, []) if stored else []
        phrases = [_FATES[fate]()] if fate in _FATES else []
        phrases += _compare_people(candidate_list, people, official.candidates if official else [], known, changes)
        if phrases and candidate_list.pk in known.pledged:
            changes.pledged_lists.append(PledgedList(contest.name, candidate_list.name, tuple(phrases)))
    return changes


_FATES = {
    "updated": lambda: _("nom, panneau, code ou nuance modifiés"),
    "left": lambda: _("n’est plus sur la liste officielle"),
    "returned": lambda: _("de retour sur la liste officielle"),
}


def _new_list(contest: Contest, facts: ListFacts, known: Known, codes: set[str]) -> CandidateList:
    code = facts.code or provisional_code(facts.panel_number or 0)
    while code in codes:  # a list that left, or was moved to another panel by hand, may hold the provisional code
        code += "b"
    codes.add(code)
    return CandidateList(
        contest=contest,
        official_code=code,
        panel_number=facts.panel_number,
        name=facts.name,
        norm=list_norm(facts.name),
        nuance=known.nuances.get(facts.nuance),
    )


def _update(stored: CandidateList, facts: ListFacts, known: Known) -> str:
    """Give a stored list what the file says of it; the fate of the list."""
    values: dict[str, Any] = {"name": facts.name, "norm": list_norm(facts.name)}
    if facts.code and facts.code != plain_code(stored.official_code):
        values["official_code"] = facts.code
    if "panel_number" in known.fields:
        values["panel_number"] = facts.panel_number
    if "nuance" in known.fields:
        values["nuance"] = known.nuances.get(facts.nuance)
    differs = any(getattr(stored, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(stored, name, value)
    if stored.left_at is not None:
        stored.left_at = None
        return "returned"
    return "updated" if differs or facts.nuance in known.relabelled else "unchanged"


def _compare_people(
    candidate_list: CandidateList,
    people: Sequence[Person],
    rows: Sequence[CandidateRow],
    known: Known,
    changes: Changes,
) -> list[str]:
    """Add a list's people to the changes; what changed, in phrases."""
    fates: Counter[str] = Counter()
    heads = 0  # people who are head, or were: one when nothing changed
    for person, found in match_people(people, rows):
        row = found
        if person and row and "section_name" not in known.fields:
            row = row._replace(section_name=person.section_name if row.section_code == person.section_code else "")
        if (row and row.is_head) or (person and person.is_head and person.left_at is None):
            heads += 1
        if not person and row:
            fates["created"] += 1
            changes.new_people.append((candidate_list, row))
        elif person and not row:
            if person.left_at is None:
                fates["left"] += 1
                changes.leavers.append(person)
        elif person and row:
            fate = "returned" if person.left_at else "unchanged" if row[1:] == person[_STORED:] else "updated"
            fates[fate] += 1
            if fate != "unchanged":
                changes.old_people.append((person, row))
    changes.people.update(fates)
    phrases = [_("tête de liste changée")] if people and heads > 1 else []
    sentences = {
        "created": _("personnes nouvelles : %d"),
        "updated": _("personnes modifiées : %d"),
        "left": _("personnes parties : %d"),
        "returned": _("personnes de retour : %d"),
    }
    return phrases + [sentence % fates[fate] for fate, sentence in sentences.items() if fates[fate]]
