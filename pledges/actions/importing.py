"""Importing the ministry's candidate files: whole or not at all, and again when the ministry corrects them.

``import_candidates`` is the one door, for the command and for an upload. With ``dry_run`` it says exactly what it
would do. A pledge is never touched: a list or a person that a new file no longer names is kept, and marked.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, astuple, dataclass, field
from itertools import batched
from pathlib import Path
from typing import IO, cast

from django.core.files import File
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from pledges import archives, calendar
from pledges.actions.recording import record_at_large
from pledges.enums import Act, CandidateRole, Round
from pledges.models import Candidate, CandidateList, Contest, Election, Nuance, Pledge
from pledges.official_files import (
    CandidateRow,
    Canton,
    DepartmentFacts,
    FileRefusedError,
    OfficialFile,
    read_candidates,
)
from pledges.official_files.changes import Changes, Counts, Known, ListChange, Pairs, PledgedList, compare
from pledges.official_files.lists import Progress, by_contest, silent
from pledges.official_files.matching import Person, match_lists, match_pairs
from pledges.official_files.refusals import Problems
from pledges.official_files.second_round import refuse_second_round
from regions.folding import fold
from regions.models import Department, Region, Revision, User

_BATCH = 1_000  # rows written at once
_LIST_FIELDS = ("official_code", "panel_number", "name", "norm", "nuance", "left_at")
_PLACE_FIELDS = CandidateRow._fields[1:]  # what the file says of a person, and the database keeps


@dataclass(frozen=True, slots=True)
class ContestReport:
    """What an import changed, or would change, in one contest."""

    name: str
    contest: Counts
    lists: Counts
    candidates: Counts
    pledged_lists: tuple[PledgedList, ...]
    declared_count: int = 0
    """Pledges of declared candidacies that wait for a moderator to match them with this official list."""
    details: tuple[ListChange, ...] = field(default=(), compare=False, repr=False)
    """Each list that changes, and its people: what the counts are made of."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import changed, or with ``dry_run`` would change: contest by contest, and in all."""

    file_name: str
    sha256: str
    dry_run: bool
    by_contest: tuple[ContestReport, ...]

    @property
    def contests(self) -> Counts:
        return Counts.total(report.contest for report in self.by_contest)

    @property
    def lists(self) -> Counts:
        return Counts.total(report.lists for report in self.by_contest)

    @property
    def candidates(self) -> Counts:
        return Counts.total(report.candidates for report in self.by_contest)

    @property
    def pledged_lists(self) -> tuple[PledgedList, ...]:
        """The lists that have a pledge and that changed: a network should look at them."""
        return tuple(pledged for report in self.by_contest for pledged in report.pledged_lists)

    @property
    def declared_count(self) -> int:
        """The pledges signed before the official list, to match now: nothing is matched by itself."""
        return sum(report.declared_count for report in self.by_contest)

    @property
    def changed(self) -> bool:
        return self.contests.changed

    @property
    def fingerprint(self) -> str:
        """The same for two imports that change the same: list by list, person by person.

        The pledges that wait for a match are not in it: they come every hour, and an import writes nothing of them.
        """
        parts = [
            [one.name, astuple(one.contest), [astuple(change) for change in one.details]] for one in self.by_contest
        ]
        return hashlib.sha256(json.dumps([self.sha256, parts]).encode()).hexdigest()


def import_candidates(
    election: Election,
    source: File[bytes],
    *,
    by: User | None = None,
    dry_run: bool = False,
    progress: Progress = silent,
) -> ImportReport:
    """Import a file of candidates: create, update, mark who left and who returned; one journal entry a contest.

    Only the contests that the file names are concerned. The same file again changes nothing.

    :param source: The file, opened or uploaded; left open. The journal keeps its name and its SHA-256.
    :param by: Who imports, None for the portal itself.
    :param dry_run: Write nothing, and report what would be written.
    :param progress: Told how far the work is.
    :raises FileRefusedError: When the file is refused, with every bad row. Nothing is then written.
    """
    official = read_file(election, source, progress=progress)
    if dry_run:
        return preview(election, official, progress=progress)
    try:
        return write(election, official, by=by, progress=progress)
    except calendar.SilenceError as silence:
        raise FileRefusedError(_("%s Importez ce fichier ensuite : rien n’est écrit.") % silence) from silence


def read_file(  # noqa: PLR0913  each says how to read
    election: Election,
    source: File[bytes],
    *,
    name: str = "",
    only: Collection[str] | None = None,
    mapping: Mapping[str, str] | None = None,
    progress: Progress = silent,
) -> OfficialFile:
    """Read and check a file of candidates for an election. Nothing is locked: it may take a while.

    :param name: The name that the file was given, when it is kept under another.
    :param only: The codes of the regions whose rows are wanted; None for all.
    :param mapping: Which header holds which field, where a person had to say so.
    :raises FileRefusedError: With every bad row.
    """
    if election.is_archived:
        raise FileRefusedError(archives.sentence(election))
    regions = dict(Region.objects.values_list("code", "name"))
    if not regions:
        raise FileRefusedError(_("Aucune région n’est encore chargée : lancez d’abord « manage.py load_territories »."))
    return read_candidates(
        cast("IO[bytes]", source.file),
        name=Path(name or source.name or "").name,
        regions=regions,
        departments=_departments() if election.choice.is_by_pairs else None,
        only=only,
        mapping=mapping,
        progress=progress,
    )


def _departments() -> dict[str, DepartmentFacts]:
    return {
        code: DepartmentFacts(name, region)
        for code, name, region in Department.objects.values_list("code", "name", "region")
    }


def preview(
    election: Election, official: OfficialFile, *, kind: "type[Importing] | None" = None, progress: Progress = silent
) -> ImportReport:
    """What a file would change, as the database stands. Nothing is written or locked: signatures go on meanwhile.

    :param kind: How the file is imported: as one of the first round, unless told.
    :raises FileRefusedError: When one of its lists would take another's place.
    """
    return (kind or Importing)(election, official, by=None, dry_run=True).run(progress)


@transaction.atomic
def write(  # noqa: PLR0913  each says how to write
    election: Election,
    official: OfficialFile,
    *,
    kind: "type[Importing] | None" = None,
    by: User | None = None,
    expected: str = "",
    progress: Progress = silent,
) -> ImportReport:
    """Write what a file changes, whole or not at all.

    :param kind: How the file is imported: as one of the first round, unless told.
    :param expected: The fingerprint of the report that someone read and accepted; empty when nobody was asked.
    :raises FileRefusedError: When one of its lists would take another's place.
    :raises ChangedSinceError: When it would no longer change what the expected report says. Nothing is then written.
    :raises SilenceError: While a territory that it changes keeps the electoral silence. Nothing is written either.
    """
    # Two imports of the same election wait for one another; signatures, which only refer to it, do not.
    election = Election.objects.select_for_update(no_key=True).get(pk=election.pk)
    report = (kind or Importing)(election, official, by=by, dry_run=False).run(progress)
    if expected and report.fingerprint != expected:
        raise ChangedSinceError  # and the transaction takes back what was written
    if report.changed:
        _refuse_in_silence(official)  # and the transaction takes back what was written
        Revision.advance()
    return report


def _refuse_in_silence(official: OfficialFile) -> None:
    if silence := calendar.silence_among(set(official.regions)):
        raise calendar.SilenceError(silence)


class ChangedSinceError(Exception):
    """The database has changed since a report was read: the import would write something else."""


class Importing:
    """One import, inside its transaction when it writes."""

    def __init__(self, election: Election, official: OfficialFile, *, by: User | None, dry_run: bool) -> None:
        self.election = election
        self.official = official
        self.by = by
        self.dry_run = dry_run
        self.now = timezone.now()
        self.nuances = {nuance.code: nuance for nuance in election.nuances.all()}
        self.departments = Department.objects.in_bulk() if election.choice.is_by_pairs else {}

    def run(self, progress: Progress) -> ImportReport:
        plan = self._match(Region.objects.in_bulk(self.official.regions))
        relabelled = self.settle_nuances()
        reports = []
        for done, (contest, pairs) in enumerate(plan, 1):
            told = {"name": contest.name, "done": done, "total": len(plan)}
            progress(_("%(name)s, %(done)d sur %(total)d") % told, done, len(plan))
            reports.append(self._import_contest(contest, pairs, relabelled))
        return ImportReport(self.official.name, self.official.sha256, self.dry_run, tuple(reports))

    def _match(self, regions: Mapping[str, Region]) -> list[tuple[Contest, Pairs]]:
        """Find the contests and the lists that the file speaks of."""
        contests = {contest.code: contest for contest in self.election.contests.all()}
        slugs = {contest.slug for contest in contests.values()}
        by_code = "list_code" in self.official.fields
        problems = Problems()
        plan = []
        for code, lists in self.official.regions.items():
            for canton, its_own in by_contest(lists):
                contest = contests.get(canton.code if canton else code)
                stored = (
                    list(contest.lists.official().of_round(Round.FIRST).select_related("nuance")) if contest else []
                )
                if contest is None:
                    contest = self._new_contest(regions[code], canton)
                    if contest.slug in slugs:
                        problems.add(
                            its_own[0].line,
                            _("l’adresse « %s » est celle d’une autre circonscription") % contest.slug,
                        )
                    slugs.add(contest.slug)
                pairs = (
                    match_pairs(its_own, stored)
                    if canton
                    else match_lists(its_own, stored, by_code=by_code, problems=problems)
                )
                if not canton and any(stored_list and not official for official, stored_list in pairs):
                    refuse_second_round(pairs, stored_people(contest, Round.FIRST), _voted(contest), problems)
                plan.append((contest, pairs))
        problems.refuse_if_any()
        return plan

    def _new_contest(self, region: Region, canton: Canton | None) -> Contest:
        if canton is None:
            return Contest(election=self.election, region=region, code=region.code, name=region.name, slug=region.slug)
        department = self.departments[canton.department]
        return Contest(
            election=self.election,
            region=region,
            department=department,
            code=canton.code,
            # Several departments have a canton of the same name.
            name=f"{canton.name} ({department.name})",
            slug=fold(f"{department.name} {canton.name}").replace(" ", "-"),
        )

    def settle_nuances(self) -> frozenset[str]:
        """Create the nuances that the election lacks, take the labels that the file gives.

        A label is the whole election's, on the pages of every region: a member of a network gives one where there is
        none, and changes none.

        :return: The codes whose label changed.
        """
        facts = [official.facts for lists in self.official.regions.values() for official in lists]
        labels = {fact.nuance: fact.nuance_label for fact in facts if fact.nuance}
        missing = [
            Nuance(election=self.election, code=code, label=label)
            for code, label in labels.items()
            if code not in self.nuances
        ]
        may_change = self.by is None or self.by.is_superuser
        changed = [
            nuance
            for code, nuance in self.nuances.items()
            if labels.get(code, "") not in {"", nuance.label} and (may_change or not nuance.label)
        ]
        for nuance in changed:
            nuance.label = labels[nuance.code]
        if not self.dry_run:
            Nuance.objects.bulk_create(missing)
            Nuance.objects.bulk_update(changed, ["label"])
        self.nuances.update({nuance.code: nuance for nuance in missing})
        return frozenset(nuance.code for nuance in changed)

    def _import_contest(self, contest: Contest, pairs: Pairs, relabelled: frozenset[str]) -> ContestReport:
        is_new = contest.pk is None
        known = Known(
            fields=self.official.fields,
            nuances=self.nuances,
            relabelled=relabelled,
            people={}
            if is_new
            else stored_people(contest, Round.FIRST, with_substitutes=self.official.names_substitutes),
            pledged=set() if is_new else pledged_lists(contest),
            now=self.now,
        )
        changes = compare(contest, pairs, known)
        lists, people = Counts(**changes.lists), Counts(**changes.people)
        changed = is_new or lists.changed or people.changed
        if changed and not self.dry_run:
            if is_new:
                contest.save()
            self.write_changes(changes)
            self._record(contest, changes)
        fate = "created" if is_new else "updated" if changed else "unchanged"
        return ContestReport(
            contest.name,
            Counts(**{fate: 1}),
            lists,
            people,
            tuple(changes.pledged_lists),
            0 if is_new else _waiting_for_a_match(contest),
            tuple(changes.details),
        )

    def write_changes(self, changes: Changes) -> None:
        """Write the lists and the people of a contest."""
        CandidateList.objects.bulk_create(changes.new_lists, batch_size=_BATCH)
        CandidateList.objects.bulk_update(changes.old_lists, _LIST_FIELDS, batch_size=_BATCH // 10)
        # Places and heads are unique among those who stand: whoever moves steps out first, then comes back in.
        moving = [*(person.pk for person, _row in changes.old_people), *(person.pk for person in changes.leavers)]
        for keys in batched(moving, _BATCH):
            Candidate.objects.filter(pk__in=keys, left_at=None).update(left_at=self.now)
        for batch in batched(changes.old_people, _BATCH):
            Candidate.objects.bulk_create(
                [Candidate(pk=person.pk, candidate_list_id=person.list_pk, **_place(row)) for person, row in batch],
                update_conflicts=True,
                unique_fields=["pk"],
                update_fields=[*_PLACE_FIELDS, "left_at"],
            )
        for newcomers in batched(changes.new_people, _BATCH):
            Candidate.objects.bulk_create(
                Candidate(candidate_list=candidate_list, **_place(row)) for candidate_list, row in newcomers
            )

    def _record(self, contest: Contest, changes: Changes) -> None:
        record_at_large(
            Act.CANDIDATES_IMPORTED,
            at=self.now,
            by=self.by,
            region=contest.region,
            election=self.election,
            contest=contest.pk,
            file=self.official.name,
            sha256=self.official.sha256,
            lists=asdict(Counts(**changes.lists)),
            candidates=asdict(Counts(**changes.people)),
            lists_with_pledges=[change.pk for change in changes.details if change.is_pledged],
        )


def _place(row: CandidateRow) -> dict[str, object]:
    return dict(zip(_PLACE_FIELDS, row[1:], strict=True))


def stored_people(contest: Contest, one_round: Round, *, with_substitutes: bool = True) -> dict[int, list[Person]]:
    """Everyone ever named in a contest, by list, for the lists that entered it in a round.

    :param with_substitutes: False when the file cannot speak of them.
    """
    people: dict[int, list[Person]] = {}
    rows = Candidate.objects.official().filter(candidate_list__contest=contest, candidate_list__round=one_round)
    if not with_substitutes:
        rows = rows.exclude(role=CandidateRole.SUBSTITUTE)
    for row in rows.order_by("pk").values_list("pk", "candidate_list_id", *Person._fields[2:]).iterator():
        people.setdefault(row[1], []).append(Person._make(row))
    return people


def _waiting_for_a_match(contest: Contest) -> int:
    return (
        Pledge.objects.waiting()
        .filter(candidate_list__contest=contest, candidate_list__declared_at__isnull=False)
        .count()
    )


def _voted(contest: Contest) -> set[int]:
    """The lists that have a result in the first round, or whose fate is known: they stood."""
    stood = contest.lists.filter(~Q(fate="") | Q(results__round=Round.FIRST))
    return set(stood.values_list("pk", flat=True))


def pledged_lists(contest: Contest) -> set[int]:
    """The keys of the lists of a contest that have a pledge."""
    pledges = Pledge.objects.filter(candidate_list__contest=contest)
    return set(pledges.values_list("candidate_list_id", flat=True))
