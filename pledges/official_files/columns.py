"""Which column holds what: the ministry's headers change from year to year, their meaning does not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from pledges.official_files.refusals import FileRefusedError
from regions.folding import fold


class Cells(NamedTuple):
    """What is read of a row; empty when the file has no such column. Birth dates and birth names are not in it."""

    region_code: str
    region_name: str
    section_code: str
    section_name: str
    panel_number: str
    list_code: str
    list_name: str
    nuance: str
    nuance_label: str
    is_head: str
    rank: str
    sex: str
    last_name: str
    first_names: str


# In each line the ministry's spelling of 2021 comes first when there is one; an earlier spelling wins over a later.
SPELLINGS: dict[str, tuple[str, ...]] = {
    "region_code": ("Code de la région", "Code région", "code_region", "Code INSEE de la région", "Région (code)"),
    "region_name": ("Libellé de la région", "Libellé région", "Nom de la région", "Région"),
    "section_code": (
        "Code section électorale",
        "Code de la section",
        "Code section départementale",
        "Section",
        "Code du département",
    ),
    "section_name": (
        "Libellé section électorale",
        "Libellé de la section",
        "Nom de la section",
        "Libellé section départementale",
        "Libellé du département",
        "Département",
    ),
    "panel_number": ("N° Panneau Liste", "Numéro de panneau", "N° panneau", "Panneau", "N° liste"),
    "list_code": ("Code Dépôt Liste", "Code dépôt", "N° de dépôt", "N° dépôt liste", "Code de la liste"),
    "list_name": (
        "Libellé Etendu Liste",
        "Libellé de la liste",
        "Nom de la liste",
        "Titre de la liste",
        "Intitulé de la liste",
        "Liste",
    ),
    "nuance": ("Nuance Liste", "Nuance de liste", "Code nuance de liste", "Code nuance", "Nuance"),
    "nuance_label": ("Libellé nuance liste", "Libellé de la nuance", "Libellé nuance de liste"),
    "is_head": ("Tête de liste", "Candidat tête de liste", "Tête liste"),
    "rank": ("N° candidat", "Numéro de candidat", "Ordre", "N° d’ordre", "Rang", "Rang du candidat", "Position"),
    "sex": ("Sexe candidat", "Sexe", "Sexe du candidat", "Civilité candidat", "Civilité"),
    "last_name": ("Nom candidat", "Nom sur le bulletin de vote", "Nom du candidat", "Nom"),
    "first_names": ("Prénom candidat", "Prénom sur le bulletin de vote", "Prénom du candidat", "Prénom", "Prénoms"),
}
_NEEDED = ("region_code", "section_code", "list_name", "is_head", "rank", "sex", "last_name", "first_names")
_SMALL_WORDS = frozenset({"de", "du", "des", "d", "la", "le", "les", "l"})
_NUMBER_WORDS = frozenset({"n", "no", "num", "nr"})


def key(header: str) -> str:
    """Fold a header for comparison: ``key("N° Panneau Liste") == key("numero_panneau_liste")``.

    Case, accents, spaces, underscores, articles, and how « numéro » is abridged do not count.
    """
    words = (word for word in fold(header).split() if word not in _SMALL_WORDS)
    return "".join("numero" if word in _NUMBER_WORDS else word for word in words)


_KEYS = {field: tuple(key(spelling) for spelling in SPELLINGS[field]) for field in Cells._fields}
_KNOWN = frozenset(known for keys in _KEYS.values() for known in keys)


def recognised(headers: Sequence[str]) -> int:
    """How many of these headers are known: what tells a header line from another, and one separator from another."""
    return len(_KNOWN.intersection(map(key, headers)))


@dataclass(frozen=True, slots=True)
class Layout:
    """Where this file keeps what we read: ``places[i]`` is the column of ``Cells._fields[i]``."""

    width: int
    places: tuple[int | None, ...]

    @property
    def fields(self) -> frozenset[str]:
        """The fields of ``Cells`` that the file has a column for."""
        return frozenset(field for field, place in zip(Cells._fields, self.places, strict=True) if place is not None)

    def pick(self, row: Sequence[str]) -> Cells:
        """The cells that are read, of a row as wide as the header."""
        return Cells._make("" if place is None else row[place] for place in self.places)


def understand(headers: Sequence[str]) -> Layout:
    """Find each column by its header.

    :param headers: The header line; empty headers at its end are of no account.
    :raises FileRefusedError: When a needed column is missing (it gives the accepted spellings) or is there twice.
    """
    width = max((place for place, header in enumerate(headers, 1) if header.strip()), default=0)
    keys = [key(header) for header in headers[:width]]
    twice = [headers[place] for place, known in enumerate(keys) if known in _KNOWN and known in keys[:place]]
    if twice:
        raise FileRefusedError(_("Colonne présente deux fois : %s.") % ", ".join(map(_quote, twice)))
    places = tuple(
        next((keys.index(known) for known in _KEYS[field] if known in keys), None) for field in Cells._fields
    )
    layout = Layout(width, places)
    missing = [_spelt(field) for field in _NEEDED if field not in layout.fields]
    if not layout.fields & {"list_code", "panel_number"}:
        missing.append(
            _("%(code)s, ou à défaut %(panel)s") % {"code": _spelt("list_code"), "panel": _spelt("panel_number")}
        )
    if missing:
        raise FileRefusedError(
            _("Colonnes introuvables : %(missing)s. Les en-têtes du fichier sont : %(headers)s.")
            % {"missing": " ; ".join(missing), "headers": ", ".join(map(_quote, headers[: min(width, 40)])) or "—"}
        )
    return layout


def _quote(header: str) -> str:
    return f"« {header.strip()[:60]} »"


def _spelt(field: str) -> str:
    first, *others = map(_quote, SPELLINGS[field])
    return _("%(first)s (ou %(others)s)") % {"first": first, "others": ", ".join(others)}
