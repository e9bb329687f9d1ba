"""The addresses that lists can be written to: given one by one or by a file, and erased."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from pledges.actions.campaigns import ask_newcomers
from pledges.actions.recording import record_at_large
from pledges.enums import Act, AddressKind
from pledges.models import CandidateList, ListContact, OutboxMail
from pledges.models.contact import ListContactQuerySet
from regions.models import User


@dataclass(frozen=True, slots=True)
class Address:
    """An address that somebody found for a list."""

    candidate_list: CandidateList
    email: str
    kind: AddressKind
    source: str
    found_on: datetime.date


@transaction.atomic
def add_contacts(addresses: Sequence[Address], *, by: User) -> list[ListContact]:
    """Keep addresses of lists, all or none; where a campaign runs, these lists are asked at once, on the same terms.

    An address that is known is as if found anew: it may be tried again after it was refused.

    :param addresses: Of lists loaded with their contest, election and region.
    :return: The addresses kept, in the same order.
    """
    CandidateList.objects.filter(pk__in=[each.candidate_list.pk for each in addresses]).take()
    kept = [_keep(address, by) for address in addresses]
    for address in addresses:
        contest = address.candidate_list.contest
        record_at_large(
            Act.CONTACT_ADDED,
            by=by,
            region=contest.region,
            election=contest.election,
            list=address.candidate_list.pk,
            kind=str(address.kind),
        )
    ask_newcomers([address.candidate_list for address in addresses])
    return kept


@transaction.atomic
def forget_addresses(contacts: ListContactQuerySet) -> int:
    """Erase addresses, with the mails that wait for them or that no mail server took.

    :return: How many addresses were still kept.
    """
    kept = list(contacts.kept().values_list("pk", flat=True))
    OutboxMail.objects.filter(invitation__contact__in=kept, sent_at=None).delete()
    return ListContact.objects.filter(pk__in=kept).erase()


@transaction.atomic
def erase_contact(contact: ListContact, *, by: User | None) -> bool:
    """Forget an address: what was to leave for it does not.

    :param by: None when its owner asks for it.

    :return: Whether it was still kept.
    """
    if not forget_addresses(ListContact.objects.filter(pk=contact.pk)):
        return False
    contest = contact.candidate_list.contest
    record_at_large(
        Act.CONTACT_ERASED,
        by=by,
        region=contest.region,
        election=contest.election,
        list=contact.candidate_list_id,
        kind=str(contact.kind),
    )
    ask_newcomers([contact.candidate_list])  # by another address, if there is one
    return True


def _keep(address: Address, by: User) -> ListContact:
    found = {
        "kind": address.kind,
        "source": address.source,
        "found_on": address.found_on,
        "added_at": timezone.now(),
        "added_by": by,
        "failed_at": None,
    }
    known = ListContact.objects.with_email(address.email).filter(candidate_list=address.candidate_list)
    contact = known.first() or ListContact(candidate_list=address.candidate_list, email=address.email)
    for name, value in found.items():
        setattr(contact, name, value)
    contact.save()
    return contact
