"""What every act does besides itself: it is written in the journal, and it owes mails."""

from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from pledges import limits, tasks
from pledges.enums import Act, MailKind
from pledges.models import CandidateList, JournalEntry, OutboxMail, Pledge, Signatory
from regions.models import User


def lock(candidate_list: CandidateList) -> None:
    """Take a list for oneself until the transaction ends: all that happens to its pledges happens one at a time.

    A row lock on PostgreSQL; SQLite's transactions, opened IMMEDIATE, already wait for one another.
    """
    list(CandidateList.objects.select_for_update(no_key=True).filter(pk=candidate_list.pk).values_list("pk"))


def record(act: Act, pledge: Pledge, *, by: User | None = None, reason: str = "", **details: Any) -> JournalEntry:
    """Write an act on a pledge in the journal, in the act's own transaction."""
    contest = pledge.candidate_list.contest
    return JournalEntry.objects.create(
        act=act,
        at=timezone.now(),
        by=by,
        region_id=contest.region_id,
        election_id=contest.election_id,
        pledge=pledge,
        reason=reason,
        details={"list": pledge.candidate_list_id, "candidate": pledge.candidate_id, **details},
    )


def owe(kind: MailKind, signatory: Signatory, *, pledge: Pledge, again: int = 0) -> None:
    """Owe a mail to a signatory, in the act's own transaction; it leaves as soon as that one commits.

    A mailbox that has proved nothing is owed three confirmation mails a day, from all sources together, and silently no
    more. They are counted in the act's transaction: an act that is rolled back sends nothing, and has used up nothing.

    :param again: The number of times the same mail was owed before: asked for again, it is another mail.
    """
    if not signatory.email:
        return
    # Who is asked to confirm an amendment has confirmed the pledge that it amends.
    is_unproved = kind == MailKind.CONFIRM and not pledge.amends_id
    if is_unproved and not limits.MAILS_TO_UNPROVED.take(limits.mailbox_of(signatory.email)):
        return
    mail = OutboxMail.objects.create(
        key=f"{kind}:{pledge.pk}:{signatory.pk}:{pledge.entries.count()}:{again}",
        kind=kind,
        signatory=signatory,
        pledge=pledge,
        region_id=pledge.candidate_list.contest.region_id,
        recipient=signatory.email,
    )
    transaction.on_commit(partial(tasks.send_mail.enqueue, mail.pk))


def owe_all(kind: MailKind, pledge: Pledge) -> None:
    """Owe a mail to everyone who signed."""
    for signatory in pledge.signatories.all():
        owe(kind, signatory, pledge=pledge)
