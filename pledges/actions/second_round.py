"""Between the two rounds: what becomes of each list of the first, the lists that mergers make, and asking their heads.

Nothing that was signed passes from one list to another: a list that a merger made has signed nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pledges import calendar, heads_asked, second_round
from pledges.actions.recording import owe, record_at_large
from pledges.enums import LIVE, Act, Capacity, Fate, MailKind, Round, What
from pledges.models import Candidate, CandidateList, Contest, Pledge, Signatory
from regions.folding import fold
from regions.models import Revision, User

NORM_LENGTH = 500


class CannotMarkError(Exception):
    """What was said of the second round cannot be recorded; the message says why, for whoever said it."""


@dataclass(frozen=True, slots=True)
class Merger:
    """A list that others made: its name, who leads it, and the lists that it comes from.

    ``head`` is their place in the first round, on one of the parents.
    """

    name: str
    head: Candidate
    parents: Sequence[CandidateList]
    panel_number: int | None = None


def why_closed(contest: Contest) -> str:
    """Why nothing can be said by hand of the second round now; nothing when it can.

    :param contest: With its election and region.
    """
    if calendar.allows(What.SORT, contest.election, contest.region):
        return ""
    if window := calendar.silence_in(contest.region):
        return str(window)
    if Round.FIRST not in calendar.counted_rounds(contest.election, contest.region):
        return _("Le premier tour n’est pas encore joué : ses bureaux de vote ne sont pas tous fermés.")
    return _("Le second tour a eu lieu : ses listes ne changent plus qu’avec un fichier officiel.")


@transaction.atomic
def mark_second_round(
    contest: Contest, fates: Mapping[CandidateList, str], mergers: Sequence[Merger] = (), *, by: User
) -> int:
    """Record what becomes of lists of the first round, and the lists that mergers make; each in the journal.

    May be said again until the silence of the second round. The same again changes nothing.

    :param contest: With its election and region.
    :param fates: What is said of each list; empty takes back what was said. A list left out stays as it is.
    :param mergers: Every merger of the contest: one that is no longer among them has left.
    :return: How many lists changed.
    :raises CannotMarkError: For a moment that is not for it, or a merger that cannot be. Nothing is then written.
    """
    if reason := why_closed(contest):
        raise CannotMarkError(reason)
    lists = contest.lists.standing().of_round(Round.FIRST)
    lists.take()
    known = {each.pk: each for each in lists}
    said = {each.pk: fate for each, fate in fates.items()}
    for merger in mergers:
        _refuse_merger(contest, merger)
        said |= {parent.pk: Fate.MERGED for parent in merger.parents}
    if not said.keys() <= known.keys():
        raise CannotMarkError(_("Une de ces listes n’est plus sur la liste officielle : relisez le tableau."))
    marking = Marking(contest, by=by)
    for key, fate in said.items():
        marking.say(known[key], fate)
    marking.merge(mergers)
    return marking.finish()


def _refuse_merger(contest: Contest, merger: Merger) -> None:
    if contest.election.choice.is_by_pairs:
        raise CannotMarkError(
            _("Deux binômes ne fusionnent pas : chacun se maintient ou se retire (code électoral, L210-1).")
        )
    if len(merger.parents) < second_round.AT_LEAST:
        raise CannotMarkError(_("« %s » : une fusion réunit au moins deux listes du premier tour.") % merger.name)
    if merger.head.candidate_list_id not in {parent.pk for parent in merger.parents}:
        raise CannotMarkError(
            _("« %(name)s » : %(head)s n’était sur aucune des listes qui fusionnent.")
            % {"name": merger.name, "head": merger.head.full_name}
        )


class Marking:
    """What is being said of the second round of one contest, inside a transaction that holds its lists.

    :param by: Who says it; None for an official file brought in by the portal itself.
    """

    def __init__(self, contest: Contest, *, by: User | None) -> None:
        self.contest = contest
        self.by = by
        self.now = timezone.now()
        self.changed: set[int] = set()
        self.merged: list[CandidateList] = []

    def say(self, candidate_list: CandidateList, fate: str) -> bool:
        """Say what becomes of a list of the first round.

        :return: Whether it was not said before.
        """
        if candidate_list.fate == fate:
            return False
        candidate_list.fate, candidate_list.fate_at = fate, self.now if fate else None
        candidate_list.save(update_fields=["fate", "fate_at"])
        self.record(Act.LIST_FATE_SAID, candidate_list, fate=fate)
        return True

    def merge(self, mergers: Sequence[Merger]) -> None:
        """Make, complete or set apart the lists of the second round, so that they are those of these mergers."""
        stored = list(self.contest.lists.official().filter(round=Round.SECOND).prefetch_related("parents"))
        for merger in mergers:
            merged = the_same(stored, {parent.pk for parent in merger.parents})
            if merged:
                stored.remove(merged)
            self.merged.append(self._write(merged, merger))
        for gone in stored:
            if gone.left_at is None:
                gone.left_at = self.now
                gone.save(update_fields=["left_at"])
                self.record(Act.LIST_MERGED, gone, left=True)

    def record(self, act: Act, candidate_list: CandidateList, **details: Any) -> None:
        """Write in the journal what is said of a list, which then has changed."""
        self.changed.add(candidate_list.pk)
        record_at_large(
            act,
            at=self.now,
            by=self.by,
            region=self.contest.region,
            election=self.contest.election,
            contest=self.contest.pk,
            list=candidate_list.pk,
            **details,
        )

    def come_from(self, merged: CandidateList, parents: Sequence[CandidateList]) -> bool:
        """Say which lists a merged one comes from.

        :return: Whether they were others.
        """
        keys = {parent.pk for parent in parents}
        if {parent.pk for parent in merged.parents.all()} == keys:
            return False
        merged.parents.set(keys)
        return True

    def finish(self) -> int:
        """Ask the heads of the merged lists, and have the public see what changed: how many lists did."""
        for merged in self.merged:
            ask_head(merged, by=self.by)
        if self.changed:
            Revision.advance()
        return len(self.changed)

    def _write(self, merged: CandidateList | None, merger: Merger) -> CandidateList:
        """The list of a merger as it is said now, recorded when that is new."""
        is_new = merged is None
        merged = merged or CandidateList(
            contest=self.contest, round=Round.SECOND, official_code=provisional_code(merger.head.candidate_list)
        )
        panel = merger.panel_number or merged.panel_number
        before = (merged.name, merged.panel_number, merged.left_at)
        merged.name, merged.norm, merged.panel_number, merged.left_at = (
            merger.name, fold(merger.name)[:NORM_LENGTH], panel, None,
        )  # fmt: skip
        if is_new or before != (merged.name, merged.panel_number, merged.left_at):
            merged.save()
            is_new = True
        others = self.come_from(merged, merger.parents)
        if self._lead(merged, merger.head) or others or is_new:
            parents = sorted(parent.pk for parent in merger.parents)
            self.record(Act.LIST_MERGED, merged, parents=parents, head=merger.head.pk)
        return merged

    def _lead(self, merged: CandidateList, place: Candidate) -> bool:
        """Put someone of the first round at the head of a merged list.

        :return: Whether they were not.
        :raises CannotMarkError: When an official file has named everyone of the list, and not them.
        """
        people = list(merged.candidates.standing())
        head = next((person for person in people if person.is_head), None)
        if head and head.earlier_id == place.pk:
            return False
        known = next((person for person in people if person.earlier_id == place.pk), None)
        is_complete = len(people) > 1
        if is_complete and not known:
            raise CannotMarkError(
                _("Le fichier officiel de « %(name)s » ne nomme pas %(head)s : la tête de liste est l’une des siennes.")
                % {"name": merged.name, "head": place.full_name}
            )
        if head:  # alone of its list, it was there only to lead it
            head.is_head, head.left_at = False, None if is_complete else self.now
            head.save(update_fields=["is_head", "left_at"])
        known = known or merged.candidates.filter(earlier=place).first() or Candidate(candidate_list=merged)
        for field in ("section_code", "section_name", "rank", "role", "last_name", "first_names", "norm", "sex"):
            if not is_complete:
                setattr(known, field, getattr(place, field))
        known.is_head, known.left_at, known.earlier = True, None, place
        known.save()
        return True


def provisional_code(parent: CandidateList) -> str:
    """The code of a merged list until a file gives its own: that of the list whose head leads it, marked as such."""
    return f"F{parent.official_code}"[:20]


def the_same(stored: Sequence[CandidateList], parents: set[int]) -> CandidateList | None:
    """The list of the second round that comes from most of these: nobody stands on two lists (code électoral, L346).

    :param stored: With their parents prefetched.
    """

    def shared(merged: CandidateList) -> tuple[int, bool]:
        return len(parents & {parent.pk for parent in merged.parents.all()}), merged.left_at is None

    found = max(stored, key=shared, default=None)
    return found if found and shared(found)[0] else None


def ask_head(merged: CandidateList, *, by: User | None) -> bool:
    """Ask by mail the head of a merged list to sign for it, once, if they led a parent and may be written to.

    They signed for that parent as its head, and agreed to be contacted. Anybody else is asked by their network: the
    desk says who is.

    :param merged: With its contest, election and region. Its parents are locked.
    :return: Whether a mail is owed that was not before.
    """
    head = merged.candidates.standing().filter(is_head=True).first()
    if head is None or not second_round.signing_of(merged).is_open:
        return False
    if Pledge.objects.for_lists().filter(candidate_list=merged, state__in=LIVE).exists():
        return False
    signatory = reachable(merged).get(head.earlier_id or 0)
    if signatory is None or not owe(MailKind.MERGED, signatory, pledge=signatory.pledge, once=True):
        return False
    mail = signatory.mails.filter(kind=MailKind.MERGED).latest("pk")
    record_at_large(
        Act.HEAD_ASKED,
        by=by,
        region=merged.contest.region,
        election=merged.contest.election,
        contest=merged.contest_id,
        list=merged.pk,
        mail=mail.pk,
        text=heads_asked.fingerprint(),
    )
    return True


def reachable(merged: CandidateList) -> dict[int, Signatory]:
    """Who signed for a parent of this list as its head and agreed to be contacted, by their place on that parent."""
    found = Signatory.objects.filter(
        pledge__candidate_list__mergers=merged,
        pledge__state__in=LIVE,
        capacity=Capacity.HEAD,
        consented_to_contact_at__isnull=False,
    ).exclude(email="")
    signatories = found.select_related("pledge__candidate_list__contest").order_by("pk")
    return {signatory.candidate_id: signatory for signatory in signatories if signatory.candidate_id}
