"""From rows to whole lists, with what only several rows together can show to be wrong."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import IO, Protocol

from django.utils.translation import gettext as _

from pledges.official_files.columns import Layout
from pledges.official_files.refusals import FileRefusedError, Problems
from pledges.official_files.rows import CandidateRow, ListFacts, RowReader
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
        """The fields of ``columns.Cells`` that it has a column for."""
        return self.layout.fields


def read_candidates(  # noqa: PLR0913  each says how to read
    source: IO[bytes],
    *,
    name: str,
    regions: Mapping[str, str],
    only: Collection[str] | None = None,
    mapping: Mapping[str, str] | None = None,
    progress: Progress = silent,
) -> OfficialFile:
    """Read the ministry's file of candidates, whatever its layout.

    :param source: The bytes, seekable; left open.
    :param name: The file's name, without folders.
    :param regions: The name of each region, by INSEE's code.
    :param only: The codes of the regions whose rows are wanted; None for all. The others' are counted, and not read.
    :param mapping: Which header holds which field of ``columns.Cells``, where a person had to say so.
    :raises FileRefusedError: When the file as a whole cannot be read, or with every bad row.
    """
    with open_table(source, name=name, mapping=mapping) as table:
        reading = _Reading(table, RowReader(table.layout, regions, only))
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
        _check_panels(lists, self.problems)
        for identity, official in lists.items():
            _check_people(official, self.problems, needs_head=not spoiled & {identity, None})
        self.problems.refuse_if_any()
        return lists

    def _read(
        self, line: int, row: list[str], lists: dict[Identity, OfficialList], spoiled: set[Identity | None]
    ) -> None:
        facts, place, reasons = self.reader.read(line, row)
        for reason in reasons:
            self.problems.add(line, reason)
        if reasons or facts is None or place is None:
            spoiled.add(facts.identity if facts else None)
            return
        official = lists.setdefault(facts.identity, OfficialList(line, facts))
        if facts != official.facts:
            self.problems.add(line, _difference(official, facts))
        official.candidates.append(place)


def _difference(official: OfficialList, facts: ListFacts) -> str:
    names = {
        "panel_number": _("numéro de panneau"),
        "name": _("nom"),
        "nuance": _("nuance"),
        "nuance_label": _("libellé de nuance"),
    }
    field_name = next(name for name in names if getattr(facts, name) != getattr(official.facts, name))
    return _("%(what)s de la liste « %(found)s », et « %(first)s » ligne %(line)d") % {
        "what": names[field_name],
        "found": str(getattr(facts, field_name))[:80],
        "first": str(getattr(official.facts, field_name))[:80],
        "line": official.line,
    }


def _check_panels(lists: Mapping[Identity, OfficialList], problems: Problems) -> None:
    panels: dict[tuple[str, int], OfficialList] = {}
    for official in lists.values():
        if official.facts.panel_number is None:
            continue
        other = panels.setdefault((official.facts.region, official.facts.panel_number), official)
        if other is not official:
            problems.add(
                official.line,
                _("le panneau %(number)d est déjà celui de la liste « %(name)s » (ligne %(line)d)")
                % {"number": official.facts.panel_number, "name": other.facts.name[:80], "line": other.line},
            )


def _check_people(official: OfficialList, problems: Problems, *, needs_head: bool) -> None:
    places: dict[tuple[str, int], int] = {}
    people: dict[tuple[str, str], int] = {}
    head: CandidateRow | None = None
    name = official.facts.name[:80]
    for person in official.candidates:
        before = places.setdefault((person.section_code, person.rank), person.line)
        if before != person.line:
            problems.add(
                person.line,
                _("le rang %(rank)d de cette section est déjà pris ligne %(line)d")
                % {"rank": person.rank, "line": before},
            )
        before = people.setdefault((person.section_code, person.norm), person.line)
        if before != person.line:
            problems.add(
                person.line,
                _("%(first_names)s %(last_name)s figure déjà dans cette section de la liste, ligne %(line)d")
                % {"first_names": person.first_names, "last_name": person.last_name, "line": before},
            )
        if person.is_head and head:
            problems.add(
                person.line,
                _("la liste « %(name)s » a déjà une tête de liste, ligne %(line)d") % {"name": name, "line": head.line},
            )
        head = head or (person if person.is_head else None)
    if needs_head and not head:
        problems.add(official.line, _("la liste « %(name)s » n’a pas de tête de liste") % {"name": name})
