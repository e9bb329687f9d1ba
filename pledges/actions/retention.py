"""Forgetting in time what has no more use (design: RGPD, retention)."""

from dataclasses import astuple, dataclass
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from pledges import failures, kept, limits, proof
from pledges.actions import corrections
from pledges.actions.contacts import forget_addresses
from pledges.actions.declaring import ERASED_NAME, drop_empty_contests, forget_declared, forget_names
from pledges.actions.forgetting import close_changes, forget_exchanges
from pledges.actions.imports import forget_old_imports
from pledges.actions.receipts import delete_stray_receipts
from pledges.actions.recording import lock, owe, record
from pledges.enums import Act, MailKind, PledgeState
from pledges.models import CandidateList, Election, EmailChange, ListContact, MailLink, OutboxMail, Pledge, Signatory
from pledges.models.pledge import UNCONFIRMED

REMINDED = timedelta(days=2)  # before an unconfirmed signature goes
UNDELIVERABLE = timedelta(days=30)
FORGOTTEN_TASK = timedelta(days=14)
LIST_ADDRESS_KEPT = timedelta(days=30)  # after the second round: long enough to answer whoever asks where it came from


@dataclass(frozen=True, slots=True)
class Purged:
    """What was forgotten, in counts; and how many were reminded before their signature is."""

    pledges: int
    contacts: int
    addresses: int
    requests: int = 0
    email_changes: int = 0
    tasks: int = 0
    stray_receipts: int = 0
    drawings: int = 0
    imports: int = 0
    reminders: int = 0
    exchanges: int = 0
    corrections: int = 0
    links: int = 0
    list_addresses: int = 0

    def __bool__(self) -> bool:
        return any(astuple(self))


def purge_expired() -> Purged:
    """Delete the signatures that nobody confirmed, and blank the contact data whose time is over. Safe to repeat.

    Those whose signature goes in less than two days are reminded of it, once. The hashed addresses of requests go as
    soon as they no longer limit anything: after four days at most. Sessions that are over go too, uncounted.
    """
    purged = Purged(
        reminders=_remind(),
        pledges=_delete_unconfirmed(),
        contacts=_forget_contacts(),
        exchanges=forget_exchanges(Pledge.objects.filter(candidate_list__contest__election__in=_archived())),
        addresses=_forget_recipients(),
        links=MailLink.objects.filter(signatory__pledge__candidate_list__contest__election__in=_archived()).delete()[0],
        list_addresses=_forget_list_addresses(),
        stray_receipts=delete_stray_receipts(),
        drawings=kept.forget_unread(),
        imports=forget_old_imports(),
        corrections=corrections.forget_old(),
        requests=limits.forget() + proof.forget(),
        email_changes=_drop_email_changes(),
        # Those that a killed worker left running for ever go too: what they had to do is owed elsewhere.
        tasks=DBTaskResult.objects.filter(enqueued_at__lt=timezone.now() - FORGOTTEN_TASK).delete()[0],
    )
    drop_empty_contests()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return purged


def _remind() -> int:
    """Owe one reminder to each who has not confirmed, but those whose first mail has not even left yet."""
    now = timezone.now()
    going = Pledge.objects.filter(
        state=PledgeState.SUBMITTED,
        submitted_at__lt=now - (UNCONFIRMED - REMINDED),
        submitted_at__gte=now - UNCONFIRMED,
    )
    reminders = 0
    for pledge in going.select_related("candidate_list__contest"):
        with transaction.atomic():
            lock(pledge.candidate_list)
            still_to_confirm = pledge.signatories.filter(confirmed_at=None, pledge__state=PledgeState.SUBMITTED)
            for signatory in still_to_confirm.exclude(mails__in=OutboxMail.objects.owed()):
                reminders += owe(MailKind.REMINDER, signatory, pledge=pledge, once=True)
    return reminders


def _drop_email_changes() -> int:
    """Delete the changes of address that both mailboxes have not confirmed in two days."""
    with transaction.atomic():
        return close_changes(EmailChange.objects.expired())


def _delete_unconfirmed() -> int:
    expired = Pledge.objects.filter(state=PledgeState.SUBMITTED, submitted_at__lt=timezone.now() - UNCONFIRMED)
    deleted = 0
    for pledge in expired.select_related("candidate_list__contest"):
        with transaction.atomic():
            lock(pledge.candidate_list)
            # Someone may have confirmed while we waited for the lock.
            if Pledge.objects.filter(pk=pledge.pk, state=PledgeState.SUBMITTED).exists():
                record(Act.PLEDGE_EXPIRED, pledge)
                pledge.delete()
                forget_declared(pledge.candidate_list)
                deleted += 1
    return deleted


def _archived() -> QuerySet[Election]:
    return Election.objects.archived()


def _forget_recipients() -> int:
    """Blank the addresses of mails given up a month ago, and of what an archive still owed: it writes no more."""
    now = timezone.now()
    addressed = OutboxMail.objects.filter(sent_at=None).exclude(recipient="")
    given_up = addressed.filter(abandoned_at__lt=now - UNDELIVERABLE).update(recipient="")
    owed = addressed.filter(pledge__candidate_list__contest__election__in=_archived()).values_list("pk", flat=True)
    return given_up + OutboxMail.objects.filter(pk__in=list(owed)).update(
        recipient="", abandoned_at=Coalesce("abandoned_at", now), leased_until=None, last_error=failures.NO_ADDRESS
    )


def _forget_list_addresses() -> int:
    """Erase the addresses of lists that were asked to sign, a month after the vote."""
    over = Election.objects.filter(second_round_on__lt=timezone.localdate() - LIST_ADDRESS_KEPT)
    return forget_addresses(ListContact.objects.filter(candidate_list__contest__election__in=over))


def _forget_contacts() -> int:
    """Blank the addresses and numbers kept since a mandate that ended six months ago, and names never made official."""
    ended = _archived()
    for declared in CandidateList.objects.filter(declared_at__isnull=False, contest__election__in=ended).exclude(
        name=ERASED_NAME
    ):
        forget_names(declared)
    over = Signatory.objects.filter(pledge__candidate_list__contest__election__in=ended)
    kept = over.exclude(email="", phone="").values_list("pk", flat=True)
    return Signatory.objects.filter(pk__in=list(kept)).update(email="", phone="")
