"""Forgetting in time what has no more use (design: RGPD, retention)."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from pledges.actions.forgetting import close_changes
from pledges.actions.recording import lock, record
from pledges.enums import Act, PledgeState
from pledges.models import EmailChange, OutboxMail, Pledge, Signatory

UNCONFIRMED = timedelta(days=7)
CONTACT_AFTER_MANDATE = timedelta(days=183)  # six months
UNDELIVERABLE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Purged:
    """What was forgotten, in counts."""

    pledges: int
    contacts: int
    addresses: int
    email_changes: int = 0

    def __bool__(self) -> bool:
        return bool(self.pledges or self.contacts or self.addresses or self.email_changes)


def purge_expired() -> Purged:
    """Delete the signatures that nobody confirmed, and blank the contact data whose time is over. Safe to repeat."""
    return Purged(
        pledges=_delete_unconfirmed(),
        contacts=_forget_contacts(),
        addresses=OutboxMail.objects.filter(abandoned_at__lt=timezone.now() - UNDELIVERABLE)
        .exclude(recipient="")
        .update(recipient=""),
        email_changes=_drop_email_changes(),
    )


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
                deleted += 1
    return deleted


def _forget_contacts() -> int:
    """Blank the addresses and numbers kept since a mandate that ended six months ago."""
    over = Signatory.objects.filter(
        pledge__candidate_list__contest__election__mandate_ends_on__lt=timezone.localdate() - CONTACT_AFTER_MANDATE
    )
    kept = over.exclude(email="", phone="").values_list("pk", flat=True)
    return Signatory.objects.filter(pk__in=list(kept)).update(email="", phone="")
