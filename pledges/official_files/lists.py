"""From rows to whole lists, with what only several rows together can show to be wrong."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import IO, Protocol

from django.utils.translation import gettext as _

from pledges.official_files.candidate_columns import CANDIDATES
from pledges.official_files.columns import FileKind, Layout
from pledges.official_files.pair_columns import OF_PAIRS, PAIRS
from pledges.official_files.pairs import DepartmentFacts, PairRowReader, in_their_places, pair_name, what_is_wrong
from pledges.official_files.refusals import FileRefusedError, Problems
from pledges.official_files.rows import CandidateRow, Canton, ListFacts, ListRowReader, RowReader
from pledges.official_files.tables import Origin, Table, open_table

_TELL_EVERY = 1_000  # rows

Identity = tuple[str, str]


class Progress(Protocol):
    """Told how far the work is: in a sentence, and in steps done of a total, which is 0 when nobody knows it.

    What it raises ends the work.
    """

    def __call__(self, sentence: str, done: int, total: int, /) -> None: ...


def silent(_sentence: str, _done: int, _total: int) -> None:
    """Tell nobody how far the work is."""


@dataclass(slots=True)
class OfficialList:
    """A list as the file gives it. ``line`` is its first."""

    line: int
    facts: ListFacts
    candidates: list[CandidateRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class OfficialFile:
    """A whole file, read and checked.

    ``regions`` gives the lists of each region that is wanted, by INSEE's code, both in the order of the file.
    ``elsewhere`` counts the rows of the other regions, which were not read.
    """

    name: str
    sha256: str
    origin: Origin
    layout: Layout
    row_count: int
    regions: dict[str, list[OfficialList]]
    elsewhere: dict[str, int] = field(default_factory=dict)

    @property
    def fields(self) -> frozenset[str]:
        """The fields of its kind that it has a column for."""
        return self.layout.fields

    @property
    def names_substitutes(self) -> bool:
        """Whether it could: what a file has no column for stays as it is."""
        return self.layout.kind is not PAIRS or "substitute_1_last_name" in self.fields


def by_contest(lists: Iterable[OfficialList]) -> list[tuple[Canton | None, list[OfficialList]]]:
    """The lists of a region, canton by canton; those of a regional vote have no canton, and stay together."""
    ordered = sorted(lists, key=lambda official: official.facts.contest_code)
    return [
        (group[0].facts.canton, group)
        for _code, officials in groupby(ordered, key=lambda official: official.facts.contest_code)
        for group in [list(officials)]
    ]


def kind_of(source: IO[bytes], *, name: str, of_pairs: bool, mapping: Mapping[str, str] | None = None) -> FileKind:
    """Which kind of file of candidates this is, by its headers: of those that it may be, the one it lacks least of.

    :param of_pairs: Whether binômes stand, and not lists.
    :raises FileRefusedError: When the file as a whole cannot be read, or is one of the other sort of election.
    """

    def lacking(kind: FileKind) -> int:
        with open_table(source, kind, name=name, mapping=mapping, may_lack=True) as table:
            return len(table.layout.missing)

    expected, others = (OF_PAIRS, (CANDIDATES,)) if of_pairs else ((CANDIDATES,), OF_PAIRS)
    least, kind = min(((lacking(kind), kind) for kind in expected), key=itemgetter(0))
    if least and not mapping and not all(map(lacking, others)):
        raise FileRefusedError(
            _("Ce fichier est celui de listes régionales, et cette élection élit des binômes, canton par canton.")
            if of_pairs
            else _("Ce fichier est celui de binômes, canton par canton, et cette élection se vote par listes.")
        )
    return kind


def read_candidates(  # noqa: PLR0913  each says how to read
    source: IO[bytes],
    *,
    name: str,
    regions: Mapping[str, str],
    departments: Mapping[str, DepartmentFacts] | None = None,
    only: Collection[str] | None = None,
    mapping: Mapping[str, str] | None = None,
    progress: Progress = silent,
) -> OfficialFile:
    """Read the ministry's file of candidates, whatever its layout.

    :param source: The bytes, seekable; left open.
    :param name: The file's name, without folders.
    :param regions: The name of each region, by INSEE's code.
    :param departments: For a file of binômes: each department, by INSEE's code. None for a file of lists.
    :param only: The codes of the regions whose rows are wanted; None for all. The others' are counted, and not read.
    :param mapping: Which header holds which field, where a person had to say so.
    :raises FileRefusedError: When the file as a whole cannot be read, or with every bad row.
    """
    kind = kind_of(source, name=name, of_pairs=departments is not None, mapping=mapping)
    with open_table(source, kind, name=name, mapping=mapping) as table:
        reader: RowReader = (
            ListRowReader(table.layout, regions, only)
            if departments is None
            else PairRowReader(table.layout, departments, only)
        )
        reading = _Reading(table, reader)
        lists = reading.run(progress)
        if not lists:
            raise FileRefusedError(
                _("Aucune candidature de vos régions dans ce fichier : il ne parle que d’autres.")
                if reading.elsewhere
                else _("Ce fichier n’a que des en-têtes : aucune candidature.")
            )
        by_region: dict[str, list[OfficialList]] = {}
        for official in lists.values():
            by_region.setdefault(official.facts.region, []).append(official)
        return OfficialFile(
            name, table.sha256, table.origin, table.layout, reading.row_count, by_region, dict(reading.elsewhere)
        )


class _Reading:
    """The rows of one file, on their way to lists."""

    def __init__(self, table: Table, reader: RowReader) -> None:
        self.table = table
        self.reader = reader
        self.problems = Problems()
        self.row_count = 0
        self.elsewhere: Counter[str] = Counter()

    def run(self, progress: Progress) -> dict[Identity, OfficialList]:
        lists: dict[Identity, OfficialList] = {}
        spoiled: set[Identity | None] = set()  # lists with a bad row; None when a bad row does not say which
        total = max(self.table.origin.line_count - self.table.origin.header_line, 0)
        for line, row in self.table.rows:
            self.row_count += 1
            if not self.row_count % _TELL_EVERY:
                progress(_("%s lignes lues") % f"{self.row_count:,}".replace(",", " "), self.row_count, total)
            if region := self.reader.elsewhere(row):
                self.elsewhere[region] += 1
                continue
            self._read(line, row, lists, spoiled)
        _check_contests(lists.values(), self.problems)
        for identity, official in lists.items():
            is_whole = not spoiled & {identity, None}
            if official.facts.canton:
                _finish_pair(official, self.problems, is_whole=is_whole)
            else:
                _check_head(official, self.problems, is_whole=is_whole)
            _check_people(official, self.problems)
        self.problems.refuse_if_any()
        return lists

    def _read(
        self, line: int, row: list[str], lists: dict[Identity, OfficialList], spoiled: set[Identity | None]
    ) -> None:
        facts, people, reasons = self.reader.read(line, row)
        for reason in reasons:
            self.problems.add(line, reason)
        if reasons or facts is None:
            spoiled.add(facts.identity if facts else None)
            return
        official = lists.setdefault(facts.identity, OfficialList(line, facts))
        if facts != official.facts:
            self.problems.add(line, _difference(official, facts))
        official.candidates += people


def _difference(official: OfficialList, facts: ListFacts) -> str:
    names = {
        "panel_number": _("numéro de panneau"),
        "name": _("nom"),
        "nuance": _("nuance"),
        "nuance_label": _("libellé de nuance"),
        "canton": _("canton"),
    }
    field_name = next(name for name in names if getattr(facts, name) != getattr(official.facts, name))
    if facts.canton:
        return _("%(what)s du binôme : « %(found)s », et « %(first)s » ligne %(line)d") % {
            "what": names[field_name],
            "found": str(getattr(facts, field_name))[:80],
            "first": str(getattr(official.facts, field_name))[:80],
            "line": official.line,
        }
    return _("%(what)s de la liste « %(found)s », et « %(first)s » ligne %(line)d") % {
        "what": names[field_name],
        "found": str(getattr(facts, field_name))[:80],
        "first": str(getattr(official.facts, field_name))[:80],
        "line": official.line,
    }


def _check_contests(lists: Iterable[OfficialList], problems: Problems) -> None:
    """One panel, one list; one code, one canton."""
    panels: dict[tuple[str, int], OfficialList] = {}
    cantons: dict[str, OfficialList] = {}
    for official in lists:
        facts = official.facts
        first = cantons.setdefault(facts.contest_code, official)
        if facts.canton and facts.canton != first.facts.canton:
            problems.add(
                official.line,
                _("le canton %(code)s s’appelle « %(found)s », et « %(first)s » ligne %(line)d")
                % {"code": facts.canton.code, "found": facts.canton, "first": first.facts.canton, "line": first.line},
            )
        if facts.panel_number is None:
            continue
        other = panels.setdefault((facts.contest_code, facts.panel_number), official)
        if other is not official:
            problems.add(
                official.line,
                _("le panneau %(number)d est déjà celui de la liste « %(name)s » (ligne %(line)d)")
                % {"number": facts.panel_number, "name": other.facts.name[:80], "line": other.line},
            )


def _finish_pair(official: OfficialList, problems: Problems, *, is_whole: bool) -> None:
    """Put the people of a binôme in their places, and call it by its members' names."""
    official.candidates = in_their_places(official.candidates)
    official.facts = official.facts._replace(name=pair_name(official.candidates))
    if is_whole and (reason := what_is_wrong(official.candidates)):
        problems.add(
            official.line,
            _("panneau %(number)d : %(reason)s")
            % {
                "number": official.facts.panel_number,
                "reason": reason,
            },
        )


def _check_head(official: OfficialList, problems: Problems, *, is_whole: bool) -> None:
    name = official.facts.name[:80]
    heads = [person for person in official.candidates if person.is_head]
    for other in heads[1:]:
        problems.add(
            other.line,
            _("la liste « %(name)s » a déjà une tête de liste, ligne %(line)d") % {"name": name, "line": heads[0].line},
        )
    if is_whole and not heads:
        problems.add(official.line, _("la liste « %(name)s » n’a pas de tête de liste") % {"name": name})


def _check_people(official: OfficialList, problems: Problems) -> None:
    """Nobody stands twice in one section, and no two people in one place."""
    places: dict[tuple[str, str, int], CandidateRow] = {}
    people: dict[tuple[str, str], CandidateRow] = {}
    for person in official.candidates:
        before = places.setdefault((person.section_code, person.role, person.rank), person)
        if before is not person and not official.facts.canton:
            problems.add(
                person.line,
                _("le rang %(rank)d de cette section est déjà pris ligne %(line)d")
                % {"rank": person.rank, "line": before.line},
            )
        before = people.setdefault((person.section_code, person.norm), person)
        if before is not person:
            words = {"first_names": person.first_names, "last_name": person.last_name, "line": before.line}
            sentence = (
                _("%(first_names)s %(last_name)s figure deux fois dans ce binôme, ligne %(line)d")
                if official.facts.canton
                else _("%(first_names)s %(last_name)s figure déjà dans cette section de la liste, ligne %(line)d")
            )
            problems.add(person.line, sentence % words)
