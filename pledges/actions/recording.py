"""What every act does besides itself: it is written in the journal, and it owes mails."""

import datetime
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from pledges import chain, limits, tasks
from pledges.actions.sealing import seal_after_commit
from pledges.enums import Act, MailKind
from pledges.models import (
    CandidateList,
    CorrectionRequest,
    Election,
    JournalEntry,
    OutboxMail,
    Pledge,
    Signatory,
    Wording,
)
from regions.models import Region, User

# However many corrections are asked, whoever answers them is written to once in that time.
TOLD_EVERY = datetime.timedelta(days=1)


def lock(candidate_list: CandidateList) -> None:
    """Take a list for oneself until the transaction ends: all that happens to its pledges happens one at a time."""
    CandidateList.objects.filter(pk=candidate_list.pk).take()


def record(
    act: Act,
    pledge: Pledge,
    *,
    by: User | None = None,
    reason: str = "",
    answers: Mapping[str, Any] | None = None,
    **details: Any,
) -> JournalEntry:
    """Write an act on a pledge in the journal, in the act's own transaction.

    :param reason: In its author's words: kept beside the journal, which holds its fingerprint.
    :param answers: What the act makes public, kept in the same way.
    """
    contest = pledge.candidate_list.contest
    return _write(
        JournalEntry(
            act=act,
            at=timezone.now(),
            by=by,
            region_id=contest.region_id,
            election_id=contest.election_id,
            pledge=pledge,
            details={"list": pledge.candidate_list_id, "candidate": pledge.candidate_id, **details},
        ),
        reason,
        answers or {},
    )


def record_at_large(  # noqa: PLR0913  what an entry is made of
    act: Act,
    *,
    by: User | None = None,
    region: Region | None = None,
    election: Election | None = None,
    reason: str = "",
    at: datetime.datetime | None = None,
    **details: Any,
) -> JournalEntry:
    """Write an act that is about no pledge: an import, a role, an export.

    :param at: The moment that the act itself has stored; now, unless told.
    :param region: Whose members read the entry; None for administrators alone.
    :param details: Keys and counts, never contact data.
    """
    return _write(
        JournalEntry(act=act, at=at or timezone.now(), by=by, region=region, election=election, details=details),
        reason,
        {},
    )


def _write(entry: JournalEntry, reason: str, answers: Mapping[str, Any]) -> JournalEntry:
    """Sign and write an entry, with its words beside it. Nothing else creates one."""
    wording = Wording(reason=reason, answers=answers) if reason or answers else None
    if wording:
        entry.details["wording_sha256"] = wording.fingerprint
    entry.mac = chain.sign(entry.content)
    entry.save(force_insert=True)
    if wording:
        wording.entry = entry
        wording.save()
    seal_after_commit()
    return entry


def owe(  # noqa: PLR0913  what a mail is made of
    kind: MailKind,
    signatory: Signatory,
    *,
    pledge: Pledge,
    again: int = 0,
    once: bool = False,
    recipient: str = "",
) -> bool:
    """Owe a mail to a signatory, in the act's own transaction; it leaves as soon as that one commits.

    A mailbox that has proved nothing is owed three confirmation mails a day, from all sources together, and silently no
    more. They are counted in the act's transaction: an act that is rolled back sends nothing, and has used up nothing.

    :param again: The number of times the same mail was owed before: asked for again, it is another mail.
    :param once: Owe it one time in the life of the pledge, however often this is called and whatever happens between.
        The caller holds the list's lock: two at once would otherwise both find nothing.
    :param recipient: Another address than the one they signed with.
    :return: Whether a mail is owed that was not before.
    """
    if not (recipient := recipient or signatory.email):
        return False
    # Who is asked to confirm an amendment has confirmed the pledge that it amends.
    is_unproved = kind == MailKind.PROVE or (kind == MailKind.CONFIRM and not pledge.amends_id)
    if is_unproved and not limits.MAILS_TO_UNPROVED.take(limits.mailbox_of(recipient)):
        return False
    key = f"{kind}:{pledge.pk}:{signatory.pk}"
    if once and OutboxMail.objects.filter(key=key).exists():
        return False
    mail = OutboxMail.objects.create(
        key=key if once else f"{key}:{pledge.entries.count()}:{again}",
        kind=kind,
        signatory=signatory,
        pledge=pledge,
        region_id=pledge.candidate_list.contest.region_id,
        recipient=recipient,
    )
    # The mail is owed whatever becomes of the task: a queue that fails must not fail the page.
    transaction.on_commit(partial(tasks.send_mail.enqueue, mail.pk), robust=True)
    return True


def owe_all(kind: MailKind, pledge: Pledge) -> None:
    """Owe a mail to everyone who signed."""
    for signatory in pledge.signatories.all():
        owe(kind, signatory, pledge=pledge)


def owe_to_account(kind: MailKind, user: User) -> OutboxMail | None:
    """Owe a mail to whoever has an account, in the act's own transaction; it leaves as soon as that one commits.

    :return: The mail; None for an account without an address.
    """
    if not user.email:
        return None
    mail = OutboxMail.objects.create(
        key=f"{kind}:account:{user.pk}:{user.mails.count()}", kind=kind, user=user, recipient=user.email
    )
    transaction.on_commit(partial(tasks.send_mail.enqueue, mail.pk), robust=True)
    return mail


def owe_about(kind: MailKind, correction: CorrectionRequest, *, to: User | None = None) -> OutboxMail | None:
    """Owe a mail about a page to be corrected, in the act's own transaction; once for each kind and reader.

    What goes to who asked waits for the end of the electoral silence, as all that goes to a territory, and of all
    of them about a page of no territory; what goes to those who work on it does not.

    :param to: Someone who has an account; who asks for the correction, unless told. They are told once a day, by a
        mail that counts all that waits: one that has not left yet tells of this too.
    :return: The mail; None for who has no address or is told already, or a mailbox that proved nothing and had three
        that day.
    """
    recipient = to.email if to else correction.email
    if not recipient or (
        kind == MailKind.CORRECTION_RECEIVED and not limits.MAILS_TO_UNPROVED.take(limits.mailbox_of(recipient))
    ):
        return None
    next_try_at = _next_telling(to) if to else timezone.now()
    if next_try_at is None:
        return None
    mail = OutboxMail.objects.create(
        key=f"{kind}:correction:{correction.pk}" + (f":{to.pk}" if to else ""),
        kind=kind,
        correction=correction,
        user=to,
        region=None if to else correction.region,
        recipient=recipient,
        next_try_at=next_try_at,
    )
    transaction.on_commit(partial(tasks.send_mail.enqueue, mail.pk), robust=True)
    return mail


def _next_telling(user: User) -> datetime.datetime | None:
    """When to tell this person that corrections wait: at once, or a day after the last time; None when a mail will."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # of two asked at the same moment, one mail
    now = timezone.now()
    told = OutboxMail.objects.filter(kind=MailKind.CORRECTION_TO_ANSWER, user=user)
    if told.owed().exclude(leased_until__gt=now).exists():
        return None
    if told.owed().exists():  # it is leaving, and may have counted before this was asked
        return now + TOLD_EVERY
    last = told.aggregate(at=Max("sent_at"))["at"]
    return max(now, last + TOLD_EVERY) if last else now
