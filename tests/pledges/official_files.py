"""Small invented files in the layout of the ministry's. Nobody in them exists."""

import csv
import io

from openpyxl import Workbook

# Header by header, as the ministry spelt them in 2021; the rows below go by the same order.
HEADERS = {
    "region": "Code de la région",
    "region_name": "Libellé de la région",
    "section": "Code section électorale",
    "section_name": "Libellé section électorale",
    "panel": "N° Panneau Liste",
    "code": "Code Dépôt Liste",
    "name": "Libellé Etendu Liste",
    "nuance": "Nuance Liste",
    "head": "Tête de liste",
    "rank": "N° candidat",
    "sex": "Sexe candidat",
    "last_name": "Nom candidat",
    "first_names": "Prénom candidat",
    "birth_last_name": "Nom nais. candidat",
    "birth_first_names": "Prénom nais. candidat",
    "born_on": "Date naissance candidat",
    "job": "Profession candidat",
}
BIRTH_NAME = "NAISSANCEINVENTÉE"
BIRTH_DATE = "31/12/1969"


def person(last_name, first_names="Alix", **changes):
    """One row: first of Côtes-d'Armor, head of list 9, panel 1, in Bretagne, unless told."""
    return {
        "region": "53",
        "region_name": "Bretagne",
        "section": "22",
        "section_name": "Côtes-d'Armor",
        "panel": "1",
        "code": "9",
        "name": "Liste de démonstration A",
        "nuance": "LDIV",
        "head": "Oui",
        "rank": "1",
        "sex": "F",
        "last_name": last_name,
        "first_names": first_names,
        "birth_last_name": BIRTH_NAME,
        "birth_first_names": first_names,
        "born_on": BIRTH_DATE,
        "job": "Profession inventée",
    } | changes


def follower(last_name, first_names="Sacha", **changes):
    """One row: second of the same section, not head."""
    return person(last_name, first_names, **({"head": "Non", "rank": "2", "sex": "M"} | changes))


def table(rows, headers=HEADERS):
    """Header line and rows, as lists of cells. ``headers`` chooses the columns, their spelling and their order."""
    return [list(headers.values()), *([row[column] for column in headers] for row in rows)]


def text_file(rows, *, headers=HEADERS, separator="\t", encoding="latin-1", end="\r\n", quoting=csv.QUOTE_MINIMAL):
    """The bytes of a text file; like the ministry's unless told."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator=end, quoting=quoting).writerows(table(rows, headers))
    return text.getvalue().encode(encoding)


def workbook(rows, *, headers=HEADERS, other_sheets=()):
    """The bytes of an XLSX file."""
    book = Workbook()
    for cells in table(rows, headers):
        book.active.append(cells)
    for title in other_sheets:
        book.create_sheet(title).append(["Autre chose"])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
