"""The link of a private page, for whoever asks and has signed."""

from django.db import transaction
from django.db.models import F, Max, Q
from django.tasks import task
from django.utils import timezone

from pledges import limits
from pledges.actions.recording import lock, owe
from pledges.actions.signing import SEND_AGAIN_AFTER
from pledges.enums import LIVE, MailKind
from pledges.models import Signatory


def send_private_links(email: str) -> None:
    """Owe the link of their private page to whoever signed with this address; nothing to anyone else.

    Known or not, an address costs the request the same: one look-up and one task, which knows no address. All that
    depends on the answer is done outside the request, so that neither what is said nor how long it takes tells it.
    """
    signatories = Signatory.objects.filter(email__iexact=email, confirmed_at__isnull=False, pledge__state__in=LIVE)
    owe_private_links.enqueue(list(signatories.values_list("pk", flat=True)))


@task
def owe_private_links(signatory_ids: list[int]) -> None:
    """Owe each of these signatories their link: ten minutes after the last, and three a day to a mailbox."""
    # Who signed more than three times is owed first the links that they have waited for the longest.
    by_waiting = (
        Signatory.objects.filter(pk__in=signatory_ids)
        .annotate(last_sent_at=Max("mails__created_at", filter=Q(mails__kind=MailKind.PRIVATE)))
        .order_by(F("last_sent_at").asc(nulls_first=True), "pk")
    )
    for signatory in by_waiting.select_related("pledge__candidate_list__contest"):
        _owe_private_link(signatory)


@transaction.atomic
def _owe_private_link(signatory: Signatory) -> None:
    lock(signatory.pledge.candidate_list)
    # While we waited, it may have been withdrawn, or the same link asked for.
    still = Signatory.objects.filter(pk=signatory.pk, email=signatory.email, pledge__state__in=LIVE)
    mails = signatory.mails.filter(kind=MailKind.PRIVATE)
    if mails.filter(created_at__gt=timezone.now() - SEND_AGAIN_AFTER).exists() or not still.exists():
        return
    if limits.PRIVATE_LINKS_TO_MAILBOX.take(limits.mailbox_of(signatory.email)):
        owe(MailKind.PRIVATE, signatory, pledge=signatory.pledge, again=mails.count())
