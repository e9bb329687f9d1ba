"""Sending the mails owed: each is taken by one sender at a time, tried again when it fails, and never lost."""

import datetime
import logging
import smtplib

from django.core.mail import EmailMessage, mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F
from django.utils import timezone

from pledges import calendar, emails, failures
from pledges.models import OutboxMail

logger = logging.getLogger(__name__)

# Longer than a conversation with a slow mail server (a dozen exchanges, each under its time-out of 20 seconds), so that
# two senders never hold a mail; shorter than five minutes, in which a sender that died must have been replaced.
LEASE = datetime.timedelta(minutes=4)
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
    if window := silence_over(mail):
        OutboxMail.objects.filter(pk=mail_id).update(
            next_try_at=window.ends_at, leased_until=None, attempts=F("attempts") - 1
        )
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


def deliver_due() -> tuple[int, int]:
    """Send all that is due, oldest first.

    :return: How many have gone, and how many have not.
    """
    outcomes = [deliver(mail_id) for mail_id in list(OutboxMail.objects.due().values_list("pk", flat=True))]
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


def _mark_sent(mail: OutboxMail) -> None:
    OutboxMail.objects.filter(pk=mail.pk).update(
        sent_at=timezone.now(), leased_until=None, abandoned_at=None, recipient="", last_error=""
    )


def _hang_up(mailer: BaseEmailBackend) -> None:
    """Close the connection. What goes wrong there changes nothing to what became of the mail."""
    try:
        mailer.close()
    except (OSError, smtplib.SMTPException) as error:
        logger.info("the mail server did not say goodbye: %s", failures.code_of(error))


def _give_up(mail: OutboxMail, code: str) -> bool:
    """Set a mail aside that must not leave any more, with the address it has no more use for."""
    OutboxMail.objects.filter(pk=mail.pk).update(
        abandoned_at=timezone.now(), leased_until=None, recipient="", last_error=code, attempts=F("attempts") - 1
    )
    logger.info("mail %s not sent: %s", mail.pk, code)
    return False


def _put_back(mail: OutboxMail, error: Exception) -> None:
    """Try later, or give up and show it: a mailbox that does not exist will not exist tomorrow."""
    now, code = timezone.now(), failures.code_of(error)
    if mail.attempts > len(RETRY_AFTER) or failures.is_final(error):
        changes = {"abandoned_at": now}
    else:
        changes = {"next_try_at": now + RETRY_AFTER[mail.attempts - 1]}
    # Not of a mail that another sender, seeing our lease over, has sent meanwhile.
    OutboxMail.objects.filter(pk=mail.pk, sent_at=None).update(leased_until=None, last_error=code, **changes)
    logger.warning("mail %s not sent (attempt %s): %s", mail.pk, mail.attempts, code)
