"""Importing who was elected, and saying which candidate each was when names are not enough."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from django.core.files import File
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from pledges import archives, calendar
from pledges.actions.recording import record_at_large
from pledges.enums import Act, Fate, MandateMatch, Round, What
from pledges.likeness import Person, find, settled
from pledges.models import Candidate, Contest, ElectedOfficial, Election
from pledges.models.elections import CandidateQuerySet
from pledges.official_files import ElectedFile, ElectedRow, FileRefusedError, read_elected
from pledges.official_files.refusals import Problems
from pledges.official_files.rows import plain_code
from regions.folding import fold
from regions.models import Department, Region, Revision, User

_STATED = ("section_code", "section_name", "last_name", "first_names", "norm", "sex", "function", "starts_on")
_MATCHED = ("match", "candidate_id")


class CannotDecideError(Exception):
    """What was decided cannot be: a colleague was first, or the candidate is somebody else's. The text says which."""


@dataclass(frozen=True, slots=True)
class ElectedCounts:
    """What an import changed, and how many of those whom the file names are matched: in a contest or in all."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    left: int = 0
    matches: Mapping[MandateMatch, int] = field(default_factory=dict)

    def __add__(self, other: "ElectedCounts") -> "ElectedCounts":
        return ElectedCounts(
            self.created + other.created,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.left + other.left,
            {each: self.of(each) + other.of(each) for each in MandateMatch},
        )

    def of(self, match: MandateMatch) -> int:
        return self.matches.get(match, 0)

    @property
    def changed(self) -> bool:
        return bool(self.created or self.updated or self.left)


@dataclass(frozen=True, slots=True)
class ElectedReport:
    """What an import changed, contest by contest; with ``dry_run``, what it would change.

    ``elsewhere`` counts the people of territories where this election has no contest, by the name the file gives them;
    ``repeated``, the rows that name someone again.
    """

    file_name: str
    sha256: str
    dry_run: bool
    contests: Mapping[str, ElectedCounts]
    elsewhere: Mapping[str, int]
    repeated: int = 0

    @property
    def total(self) -> ElectedCounts:
        return sum(self.contests.values(), ElectedCounts())


def eligible(contest: Contest) -> CandidateQuerySet:
    """The people among whom those elected are looked for: all who stand in a contest, substitutes included.

    Whoever stands again on a second-round list is looked for there alone: a seat goes to that candidacy.
    """
    standing = Candidate.objects.standing().filter(
        candidate_list__contest=contest, candidate_list__left_at=None, candidate_list__declared_at=None
    )
    return standing.exclude(pk__in=standing.exclude(earlier=None).values("earlier"))


def people_of(contest: Contest) -> list[Person]:
    """The same, as names to compare, and whether their list merged into another that does not name them.

    Said at the desk, a merger names a head alone: who else was elected by it, a person decides.
    """
    known = eligible(contest).annotate(merged=Q(candidate_list__fate=Fate.MERGED)).order_by("pk")
    return [Person._make(values) for values in known.values_list(*Person._fields)]


@transaction.atomic
def import_elected(
    election: Election, source: File[bytes], *, by: User | None = None, dry_run: bool = False
) -> ElectedReport:
    """Import a file of the register; one journal entry a contest that changes.

    Those whom the file no longer names, in a contest that it tells of, are marked and stay. What a person has decided
    about someone is kept; every other match is made again, with the candidates of the day.

    :param dry_run: Write nothing, and report what would be written.
    :raises FileRefusedError: With every bad row: a mandate of another election, polls still open. Nothing is written.
    """
    official = read_elected(
        cast("IO[bytes]", source.file),
        name=Path(source.name or "").name,
        regions=dict(Region.objects.values_list("code", "name")),
        departments=dict(Department.objects.values_list("code", "region")),
    )
    if official.by_canton != election.choice.is_by_pairs:
        raise FileRefusedError(
            _("Ce fichier dit qui est élu par canton, et « %s » n’élit pas de conseils départementaux.") % election
            if official.by_canton
            else _("« %s » élit des conseils départementaux, et ce fichier ne dit pas de canton.") % election
        )
    # Two imports of the same election wait for one another.
    election = Election.objects.select_for_update(no_key=True).get(pk=election.pk)
    if election.is_archived:
        raise FileRefusedError(archives.sentence(election))
    return _Import(election, official, by=by, dry_run=dry_run).run()


class _Import:
    """One import, inside its transaction."""

    def __init__(self, election: Election, official: ElectedFile, *, by: User | None, dry_run: bool) -> None:
        self.election = election
        self.official = official
        self.by = by
        self.dry_run = dry_run
        self.now = timezone.now()
        self.problems = Problems()

    def run(self) -> ElectedReport:
        by_contest, elsewhere = self._placed()
        for contest, rows in by_contest.items():
            self._check(contest, rows)
        self.problems.refuse_if_any()
        if not by_contest:
            raise FileRefusedError(
                _("Ce fichier ne dit rien des circonscriptions de « %(election)s » : il parle de %(places)s.")
                % {"election": self.election, "places": ", ".join(list(elsewhere)[:10])}
            )
        contests = {contest.name: self._write(contest, rows) for contest, rows in by_contest.items()}
        report = ElectedReport(
            self.official.name, self.official.sha256, self.dry_run, contests, elsewhere, self.official.repeated
        )
        if report.total.changed and not self.dry_run:
            Revision.advance()
        return report

    def _placed(self) -> tuple[dict[Contest, list[ElectedRow]], dict[str, int]]:
        """The rows of each contest, and how many are of no contest of this election, by territory."""
        found = _Contests(self.election)
        by_contest: dict[Contest, list[ElectedRow]] = {}
        elsewhere: dict[str, int] = {}
        for row in self.official.rows:
            contest = found.of(row, by_canton=self.official.by_canton)
            if contest is None:
                elsewhere[row.place] = elsewhere.get(row.place, 0) + 1
            else:
                by_contest.setdefault(contest, []).append(row)
        return by_contest, elsewhere

    def _why_not_yet(self, region: Region) -> str:
        if Round.SECOND in calendar.counted_rounds(self.election, region, self.now):
            return f"{region} : {calendar.silence_in(region, self.now)}"
        return _("les bureaux de vote du second tour ne sont pas encore fermés (%s)") % region

    def _check(self, contest: Contest, rows: Sequence[ElectedRow]) -> None:
        """Note what cannot be: someone elected before the polls closed, or for another mandate; a silence."""
        if not calendar.allows(What.ELECT, self.election, contest.region, self.now):
            self.problems.add(rows[0].line, self._why_not_yet(contest.region))
            return
        for row in rows:
            first, last = self.election.first_round_on, self.election.mandate_ends_on
            if row.starts_on and not first <= row.starts_on <= last:
                self.problems.add(
                    row.line,
                    _("un mandat qui commence le %(on)s n’est pas de « %(election)s »")
                    % {"on": f"{row.starts_on:%d/%m/%Y}", "election": self.election},
                )

    def _write(self, contest: Contest, rows: list[ElectedRow]) -> ElectedCounts:
        """Write what changes in a contest."""
        known = list(contest.elected.select_for_update(of=("self",)).order_by("pk"))
        before = {official.pk: _content(official) for official in known}
        officials, gone = self._paired(contest, known, rows)
        self._match(contest, officials)
        created = [official for official in officials if official.pk is None]
        updated = [each for each in officials if each.pk and _content(each) != before[each.pk]]
        counts = ElectedCounts(
            len(created),
            len(updated),
            len(officials) - len(created) - len(updated),
            len(gone),
            {each: sum(official.match == each for official in officials) for each in MandateMatch},
        )
        if self.dry_run or not counts.changed:
            return counts
        for official in (*created, *updated):
            official.imported_at = self.now
        ElectedOfficial.objects.filter(pk__in=[official.pk for official in gone]).update(left_at=self.now)
        # Freed first: a candidate may pass from one of them to another.
        ElectedOfficial.objects.filter(pk__in=[each.pk for each in updated if not each.is_decided]).update(
            match=MandateMatch.UNMATCHED, candidate=None
        )
        ElectedOfficial.objects.bulk_update(updated, [*_STATED, "match", "candidate", "left_at", "imported_at"])
        ElectedOfficial.objects.bulk_create(created)
        record_at_large(
            Act.ELECTED_IMPORTED,
            at=self.now,
            by=self.by,
            region=contest.region,
            election=self.election,
            contest=contest.pk,
            file=self.official.name,
            sha256=self.official.sha256,
            created=counts.created,
            updated=counts.updated,
            left=counts.left,
            matches={str(match): count for match, count in counts.matches.items()},
        )
        return counts

    def _paired(
        self, contest: Contest, known: list[ElectedOfficial], rows: list[ElectedRow]
    ) -> tuple[list[ElectedOfficial], list[ElectedOfficial]]:
        """Everyone whom the file names, with what it says of them now; and those whom it no longer names.

        By folded name; when several bear it, or when who bore it has left, by name and section.
        """
        by_name: dict[str, tuple[list[ElectedOfficial], list[ElectedRow]]] = {}
        for official in known:
            by_name.setdefault(official.norm, ([], []))[0].append(official)
        for row in rows:
            by_name.setdefault(row.norm, ([], []))[1].append(row)
        named, gone = [], []
        for theirs, said in by_name.values():
            by_section = {official.section_code: official for official in theirs}
            alone = theirs[0] if len(theirs) == len(said) == 1 and theirs[0].left_at is None else None
            met = set()
            for row in said:
                official = alone or by_section.get(row.section_code) or ElectedOfficial(contest=contest)
                for name in _STATED:
                    setattr(official, name, getattr(row, name))
                official.left_at = None
                named.append(official)
                met.add(official.pk)
            gone += [official for official in theirs if official.pk not in met and official.left_at is None]
        return named, gone

    def _match(self, contest: Contest, officials: list[ElectedOfficial]) -> None:
        to_match = [official for official in officials if not official.is_decided]
        taken = {official.candidate_id for official in officials if official.is_decided and official.candidate_id}
        for official, match in zip(to_match, settled(to_match, people_of(contest), taken), strict=True):
            official.match, official.candidate_id = match


class _Contests:
    """The contests of an election, by what a row of the register says of its territory."""

    def __init__(self, election: Election) -> None:
        self._by_code: dict[tuple[str, str], Contest] = {}
        self._by_name: dict[tuple[str, str], Contest | None] = {}
        for contest in election.contests.public().select_related("region", "election").order_by("pk"):
            self._by_code[contest.region_id, plain_code(contest.code)] = contest
            # A canton may be named with its department: « Bégard (Côtes-d’Armor) ». Two of one name are not told apart.
            for name in {fold(contest.name), fold(contest.name.partition(" (")[0])}:
                key = contest.region_id, name
                self._by_name[key] = None if key in self._by_name else contest

    def of(self, row: ElectedRow, *, by_canton: bool) -> Contest | None:
        """The region's contest; or the canton's, by its code alone or after its department's, else by its name."""
        if not by_canton:
            return self._by_code.get((row.region, plain_code(row.region)))
        codes = [f"{row.department}{row.canton_code.zfill(2)}", row.canton_code] if row.canton_code else []
        found = (self._by_code.get((row.region, plain_code(code))) for code in codes)
        return next(filter(None, found), None) or self._by_name.get((row.region, fold(row.place)))


def _content(official: ElectedOfficial) -> tuple[object, ...]:
    return tuple(getattr(official, name) for name in (*_STATED, *_MATCHED, "left_at"))


@transaction.atomic
def decide(official: ElectedOfficial, candidate: Candidate | None, *, by: User) -> ElectedOfficial:
    """Say which candidate someone elected was; None for nobody whom the portal knows.

    :raises CannotDecideError: When a colleague has decided meanwhile, the candidate did not stand there or is somebody
        else's match; during the electoral silence of the territory; when the election is an archive.
    """
    official = _taken(official)
    if official.is_decided:
        raise CannotDecideError(_("Déjà décidé par %s : reprenez d’abord cette décision.") % official.decided_by)
    if candidate:
        if not eligible(official.contest).filter(pk=candidate.pk).exists():
            raise CannotDecideError(_("Cette personne n’était pas candidate dans cette circonscription."))
        rival = ElectedOfficial.objects.sitting().filter(candidate=candidate).exclude(pk=official.pk).first()
        if rival:
            raise CannotDecideError(_("Cette candidature est déjà celle de %s.") % rival.full_name)
    official.match, official.candidate = MandateMatch.DECIDED, candidate
    official.decided_at, official.decided_by = timezone.now(), by
    _save(official, Act.ELECTED_MATCHED if candidate else Act.ELECTED_APART, by=by)
    return official


@transaction.atomic
def undo(official: ElectedOfficial, *, by: User) -> ElectedOfficial:
    """Take back what a person decided: the names alone speak again.

    :raises CannotDecideError: When nobody has decided; during the electoral silence of the territory; when the
        election is an archive.
    """
    official = _taken(official)
    if not official.is_decided:
        raise CannotDecideError(_("Cette décision est déjà reprise."))
    others = official.contest.elected.sitting().exclude(pk=official.pk).linked()
    taken = set(others.values_list("candidate_id", flat=True))
    people = [person for person in people_of(official.contest) if person.pk not in taken]
    official.match, official.candidate_id = find(official, people)
    official.decided_at = official.decided_by = None
    _save(official, Act.ELECTED_UNDONE, by=by)
    return official


def _taken(official: ElectedOfficial) -> ElectedOfficial:
    """The row as it is now, locked with its election: an import and a decision wait for one another."""
    election = Election.objects.select_for_update(no_key=True, of=("self",)).get(contests=official.contest_id)
    if election.is_archived:
        raise CannotDecideError(archives.sentence(election))
    official = (
        ElectedOfficial.objects.select_for_update(of=("self",))
        .select_related("contest__region", "contest__election", "decided_by")
        .get(pk=official.pk)
    )
    if window := calendar.silence_in(official.contest.region):
        raise CannotDecideError(str(window))
    return official


def _save(official: ElectedOfficial, act: Act, *, by: User) -> None:
    official.save(update_fields=["match", "candidate", "decided_at", "decided_by"])
    record_at_large(
        act,
        by=by,
        region=official.contest.region,
        election=official.contest.election,
        contest=official.contest_id,
        elected=official.pk,
        candidate=official.candidate_id,
    )
    Revision.advance()
