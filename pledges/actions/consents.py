"""What a signer agrees to, and takes back: each time a journal entry, with the version of the words they read."""

from django.db import transaction
from django.utils import timezone

from pledges import consent
from pledges.actions.recording import lock, record
from pledges.enums import Act, ConsentPurpose, Door
from pledges.models import Signatory


def record_consent(signatory: Signatory, purpose: ConsentPurpose, *, given: bool, door: Door) -> None:
    """Write in the journal that a person agrees, or does so no more, in the act's own transaction."""
    record(
        Act.CONSENT_GIVEN if given else Act.CONSENT_WITHDRAWN,
        signatory.pledge,
        signatory=signatory.pk,
        purpose=purpose,
        version=consent.VERSION,
        door=door,
    )


@transaction.atomic
def accept_contact(signatory: Signatory, *, accepts: bool) -> bool:
    """Agree to be written to by one's network, or agree no more: for the pledge and what amends it.

    :return: Whether it changes anything: saying the same again is no new consent.
    """
    lock(signatory.pledge.candidate_list)
    signatory = Signatory.objects.select_related("pledge__candidate_list__contest").get(pk=signatory.pk)
    rows = Signatory.objects.same_person(signatory) | Signatory.objects.filter(pk=signatory.pk)
    changed = rows.filter(consented_to_contact_at__isnull=accepts)
    keys = list(changed.values_list("pk", flat=True))
    if not keys:
        return False
    record_consent(signatory, ConsentPurpose.CONTACT, given=accepts, door=Door.PRIVATE_PAGE)
    Signatory.objects.filter(pk__in=keys).update(consented_to_contact_at=timezone.now() if accepts else None)
    return True
