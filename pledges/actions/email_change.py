"""Correcting one's address: the mailbox it leaves and the one it goes to both say yes, in either order."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pledges import calendar
from pledges.actions.forgetting import close_changes
from pledges.actions.recording import lock, owe, record
from pledges.actions.signing import LinkUnusableError, SigningClosedError
from pledges.enums import LIVE, Act, LinkPurpose, MailKind
from pledges.models import EmailChange, MailLink, OutboxMail, Signatory

CHANGES_A_DAY = 3  # each writes to an address that nobody has proved: not a means to flood someone's mailbox
CONFIRMED_AT = {LinkPurpose.APPROVE: "approved_at", LinkPurpose.PROVE: "proved_at"}


class EmailChangeError(Exception):
    """The address cannot become that one. The text says why."""


@transaction.atomic
def ask_change(signatory: Signatory, *, new_email: str) -> EmailChange:
    """Ask for another address, and write to both mailboxes. It takes the place of an earlier demand.

    :raises EmailChangeError: When it is the present address or the other member's, or was asked too often.
    :raises SigningClosedError: During the electoral silence: no mail would leave before the demand is over.
    """
    pledge = signatory.pledge
    if window := calendar.silence_in(pledge.candidate_list.contest.region):
        raise SigningClosedError(str(window))
    lock(pledge.candidate_list)
    signatory = _read_again(signatory)
    if not signatory.email or signatory.pledge.state not in LIVE:
        raise EmailChangeError(_("Cet engagement n’est plus en cours : il n’y a plus d’adresse à changer."))
    if signatory.email.casefold() == new_email.casefold():
        raise EmailChangeError(_("C’est déjà votre adresse."))
    if _is_of_the_other_member(signatory, new_email):
        raise EmailChangeError(_("Chaque membre du binôme confirme depuis sa propre adresse."))
    sent = OutboxMail.objects.filter(signatory=signatory, kind=MailKind.PROVE).exclude(sent_at=None)
    if sent.filter(created_at__gt=timezone.now() - timedelta(days=1)).count() >= CHANGES_A_DAY:
        raise EmailChangeError(_("Trois demandes au plus en un jour : réessayez demain."))
    close_changes(signatory.email_changes.all())
    change = EmailChange.objects.create(signatory=signatory, new_email=new_email, asked_at=timezone.now())
    record(Act.EMAIL_CHANGE_ASKED, signatory.pledge, signatory=signatory.pk)
    owe(MailKind.APPROVE, signatory, pledge=signatory.pledge)
    owe(MailKind.PROVE, signatory, pledge=signatory.pledge, recipient=new_email)
    return change


@transaction.atomic
def confirm_change(link: MailLink) -> bool:
    """Say yes from one of the two mailboxes, whose link this is.

    :return: Whether both have: the address is then changed.
    :raises LinkUnusableError: When the change is over, or this mailbox has said yes already.
    :raises EmailChangeError: When the other member of the binôme took that address meanwhile: nothing changes.
    """
    lock(link.signatory.pledge.candidate_list)
    change = _spend(link)
    confirmed_at = CONFIRMED_AT[LinkPurpose(link.purpose)]
    now = timezone.now()
    # Twice the same mail, after a sender that died, is two links: the second finds it said.
    if not EmailChange.objects.filter(pk=change.pk, **{confirmed_at: None}).update(**{confirmed_at: now}):
        raise LinkUnusableError
    setattr(change, confirmed_at, now)
    if change.is_confirmed:
        _apply(change)
    return change.is_confirmed


@transaction.atomic
def refuse_change(link: MailLink) -> None:
    """Say no from the present mailbox: the change is dropped, and so is every link to the private page.

    Whoever asked held such a link: it may be in the wrong hands.

    :raises LinkUnusableError: When the change is over.
    """
    if link.purpose != LinkPurpose.APPROVE:
        raise LinkUnusableError
    lock(link.signatory.pledge.candidate_list)
    change = _spend(link)
    signatory = _read_again(change.signatory)
    rows = Signatory.objects.same_person(signatory)
    private = MailLink.objects.filter(signatory__in=rows, purpose__in=(LinkPurpose.PRIVATE, LinkPurpose.PRIVATE_CODE))
    private.usable().update(expires_at=timezone.now())
    close_changes(EmailChange.objects.filter(pk=change.pk))
    record(Act.EMAIL_CHANGE_REFUSED, signatory.pledge, signatory=signatory.pk)


def _spend(link: MailLink) -> EmailChange:
    """Use a link of a change that still waits. The caller holds the list's lock."""
    change = EmailChange.objects.open().select_related("signatory").filter(links=link).first()
    if change is None or not change.signatory.email:
        raise LinkUnusableError
    if not MailLink.objects.filter(pk=link.pk, purpose__in=CONFIRMED_AT).use(used_at=timezone.now()):
        raise LinkUnusableError
    return change


def _read_again(signatory: Signatory) -> Signatory:
    """The row as it is under the list's lock."""
    return Signatory.objects.select_related("pledge__candidate_list__contest").get(pk=signatory.pk)


def _is_of_the_other_member(signatory: Signatory, email: str) -> bool:
    """Whether someone else signs from that mailbox, in the pledge or in one that amends it."""
    pledges = Signatory.objects.same_person(signatory).values("pledge")
    others = Signatory.objects.filter(pledge__in=pledges).exclude(pk__in=Signatory.objects.same_person(signatory))
    return others.with_email(email).exists()


def _apply(change: EmailChange) -> None:
    """Put the new address wherever this person's old one is for this list; what leads to the old one stops working."""
    signatory = _read_again(change.signatory)
    if _is_of_the_other_member(signatory, change.new_email):
        raise EmailChangeError(_("Chaque membre du binôme confirme depuis sa propre adresse."))
    rows = list(Signatory.objects.same_person(signatory).select_related("pledge__candidate_list__contest"))
    keys = [row.pk for row in rows]
    close_changes(EmailChange.objects.filter(signatory__in=keys))
    Signatory.objects.filter(pk__in=keys).update(email=change.new_email)
    MailLink.objects.filter(signatory__in=keys).usable().update(expires_at=timezone.now())
    # Given up on the old address, or not yet gone: both go to the new one.
    waiting = OutboxMail.objects.filter(signatory__in=keys, sent_at=None).exclude(recipient="")
    waiting.update(recipient=change.new_email)
    record(Act.EMAIL_CHANGED, signatory.pledge, signatory=signatory.pk)
    for row in rows:
        if row.confirmed_at is None:  # an amendment that this person has still to confirm: its link has just ended
            row.email = change.new_email
            owe(MailKind.CONFIRM, row, pledge=row.pledge, again=row.mails.filter(kind=MailKind.CONFIRM).count())
