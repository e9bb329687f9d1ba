"""Which column holds what: the ministry's headers change from year to year, their meaning does not."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
LABELS = {
    "region_code": gettext_lazy("code de la région"),
    "region_name": gettext_lazy("nom de la région"),
    "section_code": gettext_lazy("code de la section"),
    "section_name": gettext_lazy("nom de la section"),
    "panel_number": gettext_lazy("numéro de panneau"),
    "list_code": gettext_lazy("code de dépôt de la liste"),
    "list_name": gettext_lazy("nom de la liste"),
    "nuance": gettext_lazy("nuance"),
    "nuance_label": gettext_lazy("libellé de la nuance"),
    "is_head": gettext_lazy("tête de liste"),
    "rank": gettext_lazy("rang"),
    "sex": gettext_lazy("sexe ou civilité"),
    "last_name": gettext_lazy("nom de la personne"),
    "first_names": gettext_lazy("prénoms"),
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

    headers: tuple[str, ...]
    places: tuple[int | None, ...]

    @property
    def width(self) -> int:
        return len(self.headers)

    @property
    def fields(self) -> frozenset[str]:
        """The fields of ``Cells`` that the file has a column for."""
        return frozenset(field for field, place in zip(Cells._fields, self.places, strict=True) if place is not None)

    @property
    def columns(self) -> dict[str, str]:
        """The header of each field that has one, in the order of ``Cells``."""
        return {
            field: self.headers[place].strip()
            for field, place in zip(Cells._fields, self.places, strict=True)
            if place is not None
        }

    @property
    def unread(self) -> list[str]:
        """The headers of the columns that we read nothing in."""
        return [header.strip() for place, header in enumerate(self.headers) if place not in self.places]

    @property
    def missing(self) -> list[str]:
        """The needed fields that have no column. A list is known by its code or its panel: one of the two is enough."""
        missing = [field for field in _NEEDED if field not in self.fields]
        return missing if self.fields & {"list_code", "panel_number"} else [*missing, "list_code", "panel_number"]

    @property
    def signature(self) -> str:
        """The same for two files whose header lines say the same: the SHA-256 of their folded headers."""
        return hashlib.sha256("\n".join(map(_name, self.headers)).encode()).hexdigest()

    def pick(self, row: Sequence[str]) -> Cells:
        """The cells that are read, of a row as wide as the header."""
        return Cells._make("" if place is None else row[place] for place in self.places)

    def refuse_if_incomplete(self) -> None:
        """Stop here when a needed column is missing.

        :raises FileRefusedError: It gives the accepted spellings.
        """
        if not (missing := self.missing):
            return
        spelt = [_spelt(field) for field in missing if field in _NEEDED]
        if "list_code" in missing:
            spelt.append(
                _("%(code)s, ou à défaut %(panel)s") % {"code": _spelt("list_code"), "panel": _spelt("panel_number")}
            )
        raise FileRefusedError(
            _("Colonnes introuvables : %(missing)s. Les en-têtes du fichier sont : %(headers)s.")
            % {"missing": " ; ".join(spelt), "headers": ", ".join(map(_quote, self.headers[:40])) or "—"}
        )


def lay_out(headers: Sequence[str], mapping: Mapping[str, str] | None = None) -> Layout:
    """Find each column: where a person said it is, else by its header.

    :param headers: The header line; empty headers at its end are of no account.
    :param mapping: Fields of ``Cells``, each with the header of its column, as someone chose them. A header that the
        file does not have is of no account.
    :raises FileRefusedError: When a column is there twice, or is said to hold two things.
    """
    width = max((place for place, header in enumerate(headers, 1) if header.strip()), default=0)
    names = [_name(header) for header in headers[:width]]
    chosen = {field: _name(header) for field, header in (mapping or {}).items() if _name(header) in names}
    known = _KNOWN | set(chosen.values())
    twice = [headers[place] for place, name in enumerate(names) if name in known and name in names[:place]]
    if twice:
        raise FileRefusedError(_("Colonne présente deux fois : %s.") % ", ".join(map(_quote, twice)))
    places = tuple(
        names.index(chosen[field])
        if field in chosen
        else next((names.index(name) for name in _KEYS[field] if name in names), None)
        for field in Cells._fields
    )
    shared = [headers[place] for place in dict.fromkeys(places) if place is not None and places.count(place) > 1]
    if shared:
        raise FileRefusedError(_("Colonne choisie pour deux choses à la fois : %s.") % ", ".join(map(_quote, shared)))
    return Layout(tuple(headers[:width]), places)


def understand(headers: Sequence[str], mapping: Mapping[str, str] | None = None) -> Layout:
    """The same, every needed column being there.

    :raises FileRefusedError: When a needed column is missing too.
    """
    layout = lay_out(headers, mapping)
    layout.refuse_if_incomplete()
    return layout


def _name(header: str) -> str:
    """What tells a header from another; one without any letter is told by its signs."""
    return key(header) or header.strip()


def _quote(header: str) -> str:
    return f"« {header.strip()[:60]} »"


def _spelt(field: str) -> str:
    first, *others = map(_quote, SPELLINGS[field])
    return _("%(first)s (ou %(others)s)") % {"first": first, "others": ", ".join(others)}
