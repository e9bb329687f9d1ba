"""From the cells of a row to people's places on one list, or to the reasons why not."""

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar, NamedTuple

from django.utils.translation import gettext as _

from pledges.enums import CandidateRole, Sex
from pledges.official_files.candidate_columns import Cells
from pledges.official_files.columns import Layout
from regions.folding import fold


class Canton(NamedTuple):
    """Where binômes stand. ``code`` is the department's, then two digits: « 3501 »."""

    department: str  # INSEE's code
    code: str
    name: str

    def __str__(self) -> str:
        return self.name


class ListFacts(NamedTuple):
    """What each row repeats about its list. Empty, or None, where the file says nothing."""

    region: str  # INSEE's code, two digits
    code: str
    panel_number: int | None
    name: str
    nuance: str
    nuance_label: str
    canton: Canton | None = None  # a binôme's; the lists of a region have none

    @property
    def contest_code(self) -> str:
        return self.canton.code if self.canton else self.region

    @property
    def identity(self) -> tuple[str, str]:
        """What makes rows belong to the same list of this file: the deposit code, or failing that the panel."""
        return self.contest_code, self.code or f"{self.panel_number}"


class CandidateRow(NamedTuple):
    """One person's place. After ``line``, the fields are those that ``Candidate`` stores."""

    line: int
    section_code: str
    section_name: str
    rank: int
    is_head: bool
    last_name: str
    first_names: str
    norm: str
    sex: str
    role: str = CandidateRole.CANDIDATE


# The ministry's own department codes overseas, and INSEE's.
_OVERSEAS = {"ZA": "971", "ZB": "972", "ZC": "973", "ZD": "974", "ZM": "976"}
_SEXES = {
    **dict.fromkeys(("f", "femme", "feminin", "mme", "madame"), Sex.FEMALE),
    **dict.fromkeys(("m", "h", "homme", "masculin", "monsieur"), Sex.MALE),
    "": "",
}
_YES_OR_NO = {
    **dict.fromkeys(("oui", "o", "x", "1", "vrai", "true"), True),
    **dict.fromkeys(("non", "n", "", "0", "faux", "false"), False),
}
_SECTION = re.compile(r"[0-9A-Z-]{0,10}")
_NUMBER = re.compile(r"[0-9]{1,5}")
_COUNT = re.compile(r"[0-9]{1,10}", re.ASCII)
_LARGEST_COUNT = 2_147_483_647  # a whole number, in both databases
_DECIMALS = re.compile(r"(?<=[0-9])[.,]0+\Z")
_UNREADABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffd]|^#(?:N/A|REF!|NAME\?|VALUE!|DIV/0!|NULL!|NUM!)\Z")
_LARGEST = 32_767  # a small integer, in both databases
_LONGEST = {
    "list_name": 500,
    "section_name": 120,
    "last_name": 120,
    "first_names": 120,
    "nuance_label": 120,
    "canton_name": 80,
}
_NORM_LENGTH = 241
NOT_HEAD = False
_ARTICLES = frozenset({"la", "le", "les", "l", "de", "du", "des", "d"})


def person_norm(first_names: str, last_name: str) -> str:
    """A person's folded name: what makes them the same person on the same list of two files."""
    return fold(f"{first_names} {last_name}")[:_NORM_LENGTH]


def plain_code(code: str) -> str:
    """A code however it is padded: ``"09"``, ``"9"`` and ``"9.0"`` are ``"9"``; ``"2A"`` stays."""
    code = _DECIMALS.sub("", "".join(code.split())).upper()
    return (code.lstrip("0") or "0") if code.isdecimal() else code


def plain_number(text: str) -> int | None:
    """A count however it is written: ``"45 110"`` and ``"45110.0"`` are 45110; None for anything else.

    A figure beyond what a column of whole numbers holds is none either.
    """
    digits = _DECIMALS.sub("", "".join(text.split()))
    return int(digits) if _COUNT.fullmatch(digits) and int(digits) <= _LARGEST_COUNT else None


def section_code(code: str) -> str:
    """INSEE's code of a section, two digits at least: ``"1"`` is ``"01"``, ``"ZA"`` is ``"971"``, ``"69D"`` stays."""
    plain = plain_code(code)
    return _OVERSEAS.get(plain, plain.zfill(2) if plain.isdecimal() else plain)


class RowReader(ABC):
    """Reads the rows of one file, all laid out alike.

    :param only: The codes of the regions whose rows are wanted; None for all.
    """

    def __init__(self, layout: Layout, only: Collection[str] | None = None) -> None:
        self.fields = layout.fields
        self._layout = layout
        self._only = only
        self._elsewhere: dict[tuple[str, ...], str] = {}
        self._shared: dict[str, str] = {}  # one copy of a text that thousands of rows repeat
        self._reasons: list[str] = []
        self._places = [layout.places[layout.kind.fields.index(field)] for field in self._where]

    _where: ClassVar[tuple[str, str]]
    """The two fields that say where a row is from: a code, and the name that goes with it."""

    @abstractmethod
    def _region_of(self, code: str, name: str) -> str:
        """The code of the region of a row; empty when what it says of it is unknown or contradicts itself."""

    @abstractmethod
    def _understand(self, line: int, texts: list[str]) -> tuple[ListFacts | None, list[CandidateRow]]:
        """The list of a row, None when it does not say which, and its people; what is wrong is noted."""

    def elsewhere(self, row: Sequence[str]) -> str:
        """The code of the region of a row that is not wanted: no other cell of it is then read.

        Empty when the row is wanted, and when what it says of its region is unknown or contradicts itself: nobody
        may lose a row of theirs to a slip in its code.
        """
        if self._only is None or len(row) < self._layout.width:
            return ""
        said = tuple("" if place is None else row[place] for place in self._places)
        if said not in self._elsewhere:
            code, name = map(clean_cell, said)
            region = self._region_of(code, name) if code else ""
            self._elsewhere[said] = "" if region in self._only else region
        return self._elsewhere[said]

    def read(self, line: int, row: Sequence[str]) -> tuple[ListFacts | None, list[CandidateRow], list[str]]:
        """Read one row.

        :return: The list, None when the row does not say which; the places of its people, none when the row is bad;
            and why it is bad, nothing when it is good.
        """
        self._reasons = []
        extra = len(row) - self._layout.width
        if extra < 0 or any(map(str.strip, row[self._layout.width :])):
            self._refuse(_("%(found)d colonnes au lieu de %(expected)d"), found=len(row), expected=self._layout.width)
            return None, [], self._reasons
        texts = [clean_cell(cell) for cell in self._layout.pick(row)]
        for text in filter(is_unreadable, texts):
            self._refuse(_("caractère illisible dans « %(text)s »"), text=text)
        facts, people = self._understand(line, texts)
        return facts, [] if self._reasons else people, self._reasons

    def _person(self, sex: str, last_name: str, first_names: str) -> tuple[str, str, str, str]:
        """Last name, first names, folded name and sex, as ``CandidateRow`` has them."""
        read_sex = sex_of(sex)
        if read_sex is None:
            self._refuse(_("sexe « %(text)s » : F ou M attendu"), text=sex)
        if not fold(last_name):
            self._refuse(_("nom manquant"))
        if not fold(first_names):
            self._refuse(_("prénom manquant"))
        return (
            self._bounded("last_name", last_name),
            self._bounded("first_names", first_names),
            person_norm(first_names, last_name),
            read_sex or "",
        )

    def _nuance(self, text: str) -> str:
        nuance = text.upper()
        if len(nuance) > 10:
            self._refuse(_("nuance « %(text)s » trop longue"), text=nuance)
        return nuance

    def _number(self, what: str, text: str) -> int | None:
        plain = plain_code(text)
        if not text:
            self._refuse(_("%(what)s manquant"), what=what)
        elif not _NUMBER.fullmatch(plain) or not 0 < int(plain) <= _LARGEST:
            self._refuse(_("%(what)s « %(text)s » : un nombre entier est attendu"), what=what, text=text)
        else:
            return int(plain)
        return None

    def _bounded(self, field: str, text: str) -> str:
        if len(text) > _LONGEST[field]:
            self._refuse(_("« %(text)s » dépasse %(length)d caractères"), text=f"{text[:60]}…", length=_LONGEST[field])
        return text

    def _share(self, text: str) -> str:
        return self._shared.setdefault(text, text)

    def _refuse(self, reason: str, **details: object) -> None:
        details = {name: value[:80] if isinstance(value, str) else value for name, value in details.items()}
        self._reasons.append(reason % details)


class ListRowReader(RowReader):
    """Reads the rows of lists: one line a person.

    :param regions: The name of each region, by INSEE's code.
    """

    _where = ("region_code", "region_name")

    def __init__(self, layout: Layout, regions: Mapping[str, str], only: Collection[str] | None = None) -> None:
        super().__init__(layout, only)
        self._regions = regions
        self._words = {code: words_of(name) for code, name in regions.items()}

    def _understand(self, line: int, texts: list[str]) -> tuple[ListFacts | None, list[CandidateRow]]:
        cells = Cells._make(texts)
        facts, place = self._facts(cells), self._place(line, cells)
        return facts if facts.region and (facts.code or facts.panel_number) else None, [place]

    def _facts(self, cells: Cells) -> ListFacts:
        code = "" if "list_code" not in self.fields else plain_code(cells.list_code)
        if "list_code" in self.fields and not code:
            self._refuse(_("code de liste manquant"))
        elif len(code) > 20:
            self._refuse(_("code de liste « %(text)s » trop long"), text=code)
        panel = self._number(_("numéro de panneau"), cells.panel_number) if cells.panel_number else None
        if not cells.panel_number and "list_code" not in self.fields:
            self._refuse(_("numéro de panneau manquant"))
        if not cells.list_name:
            self._refuse(_("nom de liste manquant"))
        nuance = self._nuance(cells.nuance)
        name = self._bounded("list_name", cells.list_name)
        return ListFacts(
            self._region(cells), code, panel, name, nuance, self._bounded("nuance_label", cells.nuance_label)
        )

    def _region(self, cells: Cells) -> str:
        """INSEE's code, empty when it is unknown or when the label says another region."""
        code = plain_code(cells.region_code).zfill(2)
        if not cells.region_code:
            self._refuse(_("code de région manquant"))
        elif code not in self._regions:
            self._refuse(_("région inconnue : « %(text)s »"), text=cells.region_code)
        elif not self._region_of(cells.region_code, cells.region_name):
            self._refuse(
                _("le code %(code)s est celui de la région « %(name)s », et le libellé dit « %(text)s »"),
                code=code,
                name=self._regions[code],
                text=cells.region_name,
            )
        else:
            return code
        return ""

    def _region_of(self, code: str, name: str) -> str:
        code = plain_code(code).zfill(2)
        if code not in self._regions:
            return ""
        said = words_of(name)
        return code if said <= self._words[code] or said >= self._words[code] else ""

    def _place(self, line: int, cells: Cells) -> CandidateRow:
        section = section_code(cells.section_code) if cells.section_code else ""
        if not _SECTION.fullmatch(section):
            self._refuse(_("section « %(text)s » illisible"), text=cells.section_code)
        rank = self._number(_("rang"), cells.rank)
        is_head = _YES_OR_NO.get(fold(plain_code(cells.is_head)) or cells.is_head)
        if is_head is None:
            self._refuse(_("tête de liste « %(text)s » : Oui ou Non attendu"), text=cells.is_head)
        return CandidateRow(
            line,
            self._share(section),
            self._share(self._bounded("section_name", cells.section_name)),
            rank or 0,
            bool(is_head),
            *self._person(cells.sex, cells.last_name, cells.first_names),
        )


def sex_of(text: str) -> str | None:
    """``"F"`` or ``"M"`` however it is written, empty where nothing is; None for anything else."""
    sex = _SEXES.get(fold(text) or text)
    return None if sex is None else str(sex)


def is_unreadable(text: str) -> bool:
    """Whether a cell holds control characters, a letter lost in an encoding, or a workbook's error."""
    return bool(_UNREADABLE.search(text))


def clean_cell(text: str) -> str:
    """The text of a cell: spaces of any kind count as one, accents are letters (NFC)."""
    text = " ".join(text.split())
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def words_of(name: str) -> frozenset[str]:
    return frozenset(fold(name).split()) - _ARTICLES
