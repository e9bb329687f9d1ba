"""What a file changes in one contest: which rows to write, and what became of each. Nothing is written here."""

import datetime
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from pledges.enums import CandidateRole, ListKind
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


@dataclass(frozen=True, slots=True)
class PersonChange:
    """What becomes of one person: ``fate`` is a name of ``Counts``, ``place`` is where the file puts them, or did."""

    fate: str
    name: str
    place: str


@dataclass(frozen=True, slots=True)
class ListChange:
    """What becomes of one list, and of its people: all that someone should read before it is written.

    ``pk`` is None for a new list. ``fate`` is a name of ``Counts``: « unchanged » when only its people change.
    ``what`` are phrases, with what stood before. ``is_other`` says that under a known code come another name and
    another head: perhaps another list.
    """

    pk: int | None
    code: str
    name: str
    fate: str
    head: str
    is_pledged: bool
    is_other: bool
    what: tuple[str, ...]
    people: tuple[PersonChange, ...]


@dataclass(slots=True)
class Changes:
    """The rows to write in a contest. ``left_at`` is already set, or unset, on the lists."""

    new_lists: list[CandidateList] = field(default_factory=list)
    old_lists: list[CandidateList] = field(default_factory=list)
    new_people: list[tuple[CandidateList, CandidateRow]] = field(default_factory=list)
    old_people: list[tuple[Person, CandidateRow]] = field(default_factory=list)
    leavers: list[Person] = field(default_factory=list)
    pledged_lists: list[PledgedList] = field(default_factory=list)
    details: list[ListChange] = field(default_factory=list)
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
        what: list[str] = []
        renamed = bool(official and stored and stored.norm != list_norm(official.facts.name))
        if official and stored:
            candidate_list = stored
            fate, what = _update(stored, official.facts, known)
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
        stored_people = known.people.get(candidate_list.pk, []) if stored else []
        people = _compare_people(candidate_list, stored_people, official.candidates if official else [], known, changes)
        phrases = [_FATES[fate]()] if fate in _FATES else []
        phrases += people.phrases()
        is_pledged = candidate_list.pk in known.pledged
        if phrases and is_pledged:
            changes.pledged_lists.append(PledgedList(contest.name, candidate_list.name, tuple(phrases)))
        if fate != "unchanged" or people.changes or what:
            changes.details.append(
                ListChange(
                    pk=candidate_list.pk,
                    code=candidate_list.official_code,
                    name=candidate_list.name,
                    fate=fate,
                    head=people.new_head or people.old_head,
                    is_pledged=is_pledged,
                    is_other=renamed and people.head_changed,
                    what=(*what, *people.head_phrase()),
                    people=tuple(people.changes),
                )
            )
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
        kind=ListKind.PAIR if facts.canton else ListKind.LIST,
        official_code=code,
        panel_number=facts.panel_number,
        name=facts.name,
        norm=list_norm(facts.name),
        nuance=known.nuances.get(facts.nuance),
    )


def _update(stored: CandidateList, facts: ListFacts, known: Known) -> tuple[str, list[str]]:
    """Give a stored list what the file says of it; the fate of the list, and each change in a phrase."""
    values: dict[str, Any] = {"name": facts.name, "norm": list_norm(facts.name)}
    if facts.code and facts.code != plain_code(stored.official_code):
        values["official_code"] = facts.code
    if "panel_number" in known.fields:
        values["panel_number"] = facts.panel_number
    if "nuance" in known.fields:
        values["nuance"] = known.nuances.get(facts.nuance)
    changed = {name: getattr(stored, name) for name, value in values.items() if getattr(stored, name) != value}
    for name, value in values.items():
        setattr(stored, name, value)
    what = [
        label % {"before": _told(before), "after": _told(values[name])}
        for name, label in _what_changes().items()
        for before in [changed.get(name)]
        if name in changed
    ]
    if stored.left_at is not None:
        stored.left_at = None
        return "returned", what
    return "updated" if changed or facts.nuance in known.relabelled else "unchanged", what


def _what_changes() -> dict[str, str]:
    return {
        "name": _("nom : « %(before)s » devient « %(after)s »"),
        "official_code": _("code : %(before)s devient %(after)s"),
        "panel_number": _("panneau : %(before)s devient %(after)s"),
        "nuance": _("nuance : %(before)s devient %(after)s"),
    }


def _told(value: object) -> str:
    return value.code if isinstance(value, Nuance) else str(value or "—")


@dataclass(slots=True)
class _PeopleChanges:
    """What became of the people of one list."""

    were_there: bool
    is_pair: bool
    stayed: bool = True  # whoever led, or made the binôme, still does
    old_heads: list[str] = field(default_factory=list)
    new_heads: list[str] = field(default_factory=list)
    changes: list[PersonChange] = field(default_factory=list)

    @property
    def old_head(self) -> str:
        return " et ".join(self.old_heads)

    @property
    def new_head(self) -> str:
        return " et ".join(self.new_heads)

    @property
    def head_changed(self) -> bool:
        return self.were_there and not self.stayed and bool(self.old_heads and self.new_heads)

    def head_phrase(self) -> list[str]:
        if not self.head_changed:
            return []
        names = {"before": self.old_head or "—", "after": self.new_head or "—"}
        if self.is_pair:
            return [_("binôme : %(before)s devient %(after)s") % names]
        return [_("tête de liste : %(before)s devient %(after)s") % names]

    def phrases(self) -> list[str]:
        fates = Counter(change.fate for change in self.changes)
        changed = _("binôme changé") if self.is_pair else _("tête de liste changée")
        phrases = [changed] if self.head_changed else []
        sentences = {
            "created": _("personnes nouvelles : %d"),
            "updated": _("personnes modifiées : %d"),
            "left": _("personnes parties : %d"),
            "returned": _("personnes de retour : %d"),
        }
        return phrases + [sentence % fates[fate] for fate, sentence in sentences.items() if fates[fate]]


def _compare_people(
    candidate_list: CandidateList,
    people: Sequence[Person],
    rows: Sequence[CandidateRow],
    known: Known,
    changes: Changes,
) -> _PeopleChanges:
    """Add a list's people to the changes; what became of each."""
    found = _PeopleChanges(bool(people), candidate_list.kind == ListKind.PAIR)
    for person, row in match_people(people, rows):
        if person and row and "section_name" not in known.fields:
            row = row._replace(section_name=person.section_name if row.section_code == person.section_code else "")  # noqa: PLW2901
        led = bool(person and person.left_at is None and _leads(person, is_pair=found.is_pair))
        leads = bool(row and _leads(row, is_pair=found.is_pair))
        found.stayed = found.stayed and led == leads
        if row and leads:
            found.new_heads.append(_full_name(row))
        if person and led:
            found.old_heads.append(_full_name(person))
        if fate := _fate(person, row):
            changes.people[fate] += 1
        if fate in {"", "unchanged"}:
            continue
        found.changes.append(PersonChange(fate, *_name_and_place(person, row)))
        if not person and row:
            changes.new_people.append((candidate_list, row))
        elif person and not row:
            changes.leavers.append(person)
        elif person and row:
            changes.old_people.append((person, row))
    return found


def _leads(someone: Person | CandidateRow, *, is_pair: bool) -> bool:
    """Whether they lead a list, or are one of the two members of a binôme."""
    return someone.role == CandidateRole.CANDIDATE if is_pair else someone.is_head


def _fate(person: Person | None, row: CandidateRow | None) -> str:
    """What becomes of someone, a name of ``Counts``; nothing for who had left before, and stays so."""
    if not person:
        return "created"
    if not row:
        return "left" if person.left_at is None else ""
    return "returned" if person.left_at else "unchanged" if row[1:] == person[_STORED:] else "updated"


def _name_and_place(person: Person | None, row: CandidateRow | None) -> tuple[str, str]:
    """Someone's name and place, by the file; by what is stored for who is no longer in it."""
    found = row or person
    assert found  # noqa: S101  a pair is never empty
    place = _("remplaçant·e") if found.role == CandidateRole.SUBSTITUTE else _("n° %d") % found.rank
    if section := found.section_name or found.section_code:
        place = _("%(place)s, section %(section)s") % {"place": place, "section": section}
    return _full_name(found), place


def _full_name(someone: Person | CandidateRow) -> str:
    return f"{someone.first_names} {someone.last_name}"
