"""Importing the votes and seats of lists: whole or not at all, and again when the ministry corrects them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pledges import archives, calendar
from pledges.actions.recording import record_at_large
from pledges.enums import Act, Round
from pledges.models import CandidateList, Contest, Election, Result
from pledges.official_files import FileRefusedError, ResultFile, ResultRow, read_results
from pledges.official_files.refusals import Problems
from pledges.official_files.rows import plain_code
from regions.models import Department, Region, Revision, User


@dataclass(frozen=True, slots=True)
class ResultCounts:
    """What an import of results changed, or would change, in one contest or in all."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: "ResultCounts") -> "ResultCounts":
        return ResultCounts(
            self.created + other.created, self.updated + other.updated, self.unchanged + other.unchanged
        )


@dataclass(frozen=True, slots=True)
class ResultReport:
    """What an import of results changed, by round; with ``dry_run``, what it would change."""

    file_name: str
    sha256: str
    dry_run: bool
    rounds: Mapping[Round, ResultCounts]

    @property
    def total(self) -> ResultCounts:
        return sum(self.rounds.values(), ResultCounts())

    @property
    def changed(self) -> bool:
        return bool(self.total.created or self.total.updated)


@transaction.atomic
def import_results(
    election: Election,
    source: File[bytes],
    *,
    one_round: Round | None = None,
    by: User | None = None,
    dry_run: bool = False,
) -> ResultReport:
    """Import the results of one round or of both; one journal entry a contest that changes.

    A list that stood in the first round and that the file leaves out is a bad row: all lists are shown alike.

    :param one_round: The round that the file tells of, when its headers do not; only that round is then read.
    :param dry_run: Write nothing, and report what would be written.
    :raises FileRefusedError: With every bad row: an unknown list, a round whose polls are still open; or with one
        sentence during a silence, or when the election is an archive. Nothing is then written.
    """
    official = read_results(
        cast("IO[bytes]", source.file),
        name=Path(source.name or "").name,
        regions=set(Region.objects.values_list("code", flat=True)),
        departments=set(Department.objects.values_list("code", flat=True)) if election.choice.is_by_pairs else None,
        one_round=one_round,
    )
    # Two imports of the same election wait for one another.
    election = Election.objects.select_for_update(no_key=True).get(pk=election.pk)
    if election.is_archived:
        raise FileRefusedError(archives.sentence(election))
    return _Import(election, official, by=by, dry_run=dry_run).run()


@dataclass(frozen=True, slots=True)
class _Ballot:
    """The lists that voters choose from in a round, as a file of results names them."""

    by_code: Mapping[str, CandidateList]
    by_panel: Mapping[int | None, CandidateList]

    @classmethod
    def of(cls, lists: Sequence[CandidateList], one_round: Round) -> "_Ballot":
        """Until somebody has said which lists the second round has, those of the first may all be in it.

        A file of both rounds has a row for each list of the first: the votes of a merged list are on that of a parent.
        """
        first = [each for each in lists if each.round == Round.FIRST]
        second = [each for each in lists if each.is_in_second_round]
        if one_round == Round.FIRST or not second:
            return cls(_by_code(first), _by_panel(first))
        parents = {each.pk: merged for each in first for merged in each.mergers.all() if merged.left_at is None}
        by_code = {code: parents[each.pk] for code, each in _by_code(first).items() if each.pk in parents}
        by_panel = {panel: parents[each.pk] for panel, each in _by_panel(first).items() if each.pk in parents}
        return cls(by_code | _by_code(second), by_panel | _by_panel(second))

    def named(self, code: str, panel: int | None) -> CandidateList | None:
        """The list of this code, or of this panel where the file has no codes."""
        return self.by_code.get(code) if code else self.by_panel.get(panel)


def _by_code(lists: Sequence[CandidateList]) -> dict[str, CandidateList]:
    return {plain_code(each.official_code): each for each in lists}


def _by_panel(lists: Sequence[CandidateList]) -> dict[int | None, CandidateList]:
    return {each.panel_number: each for each in lists}


class _Import:
    """One import, inside its transaction."""

    def __init__(self, election: Election, official: ResultFile, *, by: User | None, dry_run: bool) -> None:
        self.election = election
        self.official = official
        self.by = by
        self.dry_run = dry_run
        self.now = timezone.now()
        self.problems = Problems()

    def run(self) -> ResultReport:
        contests = {contest.code: contest for contest in self.election.contests.public().select_related("region")}
        rows: dict[str, list[ResultRow]] = {}
        for row in self.official.rows:
            rows.setdefault(row.contest, []).append(row)
        plan = [(contests.get(code), its_own) for code, its_own in rows.items()]
        matched = [(contest, self._match(contest, its_own)) for contest, its_own in plan]
        self.problems.refuse_if_any()
        counts = dict.fromkeys(sorted({row.round for row in self.official.rows}), ResultCounts())
        for contest, results in matched:
            if contest is not None:
                self._write(contest, results, counts)
        report = ResultReport(self.official.name, self.official.sha256, self.dry_run, counts)
        if report.changed and not self.dry_run:
            if silence := calendar.silence_among(
                {contest.region_id for contest, _results in matched if contest}
            ):  # the transaction takes back what was written
                raise FileRefusedError(_("%s Importez ce fichier ensuite : rien n’est écrit.") % silence)
            Revision.advance()
        return report

    def _match(self, contest: Contest | None, rows: list[ResultRow]) -> list[tuple[CandidateList, ResultRow]]:
        """The list of each row of a contest; what is wrong is noted."""
        if contest is None:
            self.problems.add(
                rows[0].line,
                _("« %(election)s » n’a pas de circonscription de ce code : %(code)s")
                % {"election": self.election, "code": rows[0].contest},
            )
            return []
        open_rounds = set(Round) - set(calendar.counted_rounds(self.election, contest.region, self.now))
        for row in rows:
            if row.round in open_rounds:
                self.problems.add(
                    row.line,
                    _("%(round)s : les bureaux de vote ne sont pas encore fermés (%(region)s)")
                    % {"round": row.round.label, "region": contest.region},
                )
                return []
        lists = list(contest.lists.standing().prefetch_related("mergers"))
        ballots = {each: _Ballot.of(lists, each) for each in Round}
        found = []
        for row in rows:
            known = ballots[row.round].named(row.list_code, row.panel_number)
            # Found by the place of one of its parents, a merged list has a panel of its own.
            panels = {None, row.panel_number} if row.panel_number and known and known.round == Round.FIRST else None
            if known is None or (panels and known.panel_number not in panels):
                self.problems.add(
                    row.line,
                    _("aucune liste de %(contest)s n’a ce code et ce panneau : %(code)s, %(panel)s")
                    % {"contest": contest.name, "code": row.list_code or "—", "panel": row.panel_number or "—"},
                )
                continue
            found.append((known, row))
        self._refuse_twins(found)
        self._refuse_holes([each for each in lists if each.round == Round.FIRST], rows, found)
        return found

    def _refuse_twins(self, found: list[tuple[CandidateList, ResultRow]]) -> None:
        """Note the rows that tell twice of one list: those of two lists that merged, for instance."""
        lines: dict[tuple[int, Round], int] = {}
        for candidate_list, row in found:
            before = lines.setdefault((candidate_list.pk, row.round), row.line)
            if before != row.line:
                self.problems.add(
                    row.line,
                    _("« %(name)s » a déjà un résultat de ce tour, ligne %(line)d")
                    % {"name": candidate_list.name[:80], "line": before},
                )

    def _refuse_holes(
        self, lists: list[CandidateList], rows: list[ResultRow], found: list[tuple[CandidateList, ResultRow]]
    ) -> None:
        """Note the lists that stood in the first round and have no result there."""
        first = {each.pk for each, row in found if row.round == Round.FIRST}
        if not first:
            return
        for each in lists:
            if each.pk not in first:
                self.problems.add(
                    rows[0].line, _("la liste « %s » n’a pas de résultat au premier tour") % each.name[:80]
                )

    def _write(
        self, contest: Contest, results: list[tuple[CandidateList, ResultRow]], counts: dict[Round, ResultCounts]
    ) -> None:
        """Write what changes in a contest, and add it to the counts of each round."""
        stored = {
            (result.candidate_list_id, result.round): result
            for result in Result.objects.filter(candidate_list__contest=contest)
        }
        created, updated = [], []
        for candidate_list, row in results:
            old = stored.get((candidate_list.pk, row.round))
            # A file without seats does not take back those that another has given.
            seats = old.seats if old and row.seats is None else row.seats
            if old and (old.votes, old.seats) == (row.votes, seats):
                counts[row.round] += ResultCounts(unchanged=1)
            elif old:
                old.votes, old.seats, old.imported_at = row.votes, seats, self.now
                updated.append(old)
                counts[row.round] += ResultCounts(updated=1)
            else:
                created.append(
                    Result(
                        candidate_list=candidate_list,
                        round=row.round,
                        votes=row.votes,
                        seats=seats,
                        imported_at=self.now,
                    )
                )
                counts[row.round] += ResultCounts(created=1)
        if self.dry_run or not (created or updated):
            return
        Result.objects.bulk_create(created)
        Result.objects.bulk_update(updated, ["votes", "seats", "imported_at"])
        record_at_large(
            Act.RESULTS_IMPORTED,
            at=self.now,
            by=self.by,
            region=contest.region,
            election=self.election,
            contest=contest.pk,
            file=self.official.name,
            sha256=self.official.sha256,
            created=len(created),
            updated=len(updated),
        )
