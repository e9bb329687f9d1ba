"""Small invented files of binômes in the ministry's layouts. Nobody in them exists."""

import csv
import io

PEOPLE = ("candidat 1", "candidat 2", "remplaçant 1", "remplaçant 2")
# One line a binôme, its four people in numbered columns.
PAIR_HEADERS = [
    "Code du département", "Libellé du département", "Code canton", "Libellé canton", "Numéro de panneau", "Nuance",
    *(f"{what} {who}" for who in PEOPLE for what in ("Sexe", "Nom", "Prénom")),
]  # fmt: skip
PERSON_HEADERS = [
    "Code du département", "Libellé du département", "Code canton", "Libellé canton", "Numéro de panneau", "Nuance",
    "Qualité", "Sexe", "Nom", "Prénom",
]  # fmt: skip
BRETAGNE = ("35", "Ille-et-Vilaine")


def pair(*people, panel="1", canton=("01", "Demoville-1"), department=BRETAGNE, nuance="BC-DIV"):
    """One binôme: ``("F", "EXEMPLE", "Alix")`` for each of its members, then of its substitutes."""
    return {"place": [*department, *canton, panel, nuance], "people": list(people)}


ALIX, SACHA = ("F", "EXEMPLE", "Alix"), ("M", "ESSAI", "Sacha")
LOU, NOA = ("F", "FICTIF", "Lou"), ("M", "MODÈLE", "Noa")


def line_per_pair(*pairs, headers=PAIR_HEADERS, separator=";", encoding="utf-8"):
    """The bytes of a file with one line a binôme."""
    rows = [[*one["place"], *(cell for person in one["people"] for cell in person)] for one in pairs]
    width = len(headers)
    return _bytes([headers, *([*row, *[""] * (width - len(row))] for row in rows)], separator, encoding)


def line_per_person(*pairs, separator=";", encoding="utf-8"):
    """The bytes of a file with one line a person: the members, then the substitutes."""
    rows = [
        [*one["place"], "Titulaire" if place < 2 else "Remplaçant", *person]
        for one in pairs
        for place, person in enumerate(one["people"])
    ]
    return _bytes([PERSON_HEADERS, *rows], separator, encoding)


def _bytes(rows, separator, encoding):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(encoding)
