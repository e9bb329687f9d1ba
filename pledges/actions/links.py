"""The links that someone asks for again: of a private page, or of a signature that waits to be confirmed."""

from django.db import transaction
from django.db.models import F, Max, Q
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext as _

from pledges import limits
from pledges.actions.recording import lock, owe
from pledges.actions.signing import SEND_AGAIN_AFTER, LinkUnusableError, send_again
from pledges.enums import CODES, LIVE, LinkPurpose, MailKind, PledgeState
from pledges.models import MailLink, Signatory


def send_links(email: str) -> None:
    """Owe this address the links that wait for it; nothing to anyone else.

    Known or not, an address costs the request the same: one look-up and one task, which knows no address. All that
    depends on the answer is done outside the request, so that neither what is said nor how long it takes tells it.
    """
    waiting = Q(confirmed_at__isnull=False, pledge__state__in=LIVE) | Q(
        confirmed_at=None, pledge__state=PledgeState.SUBMITTED
    )
    owe_links.enqueue(list(Signatory.objects.filter(waiting, email__iexact=email).values_list("pk", flat=True)))


@task
def owe_links(signatory_ids: list[int]) -> None:
    """Owe each of these signatories their link: ten minutes after the last, and three a day to a mailbox."""
    # Who signed more than three times is owed first the links that they have waited for the longest.
    by_waiting = (
        Signatory.objects.filter(pk__in=signatory_ids)
        .annotate(last_sent_at=Max("mails__created_at", filter=Q(mails__kind=MailKind.PRIVATE)))
        .order_by(F("last_sent_at").asc(nulls_first=True), "pk")
    )
    for signatory in by_waiting.select_related("pledge__candidate_list__contest"):
        _owe_link(signatory)


@transaction.atomic
def exchange_code(typed: str) -> tuple[LinkPurpose, str]:
    """Spend the short code of a mail, for a link that does what the mail's own link does.

    :param typed: With or without spaces, hyphens and capitals.
    :return: What the link opens, and its token.
    :raises LinkUnusableError: When the code is unknown, has been typed already, or is over.
    """
    link = MailLink.objects.for_code(typed).select_related("signatory").first()
    if not link or not MailLink.objects.filter(pk=link.pk).use(used_at=timezone.now()):
        raise LinkUnusableError(
            _("Ce code n’est pas le bon, a déjà servi, ou a plus de dix minutes. Le lien du courriel vaut toujours.")
        )
    purpose = CODES[LinkPurpose(link.purpose)]
    return purpose, MailLink.objects.mint(link.signatory, purpose)


@transaction.atomic
def _owe_link(signatory: Signatory) -> None:
    pledge = signatory.pledge
    lock(pledge.candidate_list)
    # While we waited, it may have been confirmed or withdrawn, or the same link asked for.
    still = Signatory.objects.filter(pk=signatory.pk, email=signatory.email)
    if still.filter(confirmed_at=None, pledge__state=PledgeState.SUBMITTED).exists():
        send_again(pledge, signatory)
    elif still.filter(confirmed_at__isnull=False, pledge__state__in=LIVE).exists():
        mails = signatory.mails.filter(kind=MailKind.PRIVATE)
        if mails.filter(created_at__gt=timezone.now() - SEND_AGAIN_AFTER).exists():
            return
        if limits.PRIVATE_LINKS_TO_MAILBOX.take(limits.mailbox_of(signatory.email)):
            owe(MailKind.PRIVATE, signatory, pledge=pledge, again=mails.count())
