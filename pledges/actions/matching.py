"""Which candidacy of the official list a declared one is: suggested here, decided by a moderator, never by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

from django.db import transaction
from django.utils.translation import gettext as _

from pledges import archives
from pledges.actions.declaring import forget_declared
from pledges.actions.receipts import owe_receipt
from pledges.actions.recording import record
from pledges.actions.signing import AlreadySignedError
from pledges.actions.transitions import TransitionError
from pledges.enums import LIVE, Act, Capacity, PledgeState
from pledges.matrix import leaders_of
from pledges.models import Candidate, CandidateList, Pledge
from regions.folding import fold
from regions.models import User


class MismatchError(Exception):
    """What was chosen cannot be the declared candidacy. The text says why."""


@dataclass(frozen=True, slots=True)
class Match:
    """A candidacy of the official list that a declared one may be, and what they share."""

    candidate_list: CandidateList
    people: Sequence[Candidate]
    reasons: Sequence[str]


def matches(pledge: Pledge) -> list[Match]:
    """Every official candidacy that this declared one may be, those that share most first.

    For a list or a binôme: each of its contest, with its head or its two members. For one person: each namesake,
    and nobody else.
    """
    found = _namesakes(pledge) if pledge.candidate else _lists(pledge)
    return sorted(found, key=lambda match: -len(match.reasons))


@transaction.atomic
def match(pledge: Pledge, candidate_list: CandidateList, *, by: User, candidate: Candidate | None = None) -> Pledge:
    """Say that a declared candidacy is this one of the official list: the pledge goes over to it.

    :param candidate: The person, when the pledge is personal; they must be on the list.
    :raises TransitionError: When the pledge is not under review, or is matched already.
    :raises MismatchError: When the choice is of another contest or kind, or lacks the people who signed.
    :raises AlreadySignedError: When that candidacy has a pledge of its own.
    :raises ArchivedError: When its election is an archive.
    """
    CandidateList.objects.filter(pk__in=[pledge.candidate_list_id, candidate_list.pk]).take()
    archives.refuse_about(pledge.candidate_list)
    pledge = Pledge.objects.select_related("charter", "candidate_list__contest", "candidate", "decided_by").get(
        pk=pledge.pk
    )
    declared = pledge.candidate_list
    if pledge.state != PledgeState.IN_REVIEW or not declared.is_declared:
        raise TransitionError(pledge)
    if candidate_list.is_declared or (candidate_list.contest_id, candidate_list.kind) != (
        declared.contest_id,
        declared.kind,
    ):
        raise MismatchError(_("Cette candidature n’est pas de la même circonscription."))
    rivals = Pledge.objects.filter(
        charter=pledge.charter, candidate_list=candidate_list, candidate=candidate, state__in=LIVE
    )
    if rivals.exists():
        raise AlreadySignedError
    people = _pair_up(pledge, candidate_list, candidate)
    names = [f"{person.full_name} : {official.full_name}" for person, official in people.items()]
    record(
        Act.PLEDGE_MATCHED,
        pledge,
        by=by,
        reason=_("« %(declared)s », déclarée, est « %(official)s » de la liste officielle. %(people)s")
        % {"declared": declared.name, "official": candidate_list.name, "people": " ; ".join(names)},
        official_list=candidate_list.pk,
    )
    Pledge.objects.filter(pk=pledge.pk).update(
        candidate_list=candidate_list, candidate=candidate if pledge.candidate_id else None
    )
    for person, official in people.items():
        pledge.signatories.filter(candidate=person).update(candidate=official, full_name=official.full_name)
    forget_declared(declared)
    owe_receipt(pledge)
    return Pledge.objects.select_related("candidate_list__contest", "candidate").get(pk=pledge.pk)


def _lists(pledge: Pledge) -> list[Match]:
    declared = pledge.candidate_list
    people = list(declared.candidates.order_by("rank"))
    lists = list(
        CandidateList.objects.standing().filter(contest=declared.contest_id, kind=declared.kind).in_panel_order()
    )
    leaders = leaders_of(lists)
    return [
        Match(official, of_it, _shared(declared, people, official, of_it))
        for official in lists
        for of_it in [leaders.get(official.pk, [])]
    ]


def _namesakes(pledge: Pledge) -> list[Match]:
    declared, person = pledge.candidate_list, pledge.candidate
    assert person  # noqa: S101  the caller made sure
    everyone = (
        Candidate.objects.standing()
        .filter(candidate_list__contest=declared.contest_id)
        .select_related("candidate_list")
    )
    return [
        Match(one.candidate_list, [one], _shared(declared, [person], one.candidate_list, [one]))
        for one in everyone.filter(candidate_list__kind=declared.kind).in_list_order()
        if _alike(person, one)
    ]


def _shared(
    declared: CandidateList, people: Sequence[Candidate], official: CandidateList, others: Sequence[Candidate]
) -> list[str]:
    """What two candidacies have in common, in words for a moderator."""
    reasons = []
    if {person.norm for person in people} & {person.norm for person in others}:
        reasons.append(_("même nom de personne"))
    elif {fold(person.last_name) for person in people} & {fold(person.last_name) for person in others}:
        reasons.append(_("même nom de famille"))
    if declared.norm == official.norm:
        reasons.append(_("même nom de liste"))
    elif len(set(declared.norm.split()) & set(official.norm.split())) * 2 > len(set(declared.norm.split())):
        reasons.append(_("nom de liste proche"))
    return reasons


def _alike(person: Candidate, other: Candidate) -> int:
    """How much two names agree: not at all without a family name in common, « Le Gall » and « Le Gall-Martin »."""
    families = set(fold(person.last_name).split()) & set(fold(other.last_name).split())
    return (1 + (person.norm == other.norm)) * bool(families)


def _pair_up(pledge: Pledge, candidate_list: CandidateList, candidate: Candidate | None) -> dict[Candidate, Candidate]:
    """Who of the declared people is whom of the official list: those who signed, no other."""
    if pledge.candidate:
        if candidate is None or candidate.candidate_list_id != candidate_list.pk:
            raise MismatchError(_("Choisissez la personne, sur la liste officielle."))
        return {pledge.candidate: candidate}
    signed = list(
        Candidate.objects.filter(signatures__pledge=pledge, signatures__capacity__in=(Capacity.HEAD, Capacity.MEMBER))
        .order_by("rank")
    )  # fmt: skip
    leaders = list(candidate_list.candidates.standing().leading().in_list_order())
    if len(leaders) < len(signed):
        raise MismatchError(_("La liste officielle ne dit pas encore qui la conduit."))
    # Two members in another order are still the same two: the order that makes most names agree.
    best = max(permutations(leaders, len(signed)), key=lambda order: sum(map(_alike, signed, order)))
    people = dict(zip(signed, best, strict=True))
    for person, official in people.items():
        # Nobody is ever said to have signed who did not: another name is another person.
        if not _alike(person, official):
            raise MismatchError(
                _(
                    "%(signer)s a signé ; la liste officielle nomme %(official)s. Refusez avec un motif : %(signer)s"
                    " peut signer de nouveau, comme mandataire ou à titre personnel."
                )
                % {"signer": person.full_name, "official": official.full_name}
            )
    return people
