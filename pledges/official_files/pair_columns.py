"""The columns of the ministry's files of binômes: one line a binôme with numbered columns, or one line a person."""

from itertools import product

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from pledges.official_files.candidate_columns import CANDIDATES
from pledges.official_files.candidate_columns import LABELS as LABELS_OF_LISTS
from pledges.official_files.candidate_columns import SPELLINGS as SPELLINGS_OF_LISTS
from pledges.official_files.columns import FileKind

# Who stands, in the order of the files: the two members, then their substitutes.
SEATS = ("member_1", "member_2", "substitute_1", "substitute_2")
PERSON = ("sex", "last_name", "first_names")

_CANTON: dict[str, tuple[str, ...]] = {
    "department_code": ("Code du département", "Code département", "Département (code)"),
    "department_name": ("Libellé du département", "Libellé département", "Nom du département", "Département"),
    "canton_code": ("Code du canton", "Code canton", "Code circonscription", "N° canton", "Canton (code)"),
    "canton_name": ("Libellé du canton", "Libellé canton", "Nom du canton", "Libellé circonscription", "Canton"),
    "panel_number": ("Numéro de panneau", "N° panneau", "N° Panneau Binôme", "N° Panneau Candidat", "Panneau"),
    "nuance": ("Nuance", "Nuance Binôme", "Nuance candidat", "Code nuance", "Nuance du binôme"),
    "nuance_label": ("Libellé nuance", "Libellé de la nuance", "Libellé nuance binôme"),
}
_PERSON_WORDS = {
    "sex": ("Sexe", "Civilité"),
    "last_name": ("Nom",),
    "first_names": ("Prénom", "Prénoms"),
}
_SEAT_WORDS = {
    "member": ("candidat", "candidate", "candidat(e)", "membre", "titulaire"),
    "substitute": ("remplaçant", "remplaçante", "remplaçant(e)", "suppléant", "suppléant(e)"),
}


def _numbered(seat: str, what: str) -> tuple[str, ...]:
    """« Nom candidat 1 », « Nom du remplaçant 2 »: small words do not count."""
    who, number = seat.split("_")
    return tuple(f"{word} {name} {number}" for name, word in product(_SEAT_WORDS[who], _PERSON_WORDS[what]))


PAIRS = FileKind(
    _CANTON | {f"{seat}_{what}": _numbered(seat, what) for seat in SEATS for what in PERSON},
    needed=(
        *("department_code", "canton_code", "canton_name", "panel_number"),
        *(f"{seat}_{what}" for seat in SEATS[:2] for what in PERSON),
    ),
)
PEOPLE_OF_PAIRS = FileKind(
    _CANTON
    | {
        "role": ("Qualité", "Qualité candidat", "Titulaire ou remplaçant", "Rôle", "Fonction", "Type de candidat"),
        **{what: SPELLINGS_OF_LISTS[what] for what in PERSON},
    },
    needed=("department_code", "canton_code", "canton_name", "panel_number", "role", *PERSON),
)
_WHO = {
    "member_1": gettext_lazy("membre 1"),
    "member_2": gettext_lazy("membre 2"),
    "substitute_1": gettext_lazy("remplaçant·e 1"),
    "substitute_2": gettext_lazy("remplaçant·e 2"),
}
LABELS: dict[str, str | Promise] = {
    "department_code": gettext_lazy("code du département"),
    "department_name": gettext_lazy("nom du département"),
    "canton_code": gettext_lazy("code du canton"),
    "canton_name": gettext_lazy("nom du canton"),
    "role": gettext_lazy("titulaire ou remplaçant·e"),
}


# Each layout that a file of candidates may have, by the name under which an import remembers it.
LAYOUTS = {"lists": CANDIDATES, "pairs": PAIRS, "people_of_pairs": PEOPLE_OF_PAIRS}
OF_PAIRS = (PAIRS, PEOPLE_OF_PAIRS)


def label(field: str) -> str:
    """What a field of any file of candidates is called, for whoever says which column holds it."""
    for seat, who in _WHO.items():
        if field.startswith(seat):
            return f"{LABELS_OF_LISTS[field.removeprefix(f'{seat}_')]}, {who}"
    return str(LABELS.get(field) or LABELS_OF_LISTS[field])
