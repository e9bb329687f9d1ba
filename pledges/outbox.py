"""Sending the mails owed: each is taken by one sender at a time, tried again when it fails, and never lost."""

import datetime
import logging
import smtplib

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from pledges import calendar, emails, failures
from pledges.enums import CampaignState, MailKind
from pledges.models import Invitation, ListContact, OutboxMail
from regions.models import Revision

logger = logging.getLogger(__name__)

# Longer than a conversation with a slow mail server (a dozen exchanges, each under its time-out of 20 seconds), so that
# two senders never hold a mail; shorter than five minutes, in which a sender that died must have been replaced.
LEASE = datetime.timedelta(minutes=4)
MINUTE = datetime.timedelta(minutes=1)
# Of what leaves in a minute, what invitations may take: who signs finds room.
SHARE_OF_INVITATIONS = 3, 4
# When a mail of a campaign in pause is looked at again, should nobody resume it: resuming makes it due.
PAUSE = datetime.timedelta(hours=1)
RETRY_AFTER = [datetime.timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 6 * 60, 12 * 60, 24 * 60)]


def deliver(mail_id: int) -> bool:
    """Send one mail owed, if it is due and nobody else is sending it.

    :return: Whether it has gone.
    """
    if not _take(mail_id):
        return False
    mail = (
        OutboxMail.objects.select_related(
            "region",
            "signatory",
            "user",
            "correction__region",
            "campaign__election__charter",
            "campaign__region",
            "invitation__campaign__election",
            "invitation__campaign__region",
            "invitation__contact",
            "invitation__candidate_list__contest__election__charter",
            "invitation__candidate_list__contest__region",
            "pledge__amends",
            "pledge__candidate",
            "pledge__charter",
            "pledge__candidate_list__contest__election",
            "pledge__candidate_list__contest__region",
        )
        .filter(pk=mail_id)
        .first()
    )
    if mail is None:  # its pledge was replaced or purged a moment ago, and took the mail with it
        return False
    if later := _not_before(mail):
        OutboxMail.objects.filter(pk=mail_id).update(next_try_at=later, leased_until=None, attempts=F("attempts") - 1)
        return False
    if code := _why_not(mail):
        return _give_up(mail, code)
    return _send(mail)


def silence_over(mail: OutboxMail) -> calendar.Silence | None:
    """The electoral silence that a mail must wait the end of, if any: that of its territory.

    What answers about a page of no territory may be read in any: it waits for the last of the silences in force.
    """
    if mail.region:
        return calendar.silence_in(mail.region)
    if mail.user or not mail.correction:
        return None
    return max(calendar.silences().values(), key=lambda window: window.ends_at, default=None)


def _not_before(mail: OutboxMail) -> datetime.datetime | None:
    """When a mail that may not leave now is to be looked at again; None for one that may."""
    if window := silence_over(mail):
        return window.ends_at
    campaign = mail.invitation.campaign if mail.invitation else None
    if campaign and campaign.state == CampaignState.PAUSED:
        return timezone.now() + PAUSE
    return _next_room(mail)


def _next_room(mail: OutboxMail) -> datetime.datetime | None:
    """When the mail server will take one more, by ``MAILS_PER_MINUTE``; None when it does now.

    What others are sending counts: several processes never exceed the limit together.
    """
    limit = settings.MAILS_PER_MINUTE
    if not limit:
        return None
    part, whole = SHARE_OF_INVITATIONS if mail.invitation_id else (1, 1)
    room = max(1, limit * part // whole)
    now = timezone.now()
    leaving = OutboxMail.objects.filter(leased_until__gt=now, sent_at=None).exclude(pk=mail.pk).count()
    lately = OutboxMail.objects.filter(sent_at__gt=now - MINUTE).order_by("-sent_at")
    left = [at or now for at in lately.values_list("sent_at", flat=True)[:room]]
    if len(left) + leaving < room:
        return None
    # As many as are too many must have left for more than a minute.
    return (left[-1] if left else now) + MINUTE


def deliver_due() -> tuple[int, int]:
    """Send all that is due, oldest first; what goes to lists comes after what goes to those who sign.

    :return: How many have gone, and how many have not.
    """
    outcomes = [deliver(mail_id) for mail_id in list(OutboxMail.objects.due().in_turn().values_list("pk", flat=True))]
    return sum(outcomes), len(outcomes) - sum(outcomes)


def _take(mail_id: int) -> bool:
    """Lease a mail, unless it is not due or somebody else holds it."""
    taken = OutboxMail.objects.due().filter(pk=mail_id)
    return bool(taken.update(leased_until=timezone.now() + LEASE, attempts=F("attempts") + 1))


def _why_not(mail: OutboxMail) -> str:
    """Why a mail must not leave any more, as the code that is kept of it; nothing when it may."""
    if not mail.recipient:
        return failures.NO_ADDRESS
    return "" if emails.is_still_true(mail) else failures.OVERTAKEN


def _send(mail: OutboxMail) -> bool:
    mailer = mailers.default
    try:
        message = emails.compose(mail)
        mailer.open()
        _hand_over(mailer, message)
        # At once, before any farewell to the server: a sender that dies between its « 250 » and here sends twice.
        _mark_sent(mail)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        _put_back(mail, error)
        return False
    finally:
        _hang_up(mailer)
    return True


def _hand_over(mailer: BaseEmailBackend, message: EmailMessage) -> None:
    """Give a message to the mail server: when this returns, the message is the server's."""
    mailer.send_messages([message])


@transaction.atomic
def _mark_sent(mail: OutboxMail) -> None:
    now = timezone.now()
    OutboxMail.objects.filter(pk=mail.pk).update(
        sent_at=now, leased_until=None, abandoned_at=None, recipient="", last_error=""
    )
    if mail.invitation and mail.region:
        on = calendar.today(mail.region)
        if Invitation.objects.filter(pk=mail.invitation.pk).mark_sent(now, on):
            Revision.advance()
    elif mail.kind == MailKind.MERGED:  # a list was asked: the public reads how many were
        Revision.advance()


def _hang_up(mailer: BaseEmailBackend) -> None:
    """Close the connection. What goes wrong there changes nothing to what became of the mail."""
    try:
        mailer.close()
    except (OSError, smtplib.SMTPException) as error:
        logger.info("the mail server did not say goodbye: %s", failures.code_of(error))


@transaction.atomic
def _give_up(mail: OutboxMail, code: str) -> bool:
    """Set a mail aside that must not leave any more, with the address it has no more use for."""
    if mail.invitation:
        Invitation.objects.filter(pk=mail.invitation.pk).drop()
    OutboxMail.objects.filter(pk=mail.pk).update(
        abandoned_at=timezone.now(), leased_until=None, recipient="", last_error=code, attempts=F("attempts") - 1
    )
    logger.info("mail %s not sent: %s", mail.pk, code)
    return False


@transaction.atomic
def _put_back(mail: OutboxMail, error: Exception) -> None:
    """Try later, or give up and show it: a mailbox that does not exist will not exist tomorrow."""
    now, code = timezone.now(), failures.code_of(error)
    if mail.attempts > len(RETRY_AFTER) or failures.is_final(error):
        changes = {"abandoned_at": now}
    else:
        changes = {"next_try_at": now + RETRY_AFTER[mail.attempts - 1]}
    # Not of a mail that another sender, seeing our lease over, has sent meanwhile.
    kept = OutboxMail.objects.filter(pk=mail.pk, sent_at=None).update(leased_until=None, last_error=code, **changes)
    if kept and mail.invitation and "abandoned_at" in changes:
        Invitation.objects.filter(pk=mail.invitation.pk).mark_undelivered(now, code)
        ListContact.objects.filter(invitations=mail.invitation).note_failure(now)
    logger.warning("mail %s not sent (attempt %s): %s", mail.pk, mail.attempts, code)
