"""Importing the lists of the second round: those kept, those that mergers made, and what became of the others.

The file of the ministry has the same columns as that of the first round. It agrees with what was said by hand on the
night, completes it, and prevails where it names a list or does not.
"""

from dataclasses import asdict, replace

from django.core.files import File
from django.utils.translation import gettext as _

from pledges import calendar, second_round
from pledges.actions.importing import (
    ContestReport,
    Importing,
    ImportReport,
    pledged_lists,
    preview,
    read_file,
    stored_people,
    write,
)
from pledges.actions.recording import record_at_large
from pledges.actions.second_round import Marking, the_same
from pledges.enums import Act, Fate, Round
from pledges.models import Candidate, CandidateList, Contest, Election, Result
from pledges.official_files import FileRefusedError
from pledges.official_files.changes import Changes, Counts, Known, ListChange, Pairs, compare
from pledges.official_files.lists import OfficialList, Progress, silent
from pledges.official_files.refusals import Problems
from pledges.official_files.second_round import SecondRoundList, recognise
from regions.models import Region, User

# Said by someone who knew more than a file, which tells only that a list is not in it.
SAID_BY_HAND = (Fate.WITHDRAWN, Fate.ELIMINATED)


def import_second_round(
    election: Election,
    source: File[bytes],
    *,
    by: User | None = None,
    dry_run: bool = False,
    progress: Progress = silent,
) -> ImportReport:
    """Import a file of the second round: the fate of each list of the first, and the merged lists with their people.

    Only the contests that the file names are concerned. The same file again changes nothing.

    :param source: The file, opened or uploaded; left open.
    :param by: Who imports, None for the portal itself.
    :param dry_run: Write nothing, and report what would be written.
    :raises FileRefusedError: With every reason: a first round that is not known or not over, a silence, a list of whom
        nobody stood in the first round, people of one list on two. Nothing is then written.
    """
    official = read_file(election, source, progress=progress)
    if dry_run:
        return preview(election, official, kind=SecondRound, progress=progress)
    return write(election, official, kind=SecondRound, by=by, progress=progress)


class SecondRound(Importing):
    """The import of a file of the second round, inside its transaction when it writes."""

    def run(self, progress: Progress) -> ImportReport:
        if self.election.choice.is_by_pairs:
            raise FileRefusedError(
                _("Les binômes ne fusionnent pas : dites ce que chacun devient sur la page de sa circonscription.")
            )
        regions = Region.objects.in_bulk(self.official.regions)
        contests = {contest.code: contest for contest in self.election.contests.public().select_related("region")}
        problems = Problems()
        plan = []
        for code, officials in self.official.regions.items():
            contest = contests.get(code)
            if reason := self._why_not(contest, regions[code]):
                problems.add(officials[0].line, reason)
            elif contest:
                plan.append(_Contest.read(contest, officials, problems))
        problems.refuse_if_any()
        relabelled = self.settle_nuances()
        reports = []
        for done, one in enumerate(plan, 1):
            told = {"name": one.contest.name, "done": done, "total": len(plan)}
            progress(_("%(name)s, %(done)d sur %(total)d") % told, done, len(plan))
            reports.append(self._import(one, relabelled))
        return ImportReport(self.official.name, self.official.sha256, self.dry_run, tuple(reports))

    def _why_not(self, contest: Contest | None, region: Region) -> str:
        if contest is None or not contest.lists.standing().of_round(Round.FIRST).exists():
            return _("les listes du premier tour ne sont pas connues (%s) : importez-les d’abord") % region
        if window := calendar.silence_in(region, self.now):
            return _("%(region)s : %(silence)s") % {"region": region, "silence": window}
        if Round.FIRST not in calendar.counted_rounds(self.election, region, self.now):
            return _("le premier tour n’est pas encore joué : ses bureaux ne sont pas tous fermés (%s)") % region
        return ""

    def _import(self, one: "_Contest", relabelled: frozenset[str]) -> ContestReport:
        pledged = pledged_lists(one.contest)
        known = Known(
            fields=self.official.fields,
            nuances=self.nuances,
            relabelled=relabelled,
            people=stored_people(one.contest, Round.SECOND),
            pledged=pledged,
            now=self.now,
        )
        pairs = one.pairs()
        changes = compare(one.contest, pairs, known)
        for new in changes.new_lists:
            new.round = Round.SECOND
        fates = {each: fate for each, fate in one.fates().items() if each.fate != fate}
        merged = {each.official.facts.identity: each for each in one.found if each.is_merged}
        details = _with_parents(changes.details, merged)
        details += [
            _fate_change(each, fate, second_round.stays_from(one.contest), is_pledged=each.pk in pledged)
            for each, fate in fates.items()
        ]
        lists = Counts(
            **{
                **changes.lists,
                "updated": changes.lists["updated"] + len(fates),
                "unchanged": changes.lists["unchanged"] + len(one.lists) - len(fates),
            }
        )
        people = Counts(**changes.people)
        changed = bool(fates) or Counts(**changes.lists).changed or people.changed
        if changed and not self.dry_run:
            self._write_contest(one, pairs, changes, fates)
            self._record_contest(one.contest, lists, people)
        return ContestReport(
            one.contest.name,
            Counts(**{"updated" if changed else "unchanged": 1}),
            lists,
            people,
            tuple(changes.pledged_lists),
            details=tuple(details),
        )

    def _write_contest(self, one: "_Contest", pairs: Pairs, changes: Changes, fates: dict[CandidateList, Fate]) -> None:
        one.contest.lists.standing().of_round(Round.FIRST).take()
        marking = Marking(one.contest, by=self.by)
        for each, fate in fates.items():
            marking.say(each, fate)
        self.write_changes(changes)
        new = iter(changes.new_lists)  # in the order of the pairs that have none stored
        by_identity = {each.official.facts.identity: each for each in one.found}
        for official, stored in pairs:
            if official is None:
                continue
            merged, found = stored or next(new), by_identity[official.facts.identity]
            others = marking.come_from(merged, found.parents)
            _link_people(merged, found)
            if others or merged in changes.new_lists or merged in changes.old_lists:
                parents = sorted(parent.pk for parent in found.parents)
                marking.record(Act.LIST_MERGED, merged, parents=parents, people=len(official.candidates))
            marking.merged.append(merged)
        marking.finish()

    def _record_contest(self, contest: Contest, lists: Counts, people: Counts) -> None:
        record_at_large(
            Act.CANDIDATES_IMPORTED,
            at=self.now,
            by=self.by,
            region=contest.region,
            election=self.election,
            contest=contest.pk,
            round=int(Round.SECOND),
            file=self.official.name,
            sha256=self.official.sha256,
            lists=asdict(lists),
            candidates=asdict(people),
        )


class _Contest:
    """One contest of the file: its lists of the first round, and what the file makes of them."""

    def __init__(self, contest: Contest, lists: list[CandidateList], found: list[SecondRoundList]) -> None:
        self.contest = contest
        self.lists = lists
        self.found = found
        self.stored = list(
            contest.lists.official().filter(round=Round.SECOND).select_related("nuance").prefetch_related("parents")
        )

    @classmethod
    def read(cls, contest: Contest, officials: list[OfficialList], problems: Problems) -> "_Contest":
        lists = list(contest.lists.standing().of_round(Round.FIRST).in_panel_order())
        found = recognise(officials, lists, stored_people(contest, Round.FIRST), problems)
        if contest.election.choice.is_by_pairs:
            for each in found:
                if each.is_merged:
                    problems.add(each.official.line, _("deux binômes ne fusionnent pas (code électoral, L210-1)"))
        return cls(contest, lists, found)

    def pairs(self) -> Pairs:
        """The merged lists of the file, each with its stored one, if any; then the stored ones that it lacks."""
        stored = list(self.stored)
        pairs: Pairs = []
        for each in (found for found in self.found if found.is_merged):
            match = the_same(stored, set(each.counts))
            if match:
                stored.remove(match)
            pairs.append((each.official, match))
        return pairs + [(None, gone) for gone in stored]

    def fates(self) -> dict[CandidateList, Fate]:
        """What becomes of each list of the first round."""
        named = {
            parent.pk: Fate.MERGED if each.is_merged else Fate.KEPT for each in self.found for parent in each.parents
        }
        votes, share = self._votes(), second_round.stays_from(self.contest)
        return {
            each: named.get(each.pk)
            or (
                Fate(each.fate) if each.fate in SAID_BY_HAND else second_round.fate_without_place(each.pk, votes, share)
            )
            for each in self.lists
        }

    def _votes(self) -> dict[int, int]:
        """The votes of each list in the first round; none unless all are known, for shares are of all."""
        results = Result.objects.filter(candidate_list__in=self.lists, round=Round.FIRST)
        votes = dict(results.values_list("candidate_list", "votes"))
        return votes if len(votes) == len(self.lists) else {}


def _link_people(merged: CandidateList, found: SecondRoundList) -> None:
    """Say which place of the first round each person of a merged list had."""
    earlier = {
        (row.section_code, row.rank): found.earlier[row.line]
        for row in found.official.candidates
        if row.line in found.earlier
    }
    people = list(merged.candidates.standing())
    moved = [person for person in people if person.earlier_id != earlier.get((person.section_code, person.rank))]
    for person in moved:
        person.earlier_id = earlier.get((person.section_code, person.rank))
    Candidate.objects.bulk_update(moved, ["earlier"], batch_size=500)


def _with_parents(details: list[ListChange], merged: dict[tuple[str, str], SecondRoundList]) -> list[ListChange]:
    """The merged lists that change, each with the lists that its people come from."""
    by_name = {each.official.facts.name: each for each in merged.values()}
    return [
        replace(change, what=(*change.what, *_told_parents(by_name[change.name]))) if change.name in by_name else change
        for change in details
    ]


def _told_parents(found: SecondRoundList) -> list[str]:
    told = [
        _("issue de « %(name)s » (personnes : %(count)d)") % {"name": each.name, "count": found.counts[each.pk]}
        for each in found.parents
    ]
    if found.unknown_count:
        told.append(_("sans place connue au premier tour : %d") % found.unknown_count)
    return told


def _fate_change(candidate_list: CandidateList, fate: Fate, share: int, *, is_pledged: bool) -> ListChange:
    reasons = {
        Fate.ELIMINATED: _("non qualifiée pour le second tour : moins de %d %% des suffrages exprimés") % share,
        Fate.WITHDRAWN: _("retirée : elle pouvait se maintenir, et n’est pas dans le fichier"),
        Fate.ABSENT: _("absente du second tour : sans les résultats du premier, rien ne dit pourquoi"),
    }
    return ListChange(
        pk=candidate_list.pk,
        code=candidate_list.official_code,
        name=candidate_list.name,
        fate="updated",
        head="",
        is_pledged=is_pledged,
        is_other=False,
        what=(reasons.get(fate, str(fate.label)),),
        people=(),
    )
