"""From rows to whole lists, with what only several rows together can show to be wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO

from django.utils.translation import gettext as _

from pledges.official_files.refusals import FileRefusedError, Problems
from pledges.official_files.rows import CandidateRow, ListFacts, RowReader
from pledges.official_files.tables import Table, open_table

_TELL_EVERY = 5_000  # rows

Identity = tuple[str, str]
Progress = Callable[[str], None]


def silent(_sentence: str) -> None:
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

    ``fields`` are those of ``columns.Cells`` that it has a column for; ``regions`` gives the lists of each region, by
    INSEE's code, both in the order of the file.
    """

    name: str
    sha256: str
    fields: frozenset[str]
    regions: dict[str, list[OfficialList]]


def read_candidates(
    source: IO[bytes], *, name: str, regions: Mapping[str, str], progress: Progress = silent
) -> OfficialFile:
    """Read the ministry's file of candidates, whatever its layout.

    :param source: The bytes, seekable; left open.
    :param name: The file's name, without folders.
    :param regions: The name of each region, by INSEE's code.
    :param progress: Told, in a sentence, how far the reading is.
    :raises FileRefusedError: When the file as a whole cannot be read, or with every bad row.
    """
    problems = Problems()
    with open_table(source, name=name) as table:
        lists = _read_lists(table, regions, problems, progress)
        problems.refuse_if_any()
        if not lists:
            raise FileRefusedError(_("Ce fichier n’a que des en-têtes : aucune candidature."))
        by_region: dict[str, list[OfficialList]] = {}
        for official in lists.values():
            by_region.setdefault(official.facts.region, []).append(official)
        return OfficialFile(name, table.sha256, table.layout.fields, by_region)


def _read_lists(
    table: Table, regions: Mapping[str, str], problems: Problems, progress: Progress
) -> dict[Identity, OfficialList]:
    reader = RowReader(table.layout, regions)
    lists: dict[Identity, OfficialList] = {}
    spoiled: set[Identity | None] = set()  # lists with a bad row; None when a bad row does not say which
    for count, (line, row) in enumerate(table.rows, 1):
        facts, place, reasons = reader.read(line, row)
        for reason in reasons:
            problems.add(line, reason)
        if reasons or facts is None or place is None:
            spoiled.add(facts.identity if facts else None)
        else:
            official = lists.setdefault(facts.identity, OfficialList(line, facts))
            if facts != official.facts:
                problems.add(line, _difference(official, facts))
            official.candidates.append(place)
        if not count % _TELL_EVERY:
            progress(_("%d lignes lues") % count)
    _check_panels(lists, problems)
    for identity, official in lists.items():
        _check_people(official, problems, needs_head=not spoiled & {identity, None})
    return lists


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
