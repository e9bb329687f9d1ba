"""The signer's acts: submit, confirm, withdraw."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from pledges import archives, calendar, consent, limits, second_round
from pledges.actions.consents import record_consent
from pledges.actions.forgetting import forget_private_data
from pledges.actions.preparing import prepare
from pledges.actions.receipts import owe_receipt
from pledges.actions.recording import lock, owe, owe_all, record
from pledges.actions.transitions import TransitionError, move
from pledges.enums import (
    LIVE,
    STANDING,
    Act,
    Answer,
    Capacity,
    ConsentPurpose,
    Decision,
    Door,
    LinkPurpose,
    MailKind,
    PledgeState,
)
from pledges.keyed_hash import keyed_hash
from pledges.models import Candidate, CandidateList, Commitment, Invitation, MailLink, Pledge, Principle, Signatory
from regions.models import Revision, User

# Someone who sends the same signature again did not get the mail: send it again, but not at each click.
SEND_AGAIN_AFTER = timedelta(minutes=10)


class SigningClosedError(Exception):
    """The calendar does not allow signing now. The text says until when, or since when."""


class AlreadySignedError(Exception):
    """Another pledge of the same list or candidate is published or under review."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Un engagement a déjà été signé et confirmé pour cette candidature. Le réseau de votre territoire peut"
                " vous dire lequel."
            )
        )


class LinkUnusableError(Exception):
    """The link is unknown, expired, replaced, or was used already."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Someone who signs: who, in what capacity, and where the link goes.

    Consents are given by the person themself: those of a binôme accept the publication when each confirms, and whoever
    signs says then whether they may be written to again.
    """

    capacity: Capacity
    full_name: str
    email: str
    candidate: Candidate | None = None
    phone: str = ""
    accepts_publication: bool = True


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered to one principle, with an optional sentence."""

    answer: Answer
    statement: str = ""


def sender_digest(signers: Sequence[Signer], replies: Mapping[Principle, Reply]) -> str:
    """Who sends what, without keeping the address: a keyed hash.

    The same signature sent twice has the same one; another, from the same mailboxes, takes the place of none: whoever
    knows somebody's address could otherwise undo what they had sent.
    """
    who = sorted((signer.capacity, signer.full_name, signer.email.casefold(), signer.phone) for signer in signers)
    what = sorted((principle.pk, reply.answer, reply.statement) for principle, reply in replies.items())
    return keyed_hash("sender", json.dumps([who, what])).hex()


@transaction.atomic
def submit(
    candidate_list: CandidateList,
    *,
    signers: Sequence[Signer],
    replies: Mapping[Principle, Reply],
    candidate: Candidate | None = None,
    came_by: Invitation | None = None,
) -> Pledge:
    """Take a signature in, and owe each signer a mail with the link that confirms it.

    The same signature sent twice is one; sent with other answers, it is another, and the one that is confirmed counts.

    :param candidate_list: The list or binôme that signs, or whose candidate does.
    :param candidate: Who signs for themself alone; None when the pledge is the list's.
    :param replies: By principle of the election's charter; a principle without an answer is absent.
    :param came_by: The invitation of this list whose link led here, if any: a fact to weigh, and no proof.
    :raises SigningClosedError: When the calendar does not allow it.
    """
    election = candidate_list.contest.election
    window = second_round.signing_of(candidate_list, silence=calendar.silence_in(candidate_list.contest.region))
    if not window.is_open:
        raise SigningClosedError(str(window))
    lock(candidate_list)
    sender = sender_digest(signers, replies)
    same = Pledge.objects.filter(
        charter=election.charter,
        candidate_list=candidate_list,
        candidate=candidate,
        sender_digest=sender,
        state=PledgeState.SUBMITTED,
    ).first()
    if same:
        for signatory in sorted(same.signatories.filter(confirmed_at=None), key=_mailbox):
            send_again(same, signatory)
        return same
    now = timezone.now()
    pledge = Pledge.objects.create(
        charter=election.charter,
        candidate_list=candidate_list,
        candidate=candidate,
        sender_digest=sender,
        submitted_at=now,
        came_by=came_by,
    )
    _write_replies(pledge, replies)
    signatories = Signatory.objects.bulk_create(
        Signatory(
            pledge=pledge,
            capacity=signer.capacity,
            candidate=signer.candidate,
            full_name=signer.full_name,
            email=signer.email,
            phone=signer.phone,
            consent_version=consent.VERSION,
            consented_to_publication_at=now if signer.accepts_publication else None,
        )
        for signer in signers
    )
    if came_by:
        record(Act.PLEDGE_SUBMITTED, pledge, invitation=came_by.pk)
    else:
        record(Act.PLEDGE_SUBMITTED, pledge)
    # In one order for all: two binômes with the same mailboxes would else wait for each other's allowances for ever.
    for signatory in sorted(signatories, key=_mailbox):
        if signatory.consented_to_publication_at:
            record_consent(signatory, ConsentPurpose.PUBLICATION, given=True, door=Door.FORM)
        owe(MailKind.CONFIRM, signatory, pledge=pledge)
    return pledge


@transaction.atomic
def confirm(link: MailLink, *, accepts_contact: bool | None = None) -> Pledge:
    """Spend a link: its owner is the signer. When the last signer has confirmed, the network's review begins.

    To confirm is to accept the publication; that consent is dated here when the form did not give it.

    :param accepts_contact: What the signer says now; None, for an amendment, keeps what they said before.
    :raises LinkUnusableError: When the link was used or has expired: the effect, if any, is kept.
    :raises AlreadySignedError: When another pledge came first; the link stays good.
    """
    loaded = Pledge.objects.select_related("charter", "candidate_list__contest")
    pledge = loaded.filter(signatories=link.signatory_id).first()
    if pledge is None:  # purged, or corrected, since the link was read
        raise LinkUnusableError
    lock(pledge.candidate_list)
    now = timezone.now()
    if not MailLink.objects.filter(pk=link.pk, purpose=LinkPurpose.CONFIRM).use(used_at=now):
        raise LinkUnusableError
    contact = {} if accepts_contact is None else {"consented_to_contact_at": now if accepts_contact else None}
    confirmed = Signatory.objects.filter(pk=link.signatory_id, confirmed_at=None).update(
        confirmed_at=now,
        consented_to_publication_at=Coalesce("consented_to_publication_at", now),
        consent_version=consent.VERSION,
        **contact,
    )
    if not confirmed:  # by an earlier link of the same person
        raise LinkUnusableError
    rivals = Pledge.objects.filter(
        charter=pledge.charter, candidate_list=pledge.candidate_list, candidate=pledge.candidate_id
    ).exclude(pk=pledge.pk)
    if pledge.amends_id:
        rivals = rivals.exclude(pk=pledge.amends_id)
    if rivals.filter(state__in=LIVE).exists():
        raise AlreadySignedError
    record(Act.SIGNATURE_CONFIRMED, pledge, signatory=link.signatory_id)
    signatory = pledge.signatories.get(pk=link.signatory_id)
    record_consent(signatory, ConsentPurpose.PUBLICATION, given=True, door=Door.CONFIRMATION)
    if accepts_contact:
        record_consent(signatory, ConsentPurpose.CONTACT, given=True, door=Door.CONFIRMATION)
    return _review_when_all_confirmed(pledge, at=now)


@transaction.atomic
def amend(signatory: Signatory, *, replies: Mapping[Principle, Reply]) -> Pledge:
    """Give other answers: a new pledge, that takes the place of the first when a network publishes it.

    Whoever amends has just proved their mailbox; the other member of a binôme is asked to confirm.

    :param signatory: Of a pledge that is published, as its private page knows them.
    :raises TransitionError: When the pledge is not published, or an amendment of it is under review.
    :raises SigningClosedError: During the electoral silence, and once the election is an archive.
    """
    pledge = Pledge.objects.select_related(
        "candidate_list__contest__region", "candidate_list__contest__election", "charter"
    ).get(pk=signatory.pledge_id)
    if pledge.candidate_list.contest.election.is_archived:
        raise SigningClosedError(archives.sentence(pledge.candidate_list.contest.election))
    if window := calendar.silence_in(pledge.candidate_list.contest.region):
        raise SigningClosedError(str(window))
    lock(pledge.candidate_list)
    pledge.refresh_from_db(fields=["state", "decided_at", "decided_by"])
    pending = pledge.amendments.filter(state__in=(PledgeState.SUBMITTED, PledgeState.IN_REVIEW)).first()
    if pledge.state != PledgeState.PUBLISHED or pending:
        raise TransitionError(pending or pledge)
    now = timezone.now()
    amendment = Pledge.objects.create(
        charter=pledge.charter,
        candidate_list=pledge.candidate_list,
        candidate=pledge.candidate,
        amends=pledge,
        submitted_at=now,
    )
    _write_replies(amendment, replies)
    signatories = [
        Signatory(
            pledge=amendment,
            capacity=earlier.capacity,
            candidate_id=earlier.candidate_id,
            full_name=earlier.full_name,
            email=earlier.email,
            phone=earlier.phone,
            consent_version=consent.VERSION,
            consented_to_publication_at=now if earlier.pk == signatory.pk else None,
            consented_to_contact_at=earlier.consented_to_contact_at,
            confirmed_at=now if earlier.pk == signatory.pk else None,
        )
        for earlier in pledge.signatories.all()
    ]
    Signatory.objects.bulk_create(signatories)
    record(Act.PLEDGE_SUBMITTED, amendment, amends=pledge.pk)
    for other in signatories:
        if other.confirmed_at:
            record_consent(other, ConsentPurpose.PUBLICATION, given=True, door=Door.PRIVATE_PAGE)
        else:
            owe(MailKind.CONFIRM, other, pledge=amendment)
    return _review_when_all_confirmed(amendment, at=now)


@transaction.atomic
def withdraw(pledge: Pledge, *, by: User | None = None, reason: str = "") -> Pledge:
    """Take back a signature, for good: the dated fact stays, the private contact data and the receipts go.

    Answers that were to replace it, and wait, go with it: nothing would be left for them to amend.

    During the electoral silence of its territory, what the public reads stands still: the withdrawal is prepared,
    and done as soon as the silence ends. The pledge comes back as it is until then.

    :param by: The moderator who does it at the signer's request; None for the signer.
    :param reason: Optional; public when it is the signer's own.
    :raises TransitionError: When the pledge is not confirmed, or has ended already.
    :raises CannotPrepareError: During the silence, when a network has prepared another decision.
    """
    lock(pledge.candidate_list)
    pledge.refresh_from_db(fields=["state", "published_at"])
    if pledge.state in STANDING and calendar.silence_in(pledge.candidate_list.contest.region):
        prepare(pledge, Decision.WITHDRAW, by=by, reason=reason)
        return pledge
    public = "" if by else reason
    pledge = move(pledge, PledgeState.WITHDRAWN, withdrawn_at=timezone.now(), withdrawal_reason=public)
    record(Act.PLEDGE_WITHDRAWN, pledge, by=by, reason=reason)
    owe_all(MailKind.WITHDRAWN, pledge)
    forget_private_data(pledge)
    for amendment in pledge.amendments.filter(state__in=(PledgeState.SUBMITTED, PledgeState.IN_REVIEW)):
        _drop_amendment(amendment, by=by)
    Revision.advance()
    return pledge


def send_again(pledge: Pledge, signatory: Signatory) -> None:
    """Owe once more the confirmation mail of someone who has not confirmed, if the last one is not recent."""
    mails = pledge.mails.filter(kind=MailKind.CONFIRM, signatory=signatory)
    if not mails.filter(created_at__gt=timezone.now() - SEND_AGAIN_AFTER).exists():
        owe(MailKind.CONFIRM, signatory, pledge=pledge, again=mails.count())


def _drop_amendment(amendment: Pledge, *, by: User | None) -> None:
    """End an amendment whose pledge is withdrawn; nobody is told twice."""
    if amendment.state == PledgeState.SUBMITTED:
        record(Act.PLEDGE_EXPIRED, amendment, by=by)
        amendment.delete()
        return
    amendment = move(amendment, PledgeState.WITHDRAWN, withdrawn_at=timezone.now())
    record(Act.PLEDGE_WITHDRAWN, amendment, by=by)
    forget_private_data(amendment)


def _write_replies(pledge: Pledge, replies: Mapping[Principle, Reply]) -> None:
    Commitment.objects.bulk_create(
        Commitment(pledge=pledge, principle=principle, answer=reply.answer, statement=reply.statement)
        for principle, reply in replies.items()
    )


def _review_when_all_confirmed(pledge: Pledge, *, at: datetime) -> Pledge:
    """Begin the review once no signer has still to confirm."""
    if pledge.signatories.filter(confirmed_at=None).exists():
        return pledge
    pledge = move(pledge, PledgeState.IN_REVIEW, confirmed_at=at, sender_digest="")
    record(Act.PLEDGE_IN_REVIEW, pledge)
    owe_all(MailKind.IN_REVIEW, pledge)
    owe_receipt(pledge)
    return pledge


def _mailbox(signatory: Signatory) -> str:
    return limits.mailbox_of(signatory.email)
