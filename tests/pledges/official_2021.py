"""The official files of June 2021, which stay outside the repository: ``OFFICIAL_FILES`` names their folder.

89 lists of nine regional contests, their results, and the councillors of seven of them. The ministry's file of the
second round is not among them: it is made here of the first round's, with the one merger of those lists.
"""

import csv
import io
import os
from collections import defaultdict
from pathlib import Path

import pytest
from django.conf import settings

FOLDER = Path(os.environ.get("OFFICIAL_FILES") or settings.BASE_DIR.parent / "shared" / "data")
CANDIDATES = FOLDER / "regionales-2021-t1-candidatures.txt"
RESULTS = FOLDER / "regionales-2021-listes-et-resultats.csv"
ELECTED = FOLDER / "rne-conseillers-regionaux-2023-06.txt"
REGION, PANEL, SECTION, RANK = "Code de la région", "N° Panneau Liste", "Code section électorale", "N° candidat"
PERSON = ("Sexe candidat", "Nom candidat", "Prénom candidat")
# Pays de la Loire: the list of panel 7 (16.32 %) merged into that of panel 1 (18.70 %), which kept name and head.
MERGED = ("52", "1", "7")

needs_official_files = pytest.mark.skipif(
    not all(path.exists() for path in (CANDIDATES, RESULTS, ELECTED)),
    reason=f"the official files of 2021 are not in {FOLDER}",
)


def rows_of(path: Path, *, encoding: str, delimiter: str) -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as lines:
        return list(csv.DictReader(lines, delimiter=delimiter))


def candidates() -> list[dict[str, str]]:
    return rows_of(CANDIDATES, encoding="latin-1", delimiter="\t")


def results() -> list[dict[str, str]]:
    return rows_of(RESULTS, encoding="utf-8", delimiter=",")


def elected() -> list[dict[str, str]]:
    return rows_of(ELECTED, encoding="utf-8", delimiter="\t")


def second_round_file() -> bytes:
    """The candidatures of the second round, in the ministry's layout: 32 lists, one of them merged.

    Each section of the merged list has first those of both lists who were elected, then those of the list that stays.
    """
    stayed = {(row["region_code"], row["panneau"]) for row in results() if row["voix_t2"]}
    region, host, guest = MERGED
    sitting = {(row["nom_elu"], row["prenom_elu"]) for row in elected() if row["code_region"] == region}
    both = {host: defaultdict(list), guest: defaultdict(list)}
    rows = [row for row in candidates() if (row[REGION].zfill(2), row[PANEL]) in stayed]
    for row in candidates():
        if row[REGION] == region and row[PANEL] in both:
            both[row[PANEL]][row[SECTION]].append(row)
    rows = [row for row in rows if (row[REGION], row[PANEL]) != (region, host)]
    for section, its_own in both[host].items():
        ranked = sorted(
            [*its_own, *both[guest][section]],
            # The head stays at the head's place or above; the sort keeps the order of each list.
            key=lambda row: (
                row["Tête de liste"] != "Oui" or row[PANEL] != host,
                _name(row) not in sitting,
                row[PANEL],
            ),
        )
        for place, row in zip(its_own, ranked, strict=False):
            rows.append({**place, **{column: row[column] for column in PERSON}, "Tête de liste": _leads(row, host)})
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys(), delimiter="\t", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("latin-1")


def _name(row: dict[str, str]) -> tuple[str, str]:
    return row["Nom candidat"], row["Prénom candidat"]


def _leads(row: dict[str, str], host: str) -> str:
    return row["Tête de liste"] if row[PANEL] == host else "Non"
