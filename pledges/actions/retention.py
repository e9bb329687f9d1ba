"""Forgetting in time what has no more use (design: RGPD, retention)."""

from dataclasses import astuple, dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from pledges import limits, proof
from pledges.actions.recording import lock, record
from pledges.enums import Act, PledgeState
from pledges.models import OutboxMail, Pledge, Signatory

UNCONFIRMED = timedelta(days=7)
CONTACT_AFTER_MANDATE = timedelta(days=183)  # six months
UNDELIVERABLE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Purged:
    """What was forgotten, in counts."""

    pledges: int
    contacts: int
    addresses: int
    requests: int

    def __bool__(self) -> bool:
        return any(astuple(self))


def purge_expired() -> Purged:
    """Delete the signatures that nobody confirmed, and blank the contact data whose time is over. Safe to repeat.

    The hashed addresses of requests go as soon as they no longer limit anything: after four days at most.
    """
    return Purged(
        pledges=_delete_unconfirmed(),
        contacts=_forget_contacts(),
        addresses=OutboxMail.objects.filter(abandoned_at__lt=timezone.now() - UNDELIVERABLE)
        .exclude(recipient="")
        .update(recipient=""),
        requests=limits.forget() + proof.forget(),
    )


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
