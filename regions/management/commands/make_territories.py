"""Make the geography files that the product ships, from an unpacked release of the national npm package.

A developer's command: installing the portal needs only its results, in ``regions/data/``.
"""

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from regions.enums import CommuneKind
from regions.folding import fold
from regions.models import Region
from regions.shipped import COMMUNE_COLUMNS, DATA, DEPARTMENT_COLUMNS, REGION_COLUMNS

type Record = dict[str, Any]
type Row = tuple[str | int, ...]

# The 18 regions, by INSEE code; the package also lists overseas collectivities, which elect no regional council.
ZONES = {
    "01": "America/Guadeloupe",
    "02": "America/Martinique",
    "03": "America/Cayenne",
    "04": "Indian/Reunion",
    "06": "Indian/Mayotte",
    **dict.fromkeys(("11", "24", "27", "28", "32", "44", "52", "53", "75", "76", "84", "93", "94"), "Europe/Paris"),
}
# The assemblies whose name is not « conseil régional » and the region's name after INSEE's article.
COUNCILS = {
    "02": "Assemblée de Martinique",
    "03": "Assemblée de Guyane",
    "06": "Assemblée de Mayotte",  # by list, from 2028; in 2021 its cantons elected a departmental council
    "75": "conseil régional de Nouvelle-Aquitaine",  # as it calls itself; INSEE's article would give « de la »
    "94": "Assemblée de Corse",
}
KINDS = {
    "commune-actuelle": CommuneKind.PRESENT,
    "commune-deleguee": CommuneKind.DELEGATED,
    "commune-associee": CommuneKind.ASSOCIATED,
    "arrondissement-municipal": CommuneKind.DISTRICT,
}


class Command(BaseCommand):
    help = _(
        "Fabrique regions/data/regions.csv, departments.csv et communes.csv à partir du paquet npm "
        "@etalab/decoupage-administratif (« npm pack @etalab/decoupage-administratif@6.0.0 », puis « tar xf »). "
        "Sert aux développeurs, une fois par an ; « load_territories » charge ensuite ces fichiers."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("package", type=Path, help=_("Le dossier « package » du paquet désarchivé."))
        parser.add_argument("--output", type=Path, default=DATA, help=_("Où écrire (par défaut : regions/data)."))

    def handle(self, *, package: Path, output: Path, **options: object) -> None:
        if not output.is_dir():
            raise CommandError(_("Le dossier %(folder)s n’existe pas.") % {"folder": output})
        tables = {
            "regions.csv": (REGION_COLUMNS, region_rows(read(package, "regions"))),
            "departments.csv": (DEPARTMENT_COLUMNS, department_rows(read(package, "departements"))),
            "communes.csv": (COMMUNE_COLUMNS, commune_rows(read(package, "communes"))),
        }
        for name, (columns, rows) in tables.items():
            write(output / name, columns, rows)
            self.stdout.write(_("%(file)s : %(count)d lignes") % {"file": output / name, "count": len(rows)})


def read(package: Path, name: str) -> list[Record]:
    """One of the package's JSON files, without what lies outside the 18 regions."""
    path = package / "data" / f"{name}.json"
    try:
        records: list[Record] = json.loads(path.read_bytes())
    except OSError as error:
        raise CommandError(_("%(file)s est illisible : est-ce bien le paquet désarchivé ?") % {"file": path}) from error
    except ValueError as error:
        raise CommandError(_("%(file)s n’est pas un fichier JSON entier.") % {"file": path}) from error
    return [record for record in records if (record["code"] if name == "regions" else record["region"]) in ZONES]


def typographic(name: str) -> str:
    """A name as it is printed: INSEE writes the apostrophe of a typewriter."""
    return name.replace("'", "’")


def region_rows(records: Iterable[Record]) -> list[Row]:
    rows: list[Row] = []
    for record in records:
        code, name, name_type = record["code"], typographic(record["nom"]), record["typeLiaison"]
        council = COUNCILS.get(code, f"conseil régional {Region(name=name, name_type=name_type).of_name}")
        rows.append((code, name, name_type, fold(name).replace(" ", "-"), council, ZONES[code]))
    return sorted(rows)


def department_rows(records: Iterable[Record]) -> list[Row]:
    return sorted((r["code"], typographic(r["nom"]), r["typeLiaison"], r["region"]) for r in records)


def commune_rows(records: Sequence[Record]) -> list[Row]:
    """Communes, and the names that lead to one: a name of the past takes the department of what it leads to.

    A former commune has no postcode in the package, an arrondissement has those of its commune: only present
    communes carry them.
    """
    departments = {r["code"]: r["departement"] for r in records if KINDS[r["type"]] == CommuneKind.PRESENT}
    rows: list[Row] = []
    for record in records:
        kind = KINDS[record["type"]]
        is_present = kind == CommuneKind.PRESENT
        present_code = "" if is_present else record.get("chefLieu") or record["commune"]
        rows.append(
            (
                record["code"],
                kind.value,
                typographic(record["nom"]),
                record["typeLiaison"],
                departments[present_code or record["code"]],
                record.get("population", ""),
                present_code,
                " ".join(sorted(record["codesPostaux"])) if is_present else "",
            )
        )
    return sorted(rows, key=lambda row: row[:2])


def write(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write a whole CSV file or leave the one that was there."""
    draft = path.with_suffix(".draft")
    with draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    draft.replace(path)
