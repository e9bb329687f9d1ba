"""The data files that the product ships, read and checked before anything is written.

``regions/data/README.md`` says where each file comes from and how to make it again.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.utils.translation import gettext as _

from regions.enums import CommuneKind, Measure
from regions.models.territory import LINKS

DATA = Path(__file__).resolve().parent / "data"

REGION_COLUMNS = ("code", "name", "name_type", "slug", "council", "time_zone")
DEPARTMENT_COLUMNS = ("code", "name", "name_type", "region")
COMMUNE_COLUMNS = ("code", "kind", "name", "name_type", "department", "population", "present_code", "postal_codes")
NETWORK_COLUMNS = ("region_code", "nom", "site")
SHARE_COLUMNS = ("niveau", "code", "part_2008_pct", "part_2014_pct", "part_2015_pct")
COUNT_COLUMNS = ("region_code", "annee", "salaries", "etablissements", "part_pct", "assiette", "source")

SHARE_BASE = "emploi salarié"
SHARE_SOURCE = "INSEE, indicateurs territoriaux de développement durable"
SHARE_YEARS = (2008, 2014, 2015)
UNKNOWN_BASE = "champ non précisé par la source"

_REGION_CODE = re.compile(r"\d{2}", re.ASCII)
_DEPARTMENT_CODE = re.compile(r"\d{2}|2[AB]|97\d", re.ASCII)
_COMMUNE_CODE = re.compile(r"(?:\d{2}|2[AB])\d{3}", re.ASCII)
_DECIMAL = re.compile(r"\d{1,9}(?:\.\d)?", re.ASCII)
_POSTAL_CODE = re.compile(r"\d{5}", re.ASCII)


class DataFileError(Exception):
    """A data file is missing or wrong; the message is a French sentence for whoever installs the portal."""


@dataclass(frozen=True, slots=True)
class RegionRow:
    code: str
    name: str
    name_type: int
    slug: str
    council: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    code: str
    name: str
    name_type: int
    region: str


@dataclass(frozen=True, slots=True)
class CommuneRow:
    code: str
    kind: CommuneKind
    name: str
    name_type: int
    department: str
    population: int | None
    present_code: str  # empty for a present commune
    postal_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NetworkRow:
    region: str
    name: str
    site: str


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    region: str
    department: str | None
    measure: Measure
    year: int
    value: Decimal
    base: str
    source: str


@dataclass(frozen=True, slots=True)
class Territories:
    """All that the files say, checked: a code that a row gives is always the code of another row."""

    regions: tuple[RegionRow, ...]
    departments: tuple[DepartmentRow, ...]
    communes: tuple[CommuneRow, ...]
    networks: tuple[NetworkRow, ...]
    indicators: tuple[IndicatorRow, ...]
    undated: int  # published counts that no year goes with: they are not shown, so not loaded


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a file, with the words for what is wrong in it."""

    file: str
    number: int
    cells: dict[str, str]

    def wrong(self, problem: str) -> DataFileError:
        return DataFileError(
            _("%(file)s, ligne %(line)d : %(problem)s") % {"file": self.file, "line": self.number, "problem": problem}
        )

    def text(self, column: str, *, longest: int = 60) -> str:
        value = self.cells[column]
        if not value:
            raise self.wrong(_("la colonne « %(column)s » est vide.") % {"column": column})
        if len(value) > longest:
            raise self.wrong(_("« %(value)s » dépasse %(longest)d caractères.") % {"value": value, "longest": longest})
        return value

    def code(self, column: str, pattern: re.Pattern[str]) -> str:
        value = self.cells[column]
        if not pattern.fullmatch(value):
            raise self.wrong(_("« %(value)s » n’est pas un code attendu.") % {"value": value})
        return value

    def known[T](self, column: str, known: dict[str, T]) -> T:
        """What another row's code stands for."""
        try:
            return known[self.cells[column]]
        except KeyError:
            problem = _("le code « %(value)s » (colonne « %(column)s ») est inconnu.")
            raise self.wrong(problem % {"value": self.cells[column], "column": column}) from None

    def decimal(self, column: str) -> Decimal | None:
        """A number with at most one decimal, or nothing."""
        value = self.cells[column]
        if value and not _DECIMAL.fullmatch(value):
            raise self.wrong(_("« %(value)s » n’est pas un nombre.") % {"value": value})
        return Decimal(value) if value else None

    def integer(self, column: str) -> int | None:
        """A whole number, or nothing."""
        number = self.decimal(column)
        if number is not None and number != int(number):
            raise self.wrong(_("« %(value)s » n’est pas un nombre entier.") % {"value": number})
        return None if number is None else int(number)

    def name_type(self) -> int:
        number = self.integer("name_type")
        if number not in LINKS:
            raise self.wrong(
                _("« %(value)s » n’est pas un type de nom de l’INSEE (0 à 8).") % {"value": self.cells["name_type"]}
            )
        return number


def read_territories(folder: Path = DATA) -> Territories:
    """Read and check all the files.

    :raises DataFileError: The first fault met: a file missing, a column missing, a cell that is not what its
        column says, a code given twice, a code that leads nowhere.
    """
    regions = {row.code: row for row in _regions(folder)}
    departments = {row.code: row for row in _departments(folder, regions)}
    communes = tuple(_communes(folder, departments))
    counts, undated = _counts(folder, regions)
    return Territories(
        regions=tuple(regions.values()),
        departments=tuple(departments.values()),
        communes=communes,
        networks=tuple(_networks(folder, regions)),
        indicators=(*_shares(folder, regions, departments), *counts),
        undated=undated,
    )


def _lines(folder: Path, file: str, columns: Sequence[str], *, key: Sequence[str] = ()) -> Iterator[_Line]:
    """The lines of a CSV file that has at least these columns; the cells of its key are never twice the same."""
    try:
        text = (folder / file).read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise DataFileError(_("Il manque le fichier %(file)s.") % {"file": folder / file}) from error
    except (OSError, UnicodeDecodeError) as error:
        raise DataFileError(_("Le fichier %(file)s n’est pas lisible en UTF-8.") % {"file": folder / file}) from error
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        if missing := [column for column in columns if column not in (reader.fieldnames or ())]:
            problem = _("Dans le fichier %(file)s, il manque la colonne « %(column)s ».")
            raise DataFileError(problem % {"file": file, "column": missing[0]})
        seen: set[tuple[str, ...]] = set()
        for cells in reader:
            line = _Line(file, reader.line_num, cells)
            if None in cells or None in cells.values():
                raise line.wrong(_("le nombre de colonnes n’est pas celui de l’en-tête."))
            identity = tuple(cells[column] for column in key)
            if key and identity in seen:
                raise line.wrong(_("« %(key)s » y est pour la deuxième fois.") % {"key": " ".join(identity)})
            seen.add(identity)
            yield line
    except csv.Error as error:
        raise DataFileError(_("Le fichier %(file)s n’est pas un CSV entier.") % {"file": file}) from error
    if not seen:
        raise DataFileError(_("Le fichier %(file)s est vide.") % {"file": file})


def _regions(folder: Path) -> Iterator[RegionRow]:
    for line in _lines(folder, "regions.csv", REGION_COLUMNS, key=["code"]):
        yield RegionRow(
            code=line.code("code", _REGION_CODE),
            name=line.text("name"),
            name_type=line.name_type(),
            slug=line.code("slug", re.compile(r"[a-z0-9-]{1,50}")),
            council=line.text("council", longest=120),
            time_zone=line.code("time_zone", re.compile(r"[A-Z][a-z]+/[A-Z][a-z]+")),
        )


def _departments(folder: Path, regions: dict[str, RegionRow]) -> Iterator[DepartmentRow]:
    for line in _lines(folder, "departments.csv", DEPARTMENT_COLUMNS, key=["code"]):
        yield DepartmentRow(
            code=line.code("code", _DEPARTMENT_CODE),
            name=line.text("name"),
            name_type=line.name_type(),
            region=line.known("region", regions).code,
        )


def _communes(folder: Path, departments: dict[str, DepartmentRow]) -> Iterable[CommuneRow]:
    lines = list(_lines(folder, "communes.csv", COMMUNE_COLUMNS, key=["code", "kind"]))
    kinds = {kind.value: kind for kind in CommuneKind}
    present = {line.cells["code"]: line for line in lines if line.cells["kind"] == CommuneKind.PRESENT}
    for line in lines:
        kind = line.known("kind", kinds)
        if kind == CommuneKind.PRESENT:
            if line.cells["present_code"]:
                raise line.wrong(_("une commune actuelle ne mène pas à une autre."))
        elif line.known("present_code", present).cells["department"] != line.cells["department"]:
            # A former name takes the department of what it leads to: its region is then the right one.
            raise line.wrong(_("le département n’est pas celui de la commune actuelle."))
        postal_codes = tuple(line.cells["postal_codes"].split())
        for postal_code in postal_codes:
            if not _POSTAL_CODE.fullmatch(postal_code):
                raise line.wrong(_("« %(value)s » n’est pas un code postal.") % {"value": postal_code})
        yield CommuneRow(
            code=line.code("code", _COMMUNE_CODE),
            kind=kind,
            name=line.text("name"),
            name_type=line.name_type(),
            department=line.known("department", departments).code,
            population=line.integer("population"),
            present_code=line.cells["present_code"],
            postal_codes=postal_codes,
        )


def _networks(folder: Path, regions: dict[str, RegionRow]) -> Iterator[NetworkRow]:
    for line in _lines(folder, "cress.csv", NETWORK_COLUMNS, key=["nom"]):
        yield NetworkRow(
            region=line.known("region_code", regions).code,
            name=line.text("nom", longest=120),
            site=line.text("site", longest=200) if line.cells["site"] else "",
        )


def _shares(
    folder: Path, regions: dict[str, RegionRow], departments: dict[str, DepartmentRow]
) -> Iterator[IndicatorRow]:
    """The ESS share of salaried jobs, for regions and departments; the file's national lines are left aside."""
    for line in _lines(folder, "ess-part-emploi-salarie.csv", SHARE_COLUMNS, key=["niveau", "code"]):
        level = line.cells["niveau"]
        if level == "france":
            continue
        if level not in {"region", "departement"}:
            raise line.wrong(_("« %(value)s » n’est pas un niveau attendu.") % {"value": level})
        department = line.known("code", departments) if level == "departement" else None
        region = department.region if department else line.known("code", regions).code
        for year in SHARE_YEARS:
            value = line.decimal(f"part_{year}_pct")
            if value is not None:
                code = department.code if department else None
                yield IndicatorRow(region, code, Measure.JOB_SHARE, year, value, SHARE_BASE, SHARE_SOURCE)


def _counts(folder: Path, regions: dict[str, RegionRow]) -> tuple[list[IndicatorRow], int]:
    """The published counts of regions, each with its own source, and how many of them no year goes with."""
    rows: list[IndicatorRow] = []
    undated = 0
    columns = {"salaries": Measure.JOBS, "etablissements": Measure.ESTABLISHMENTS, "part_pct": Measure.JOB_SHARE}
    key = ["region_code", "annee", "source"]
    for line in _lines(folder, "ess-effectifs-publies.csv", COUNT_COLUMNS, key=key):
        if line.cells["region_code"] == "FR":
            continue
        region, year = line.known("region_code", regions).code, line.integer("annee")
        base = line.text("assiette", longest=120) if line.cells["assiette"] else UNKNOWN_BASE
        source = line.text("source", longest=200)
        for column, measure in columns.items():
            value = line.decimal(column)
            if value is None:
                continue
            if year is None:
                undated += 1
            else:
                rows.append(IndicatorRow(region, None, measure, year, value, base, source))
    return rows, undated
