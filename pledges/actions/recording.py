"""What every act does besides itself: it is written in the journal, and it owes mails."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from pledges import tasks
from pledges.enums import Act, MailKind
from pledges.models import CandidateList, JournalEntry, OutboxMail, Pledge, Signatory, Wording
from regions.models import User


def lock(candidate_list: CandidateList) -> None:
    """Take a list for oneself until the transaction ends: all that happens to its pledges happens one at a time.

    A row lock on PostgreSQL; SQLite's transactions, opened IMMEDIATE, already wait for one another.
    """
    list(CandidateList.objects.select_for_update(no_key=True).filter(pk=candidate_list.pk).values_list("pk"))


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
    wording = Wording(reason=reason, answers=answers or {}) if reason or answers else None
    if wording:
        details["wording_sha256"] = wording.fingerprint
    entry = JournalEntry.objects.create(
        act=act,
        at=timezone.now(),
        by=by,
        region_id=contest.region_id,
        election_id=contest.election_id,
        pledge=pledge,
        details={"list": pledge.candidate_list_id, "candidate": pledge.candidate_id, **details},
    )
    if wording:
        wording.entry = entry
        wording.save()
    return entry


def owe(kind: MailKind, signatory: Signatory, *, pledge: Pledge, again: int = 0, recipient: str = "") -> None:
    """Owe a mail to a signatory, in the act's own transaction; it leaves as soon as that one commits.

    :param again: The number of times the same mail was owed before: asked for again, it is another mail.
    :param recipient: Another address than the one they signed with.
    """
    if not (recipient := recipient or signatory.email):
        return
    mail = OutboxMail.objects.create(
        key=f"{kind}:{pledge.pk}:{signatory.pk}:{pledge.entries.count()}:{again}",
        kind=kind,
        signatory=signatory,
        pledge=pledge,
        region_id=pledge.candidate_list.contest.region_id,
        recipient=recipient,
    )
    transaction.on_commit(partial(tasks.send_mail.enqueue, mail.pk))


def owe_all(kind: MailKind, pledge: Pledge) -> None:
    """Owe a mail to everyone who signed."""
    for signatory in pledge.signatories.all():
        owe(kind, signatory, pledge=pledge)
