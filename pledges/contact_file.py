"""A table of addresses of lists, made by a network: read whole, or refused whole. Nothing here touches the database."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import IO, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from pledges.actions.contacts import Address
from pledges.enums import AddressKind
from pledges.models import CandidateList
from pledges.official_files.columns import FileKind
from pledges.official_files.refusals import FileRefusedError, Problems
from pledges.official_files.tables import open_table
from regions.folding import fold

LARGEST = 1024 * 1024
"""Bytes: thousands of lists, each with a long source."""
_SOURCE_LENGTH = 300
_DATES = ("%Y-%m-%d", "%d/%m/%Y", "%Y-%m-%d %H:%M:%S")  # the last is that of a workbook


class Cells(NamedTuple):
    """What is read of a row."""

    contest: str
    panel: str
    name: str
    email: str
    kind: str
    source: str
    found_on: str


CONTACTS = FileKind(
    {
        "contest": ("Circonscription", "Territoire", "Canton"),
        "panel": ("Panneau", "Numéro de panneau", "N° panneau"),
        "name": ("Liste", "Nom de la liste", "Binôme", "Libellé de la liste"),
        "email": ("Adresse", "Courriel", "Adresse électronique", "E-mail", "Mail"),
        "kind": ("Nature", "Nature de l’adresse", "Type"),
        "source": ("Source", "Où", "Trouvée ici"),
        "found_on": ("Date", "Relevée le", "Date de relevé"),
    },
    needed=("email", "source", "found_on"),
    either=("name", "panel"),
)
_KINDS = {
    AddressKind.OFFICIAL: ("officielle", "liste", "adresse officielle"),
    AddressKind.CANDIDATE: ("tete de liste", "candidat", "candidate", "binome"),
    AddressKind.CAMPAIGN: ("equipe", "campagne", "equipe de campagne", "mandataire"),
    AddressKind.PARTY: ("parti", "mouvement", "parti ou mouvement"),
    AddressKind.OTHER: ("autre", ""),
}


def read_contacts(source: IO[bytes], *, name: str, lists: Iterable[CandidateList]) -> list[Address]:
    """Read a table of addresses: CSV, or a workbook.

    :param source: The bytes, seekable; left open.
    :param name: The file's name.
    :param lists: Those that may be named, with their contest: by their name, or by their panel.
    :raises FileRefusedError: When the file as a whole cannot be read, or with every bad row; never with an address.
    """
    with open_table(source, CONTACTS, name=name) as table:
        reader = _Reader(lists)
        width = table.layout.width
        found = [reader.read(line, Cells._make(table.layout.pick(_wide(row, width)))) for line, row in table.rows]
        reader.problems.refuse_if_any()
    addresses = [address for address in found if address]
    if not addresses:
        raise FileRefusedError(_("Ce fichier n’a que des en-têtes : aucune adresse."))
    return addresses


def _wide(row: list[str], width: int) -> list[str]:
    return [*row, *[""] * (width - len(row))]


class _Reader:
    """The rows of one file, on their way to addresses."""

    def __init__(self, lists: Iterable[CandidateList]) -> None:
        self.problems = Problems()
        self._by_name: dict[str, list[CandidateList]] = defaultdict(list)
        self._by_panel: dict[str, list[CandidateList]] = defaultdict(list)
        self._met: dict[tuple[int, str], int] = {}
        for row in lists:
            self._by_name[fold(row.name)].append(row)
            self._by_panel[str(row.panel_number)].append(row)

    def read(self, line: int, cells: Cells) -> Address | None:
        """The address that a row holds; None for a bad row, which is noted."""
        cells = Cells._make(" ".join(cell.split()) for cell in cells)
        row = self._list_of(line, cells)
        kind = next((kind for kind, words in _KINDS.items() if fold(cells.kind) in (*words, kind.value)), None)
        if kind is None:
            self.problems.add(line, _("nature inconnue : écrivez officielle, candidat, campagne, parti ou autre"))
        found_on = _date(cells.found_on)
        if found_on is None:
            self.problems.add(line, _("date manquante ou mal écrite : 2028-05-12, ou 12/05/2028"))
        if not cells.source or len(cells.source) > _SOURCE_LENGTH:
            self.problems.add(line, _("source manquante, ou de plus de %d signes") % _SOURCE_LENGTH)
        is_address = _is_address(cells.email)
        if not is_address:
            self.problems.add(line, _("adresse électronique manquante ou mal écrite"))
        if row is None or kind is None or found_on is None or not is_address:
            return None
        before = self._met.setdefault((row.pk, cells.email.casefold()), line)
        if before != line:
            self.problems.add(line, _("la même adresse est déjà à la ligne %d") % before)
        return Address(row, cells.email, kind, cells.source, found_on)

    def _list_of(self, line: int, cells: Cells) -> CandidateList | None:
        """The one list that a row names."""
        found = self._by_name[fold(cells.name)] if cells.name else self._by_panel[cells.panel]
        if cells.name and cells.panel:
            found = [row for row in found if str(row.panel_number) == cells.panel]
        if cells.contest:
            found = [row for row in found if fold(cells.contest) in (fold(row.contest.name), fold(row.contest.code))]
        if len(found) == 1:
            return found[0]
        if found:
            self.problems.add(line, _("plusieurs listes se nomment ainsi : ajoutez la circonscription"))
        else:
            self.problems.add(line, _("aucune liste de ce nom ou de ce panneau n’est sur la liste officielle"))
        return None


def _date(text: str) -> datetime.date | None:
    for form in _DATES:
        try:
            return datetime.datetime.strptime(text, form).date()  # noqa: DTZ007  a day, without an hour
        except ValueError:
            continue
    return None


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
