"""Binômes in the ministry's files: one line for the four people who stand together, or one line for each of them."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from pledges.enums import CandidateRole
from pledges.official_files.columns import Layout
from pledges.official_files.pair_columns import PERSON, SEATS
from pledges.official_files.rows import NOT_HEAD, CandidateRow, Canton, ListFacts, RowReader, section_code, words_of
from regions.folding import fold
from regions.unserved import without_departmental_council


class DepartmentFacts(NamedTuple):
    """What a file is checked against: a department's name, and its region by INSEE's code."""

    name: str
    region: str


# The ministry tells the Lyon metropolis, which elects no departmental council, from the rest of the Rhône.
_WHOLE = {"69D": "69", "69M": "69"}
_CANTON = re.compile(r"0*([1-9][0-9]?)")
_DECIMALS = re.compile(r"(?<=[0-9])[.,]0+\Z")
_ROLES = {
    **dict.fromkeys(("titulaire", "t", "candidat", "candidate", "candidat e", "membre"), CandidateRole.CANDIDATE),
    **dict.fromkeys(
        ("remplacant", "remplacante", "remplacant e", "r", "suppleant", "suppleante", "suppleant e", "s"),
        CandidateRole.SUBSTITUTE,
    ),
}


class PairRowReader(RowReader):
    """Reads the rows of binômes, in either layout. Their name is made later, of those of their members.

    :param departments: By INSEE's code.
    """

    _where = ("department_code", "department_name")

    def __init__(
        self, layout: Layout, departments: Mapping[str, DepartmentFacts], only: Collection[str] | None = None
    ) -> None:
        super().__init__(layout, only)
        self._departments = departments
        self._words = {code: words_of(facts.name) for code, facts in departments.items()}

    def _region_of(self, code: str, name: str) -> str:
        department = department_code(code)
        if department not in self._departments:
            return ""
        said, known = words_of(name), self._words[department]
        return self._departments[department].region if said <= known or said >= known else ""

    def _understand(self, line: int, texts: list[str]) -> tuple[ListFacts | None, list[CandidateRow]]:
        cells = dict(zip(self._layout.kind.fields, texts, strict=True))
        canton = self._canton(cells)
        panel = self._number(_("numéro de panneau"), cells["panel_number"])
        nuance, label = self._nuance(cells["nuance"]), self._bounded("nuance_label", cells["nuance_label"])
        people = self._one_person(line, cells) if "role" in cells else self._four_people(line, cells)
        if not canton or not panel:
            return None, people
        region = self._departments[canton.department].region
        return ListFacts(region, "", panel, "", nuance, label, canton), people

    def _canton(self, cells: Mapping[str, str]) -> Canton | None:
        code, name = cells["department_code"], cells["department_name"]
        department = department_code(code)
        if not code:
            self._refuse(_("code de département manquant"))
        elif sentence := without_departmental_council(section_code(code)):
            self._reasons.append(sentence.rstrip("."))
        elif department not in self._departments:
            self._refuse(_("département inconnu : « %(text)s »"), text=code)
        elif not self._region_of(code, name):
            self._refuse(
                _("le code %(code)s est celui du département « %(name)s », et le libellé dit « %(text)s »"),
                code=department,
                name=self._departments[department].name,
                text=name,
            )
        elif not (number := canton_number(cells["canton_code"], department, section_code(code), code)):
            self._refuse(_("code de canton « %(text)s » : deux chiffres attendus"), text=cells["canton_code"])
        elif not fold(cells["canton_name"]):
            self._refuse(_("nom de canton manquant"))
        else:
            return Canton(department, f"{department}{number:02}", self._bounded("canton_name", cells["canton_name"]))
        return None

    def _four_people(self, line: int, cells: Mapping[str, str]) -> list[CandidateRow]:
        people = []
        for seat in SEATS:
            who, rank = seat.split("_")
            texts = [cells[f"{seat}_{what}"] for what in PERSON]
            if any(texts):  # who is missing is told once for the whole binôme
                role = CandidateRole.CANDIDATE if who == "member" else CandidateRole.SUBSTITUTE
                people.append(self._row(line, int(rank), texts, role))
        return people

    def _one_person(self, line: int, cells: Mapping[str, str]) -> list[CandidateRow]:
        role = _ROLES.get(fold(cells["role"]))
        if role is None:
            self._refuse(_("« %(text)s » : titulaire ou remplaçant attendu"), text=cells["role"])
            role = CandidateRole.CANDIDATE
        return [self._row(line, 0, [cells[what] for what in PERSON], role)]

    def _row(self, line: int, rank: int, texts: Sequence[str], role: CandidateRole) -> CandidateRow:
        sex, last_name, first_names = texts
        if not sex and role == CandidateRole.CANDIDATE:
            self._refuse(_("sexe manquant : un binôme est une femme et un homme"))
        return CandidateRow(line, "", "", rank, NOT_HEAD, *self._person(sex, last_name, first_names), role)


def in_their_places(people: Sequence[CandidateRow]) -> list[CandidateRow]:
    """The people of a binôme, each with a rank: that of the file, or by the order of their lines."""
    ranks = dict.fromkeys(CandidateRole, 0)
    placed = []
    for person in people:
        role = CandidateRole(person.role)
        ranks[role] += 1
        placed.append(person._replace(rank=person.rank or ranks[role]))
    return placed


def pair_name(people: Sequence[CandidateRow]) -> str:
    """A binôme is called by its members' names: « Alix EXEMPLE et Sacha ESSAI »."""
    members = [person for person in people if person.role == CandidateRole.CANDIDATE]
    return " et ".join(f"{person.first_names} {person.last_name}" for person in members)


def what_is_wrong(people: Sequence[CandidateRow]) -> str:
    """Why these people are no binôme, in a phrase; empty when they are one.

    Substitutes may be missing: several files leave them out, and they do not sign for the binôme.
    """
    members = [person for person in people if person.role == CandidateRole.CANDIDATE]
    if len(members) != 2:
        return _("un binôme a deux membres, et non %d") % len(members)
    if len(people) > 4:
        return _("un binôme a deux remplaçants au plus, et non %d") % (len(people) - 2)
    if members[0].sex == members[1].sex:
        return _("un binôme est une femme et un homme")
    return ""


def department_code(code: str) -> str:
    plain = section_code(code)
    return _WHOLE.get(plain, plain)


def canton_number(text: str, *departments: str) -> int:
    """The number of a canton in its department: « 1 », « 01 », « 3501 »; 0 when it is none."""
    code = _DECIMALS.sub("", "".join(text.split())).upper()
    for department in (*departments, *(each.lstrip("0") for each in departments)):
        if department and code.startswith(department) and len(code) == len(department) + 2:
            code = code[-2:]
            break
    match = _CANTON.fullmatch(code)
    return int(match[1]) if match else 0
