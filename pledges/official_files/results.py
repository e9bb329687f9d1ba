"""Files of results: one row a list or a binôme, for one round or for both. Nothing here touches the database."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import IO, NamedTuple

from django.utils.translation import gettext as _

from pledges.enums import Round
from pledges.official_files.candidate_columns import SPELLINGS
from pledges.official_files.columns import FileKind, Layout
from pledges.official_files.pair_columns import PAIRS
from pledges.official_files.pairs import canton_number, department_code
from pledges.official_files.refusals import FileRefusedError, Problems
from pledges.official_files.rows import plain_code, plain_number, section_code
from pledges.official_files.tables import open_table

_VOTES: dict[str, tuple[str, ...]] = {
    "votes": ("Voix", "Nombre de voix", "Suffrages"),
    "seats": ("Sièges", "Nombre de sièges", "Sièges obtenus"),
    "first_votes": ("Voix T1", "Voix tour 1", "Voix premier tour", "Voix 1er tour"),
    "second_votes": ("Voix T2", "Voix tour 2", "Voix second tour", "Voix 2nd tour", "Voix 2e tour"),
    "second_seats": ("Sièges T2", "Sièges tour 2", "Sièges second tour"),
}
RESULTS = FileKind(
    {
        "region_code": SPELLINGS["region_code"],
        "panel_number": SPELLINGS["panel_number"],
        "list_code": (*SPELLINGS["list_code"], "liste_code"),
        **_VOTES,
    },
    needed=("region_code",),
    either=("list_code", "panel_number"),
)
PAIR_RESULTS = FileKind(
    {field: PAIRS.spellings[field] for field in ("department_code", "canton_code", "panel_number")} | _VOTES,
    needed=("department_code", "canton_code", "panel_number"),
)


class ResultRow(NamedTuple):
    """The result of one list in one round. ``contest`` is the code of a region or of a canton.

    An empty ``list_code``, a panel of None or seats of None are what the file does not say.
    """

    line: int
    contest: str
    list_code: str
    panel_number: int | None
    round: Round
    votes: int
    seats: int | None


@dataclass(frozen=True, slots=True)
class ResultFile:
    """A whole file, read and checked: its rows in its own order."""

    name: str
    sha256: str
    rows: list[ResultRow]


def read_results(
    source: IO[bytes],
    *,
    name: str,
    regions: Collection[str],
    departments: Collection[str] | None = None,
    one_round: Round | None = None,
) -> ResultFile:
    """Read a file of results.

    :param source: The bytes, seekable; left open.
    :param name: The file's name, without folders.
    :param regions: INSEE's codes.
    :param departments: INSEE's codes where binômes stand, each in a canton; None where lists do.
    :param one_round: The round of a file that has one column of votes; None when its headers say the round.
    :raises FileRefusedError: When the file as a whole cannot be read, or with every bad row.
    """
    kind = RESULTS if departments is None else PAIR_RESULTS
    with open_table(source, kind, name=name) as table:
        columns = _columns(table.layout, one_round)
        reader = _Reader(table.layout, regions if departments is None else departments, columns)
        rows = [row for line, cells in table.rows for row in reader.read(line, cells)]
        reader.problems.refuse_if_any()
        if not rows:
            raise FileRefusedError(_("Ce fichier n’a que des en-têtes : aucun résultat."))
        return ResultFile(name, table.sha256, rows)


def _columns(layout: Layout, one_round: Round | None) -> list[tuple[Round, str, str]]:
    """Each round that the file tells of, with the fields of its votes and of its seats."""
    if "votes" in layout.fields:
        if one_round is None:
            raise FileRefusedError(_("Ce fichier ne dit pas de quel tour il parle : ajoutez --round 1 ou --round 2."))
        return [(one_round, "votes", "seats")]
    told = [
        (each, votes, seats)
        for each, votes, seats in ((Round.FIRST, "first_votes", ""), (Round.SECOND, "second_votes", "second_seats"))
        if votes in layout.fields
    ]
    if not told:
        raise FileRefusedError(
            _("Aucune colonne de voix : %s.") % " ; ".join(map(RESULTS.spelt, ("votes", "first_votes", "second_votes")))
        )
    return [one for one in told if one_round in (None, one[0])]


class _Reader:
    """The rows of one file, on their way to results."""

    def __init__(self, layout: Layout, places: Collection[str], columns: list[tuple[Round, str, str]]) -> None:
        self.problems = Problems()
        self._layout = layout
        self._places = places
        self._columns = columns
        self._met: dict[tuple[str, str, Round], int] = {}

    def read(self, line: int, row: list[str]) -> list[ResultRow]:
        """The results that a row holds, in the rounds in which its list stood; none of a bad row."""
        if len(row) < self._layout.width or any(map(str.strip, row[self._layout.width :])):
            self.problems.add(
                line,
                _("%(found)d colonnes au lieu de %(expected)d") % {"found": len(row), "expected": self._layout.width},
            )
            return []
        texts = (" ".join(cell.split()) for cell in self._layout.pick(row))
        cells = dict(zip(self._layout.kind.fields, texts, strict=True))
        contest = self._canton(line, cells) if "canton_code" in cells else self._region(line, cells)
        if not contest:
            return []
        code = plain_code(cells["list_code"]) if cells.get("list_code") else ""
        said = cells["panel_number"]
        panel = self._number(line, _("numéro de panneau"), said) if said else None
        if not code and not panel:
            missing = _("numéro de panneau manquant") if "canton_code" in cells else _("code de liste manquant")
            self.problems.add(line, missing)
            return []
        rows = []
        for each, votes_field, seats_field in self._columns:
            votes = cells[votes_field]
            if not votes and len(self._columns) > 1:
                continue  # the list did not stand in this round
            count = self._number(line, _("nombre de voix"), votes)
            seats = cells[seats_field] if seats_field else ""
            seat_count = self._number(line, _("nombre de sièges"), seats) if seats else None
            before = self._met.setdefault((contest, code or f"P{panel}", each), line)
            if before != line:
                self.problems.add(line, _("cette liste a déjà un résultat, ligne %d") % before)
            if count is not None:
                rows.append(ResultRow(line, contest, code, panel, each, count, seat_count))
        return rows

    def _region(self, line: int, cells: Mapping[str, str]) -> str:
        region = plain_code(cells["region_code"]).zfill(2)
        if region in self._places:
            return region
        self.problems.add(line, _("région inconnue : « %(text)s »") % {"text": cells["region_code"][:80]})
        return ""

    def _canton(self, line: int, cells: Mapping[str, str]) -> str:
        said, department = cells["department_code"], department_code(cells["department_code"])
        if department not in self._places:
            self.problems.add(line, _("département inconnu : « %(text)s »") % {"text": said[:80]})
            return ""
        if number := canton_number(cells["canton_code"], department, section_code(said), said):
            return f"{department}{number:02}"
        self.problems.add(
            line, _("code de canton « %(text)s » : deux chiffres attendus") % {"text": cells["canton_code"][:80]}
        )
        return ""

    def _number(self, line: int, what: str, text: str) -> int | None:
        number = plain_number(text)
        if number is None:
            self.problems.add(
                line,
                _("%(what)s manquant") % {"what": what}
                if not text
                else _("%(what)s « %(text)s » : un nombre entier est attendu") % {"what": what, "text": text[:80]},
            )
        return number
