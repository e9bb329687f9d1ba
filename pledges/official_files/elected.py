"""The national register of elected officials: one row a person and function. Nothing here touches the database.

Three files have the same manner: regional councillors, departmental councillors by canton, members of single
assemblies (Corse, Martinique, Guyane). Birth dates tell two rows of one person from two people, and go no further.
"""

import datetime
import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, NamedTuple

from django.utils.translation import gettext as _

from pledges.official_files.columns import FileKind, Layout
from pledges.official_files.refusals import FileRefusedError, Problems
from pledges.official_files.rows import clean_cell, is_unreadable, person_norm, plain_code, section_code, sex_of
from pledges.official_files.tables import open_table
from regions.folding import fold


class ElectedCells(NamedTuple):
    """What is read of a row; empty when the file has no such column."""

    region_code: str
    region_name: str
    assembly_code: str
    assembly_name: str
    department_code: str
    canton_code: str
    canton_name: str
    section_code: str
    section_name: str
    last_name: str
    first_names: str
    sex: str
    born_on: str
    starts_on: str
    function: str


ELECTED = FileKind(
    {
        "region_code": ("Code de la région", "Code région"),
        "region_name": ("Libellé de la région", "Libellé région", "Nom de la région"),
        "assembly_code": (
            "Code de la collectivité à statut particulier",
            "Code de la collectivité",
            "Code collectivité à statut particulier",
            "Code de la CTSP",
        ),
        "assembly_name": (
            "Libellé de la collectivité à statut particulier",
            "Libellé de la collectivité",
            "Libellé collectivité à statut particulier",
            "Libellé de la CTSP",
        ),
        "department_code": ("Code du département", "Code département"),
        "canton_code": ("Code du canton", "Code canton"),
        "canton_name": ("Libellé du canton", "Libellé canton", "Nom du canton"),
        "section_code": ("Code de la section départementale", "Code de la section", "Code section"),
        "section_name": ("Libellé de la section départementale", "Libellé de la section", "Libellé section"),
        "last_name": ("Nom de l’élu", "Nom"),
        "first_names": ("Prénom de l’élu", "Prénom", "Prénoms"),
        "sex": ("Code sexe", "Sexe de l’élu", "Sexe"),
        "born_on": ("Date de naissance", "Date de naissance de l’élu"),
        "starts_on": ("Date de début du mandat", "Date début mandat"),
        "function": ("Libellé de la fonction", "Fonction"),
    },
    needed=("last_name", "first_names"),
)
# The single assemblies by what the register calls them; its other communities elect none of ours.
_ASSEMBLIES = {"corse": "94", "martinique": "02", "guyane": "03"}
_LONGEST = {"last_name": 120, "first_names": 120, "section_name": 120, "function": 200}
_SECTION = re.compile(r"[0-9A-Z-]{0,10}")
_PARIS = zoneinfo.ZoneInfo("Europe/Paris")


class ElectedRow(NamedTuple):
    """One person elected. ``region`` is INSEE's code, empty for a community that elects no assembly of ours."""

    line: int
    region: str
    place: str  # what the file calls the territory
    department: str
    canton_code: str
    section_code: str
    section_name: str
    last_name: str
    first_names: str
    norm: str
    sex: str
    function: str
    starts_on: datetime.date | None


@dataclass(frozen=True, slots=True)
class ElectedFile:
    """A whole file, read and checked: each person once. ``by_canton`` is for departmental councillors.

    ``repeated`` counts the rows that name again someone named before, with another function or none.
    """

    name: str
    sha256: str
    by_canton: bool
    rows: list[ElectedRow]
    repeated: int


def read_elected(
    source: IO[bytes], *, name: str, regions: Mapping[str, str], departments: Mapping[str, str]
) -> ElectedFile:
    """Read a file of the register.

    :param source: The bytes, seekable; left open.
    :param name: The file's name, without folders.
    :param regions: The name of each region, by INSEE's code.
    :param departments: The code of the region of each department, by INSEE's code.
    :raises FileRefusedError: When the file as a whole cannot be read, or with every bad row.
    """
    with open_table(source, ELECTED, name=name) as table:
        by_canton = _is_by_canton(table.layout)
        reader = _Reader(table.layout, regions, departments, by_canton=by_canton)
        for line, cells in table.rows:
            reader.read(line, cells)
        reader.problems.refuse_if_any()
        if not reader.rows:
            raise FileRefusedError(_("Ce fichier n’a que des en-têtes : personne n’y est élu."))
        return ElectedFile(name, table.sha256, by_canton, list(reader.rows.values()), reader.repeated)


def _is_by_canton(layout: Layout) -> bool:
    """Whether the file tells of cantons; it must tell of some territory."""
    fields = layout.fields
    if {"department_code", "canton_name"} <= fields:
        return True
    if not fields & {"region_code", "assembly_name"}:
        wanted = ("region_code", "canton_name", "assembly_name")
        raise FileRefusedError(
            _("Ce fichier ne dit pas où chaque personne est élue : %s.") % " ; ".join(map(ELECTED.spelt, wanted))
        )
    return False


class _Reader:
    """The rows of one file, on their way to people."""

    def __init__(
        self, layout: Layout, regions: Mapping[str, str], departments: Mapping[str, str], *, by_canton: bool
    ) -> None:
        self.problems = Problems()
        self.rows: dict[tuple[str, str, str, str, str], ElectedRow] = {}
        self.repeated = 0
        self._born: dict[tuple[str, ...], tuple[int, frozenset[int]] | None] = {}
        self._layout = layout
        self._regions = regions
        self._departments = departments
        self._by_canton = by_canton

    def read(self, line: int, row: list[str]) -> None:
        """Keep the person of a row, or note what is wrong with it; one person's second row adds a function."""
        if len(row) < self._layout.width or any(map(str.strip, row[self._layout.width :])):
            self._refuse(
                line,
                _("%(found)d colonnes au lieu de %(expected)d"),
                found=len(row),
                expected=self._layout.width,
            )
            return
        cells = ElectedCells._make(map(clean_cell, self._layout.pick(row)))
        for text in filter(is_unreadable, cells):
            self._refuse(line, _("caractère illisible dans « %(text)s »"), text=text)
        where = self._place(line, cells)
        if where is None:
            return
        region, place, canton = where
        section = "" if self._by_canton or not cells.section_code else section_code(cells.section_code)
        if not _SECTION.fullmatch(section):
            self._refuse(line, _("section « %(text)s » illisible"), text=cells.section_code)
        sex = sex_of(cells.sex)
        if sex is None:
            self._refuse(line, _("sexe « %(text)s » : F ou M attendu"), text=cells.sex)
        if not fold(cells.last_name):
            self._refuse(line, _("nom manquant"))
        if not fold(cells.first_names):
            self._refuse(line, _("prénom manquant"))
        for field, longest in _LONGEST.items():
            if len(text := getattr(cells, field)) > longest:
                self._refuse(
                    line, _("« %(text)s » dépasse %(length)d caractères"), text=f"{text[:60]}…", length=longest
                )
        starts_on = _date(cells.starts_on)
        if cells.starts_on and starts_on is None:
            self._refuse(line, _("début du mandat « %(text)s » : une date est attendue"), text=cells.starts_on)
        self._keep(
            ElectedRow(
                line, region, place, section_code(cells.department_code) if self._by_canton else "", canton, section,
                "" if self._by_canton else cells.section_name, cells.last_name, cells.first_names,
                person_norm(cells.first_names, cells.last_name), sex or "", cells.function, starts_on,
            ),
            _date(cells.born_on),
        )  # fmt: skip

    def _keep(self, row: ElectedRow, born_on: datetime.date | None) -> None:
        identity = (row.region, row.place, row.canton_code, row.section_code, row.norm)
        # Some copies of the register swap the day and the month.
        born = (born_on.year, frozenset((born_on.day, born_on.month))) if born_on else None
        before = self.rows.setdefault(identity, row)
        if before is row:
            self._born[identity] = born
            return
        self.repeated += 1
        if born and self._born[identity] and born != self._born[identity]:
            self._refuse(row.line, _("deux personnes de ce nom ici : voir la ligne %(before)d"), before=before.line)
        elif row.function and row.function not in before.function:
            both = ", ".join(filter(None, (before.function, row.function)))
            self.rows[identity] = before._replace(function=both[: _LONGEST["function"]])

    def _place(self, line: int, cells: ElectedCells) -> tuple[str, str, str] | None:
        """The region's code, what the file calls the territory, and the canton's code; None for a bad row."""
        if self._by_canton:
            return self._canton(line, cells)
        if cells.region_code:
            code = plain_code(cells.region_code).zfill(2)
            if code in self._regions:
                return code, self._regions[code], ""
            self._refuse(line, _("région inconnue : « %(text)s »"), text=cells.region_code)
        elif name := cells.assembly_name or cells.region_name:
            code = next((code for word, code in _ASSEMBLIES.items() if word in fold(name).split()), "")
            return (code, self._regions[code], "") if code in self._regions else ("", name, "")
        else:
            self._refuse(line, _("territoire manquant"))
        return None

    def _canton(self, line: int, cells: ElectedCells) -> tuple[str, str, str] | None:
        department = section_code(cells.department_code) if cells.department_code else ""
        if department not in self._departments:
            self._refuse(line, _("département inconnu : « %(text)s »"), text=cells.department_code)
        elif not cells.canton_name:
            self._refuse(line, _("canton manquant"))
        else:
            return self._departments[department], cells.canton_name, plain_code(cells.canton_code)
        return None

    def _refuse(self, line: int, reason: str, **details: object) -> None:
        short = {name: value[:80] if isinstance(value, str) else value for name, value in details.items()}
        self.problems.add(line, reason % short)


def _date(text: str) -> datetime.date | None:
    """A day however the register writes it: ``02/07/2021``, ``2021-07-02``, a timestamp; None for anything else."""
    try:
        if "/" in text:
            return datetime.datetime.strptime(text.split(maxsplit=1)[0], "%d/%m/%Y").date()  # noqa: DTZ007  a day, no moment
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    # A timestamp is midnight in Paris, or in Greenwich: the day is the same in Paris.
    return moment.astimezone(_PARIS).date() if moment.tzinfo else moment.date()
