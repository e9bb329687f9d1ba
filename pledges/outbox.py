"""Sending the mails owed: each is taken by one sender at a time, tried again when it fails, and never lost."""

import datetime
import logging
import smtplib

from django.db.models import F
from django.utils import timezone

from pledges import calendar, emails
from pledges.models import OutboxMail

logger = logging.getLogger(__name__)

# Longer than the mail server's own time-out: a sender that died is replaced after it.
LEASE = datetime.timedelta(minutes=2)
RETRY_AFTER = [datetime.timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 6 * 60, 12 * 60, 24 * 60)]


def deliver(mail_id: int) -> bool:
    """Send one mail owed, if it is due and nobody else is sending it.

    :return: Whether it has gone.
    """
    now = timezone.now()
    taken = OutboxMail.objects.due().filter(pk=mail_id)
    if not taken.update(leased_until=now + LEASE, attempts=F("attempts") + 1):
        return False
    mail = (
        OutboxMail.objects.select_related(
            "region", "signatory", "pledge__candidate", "pledge__candidate_list__contest__election"
        )
        .filter(pk=mail_id)
        .first()
    )
    if mail is None:  # its pledge was replaced or purged a moment ago, and took the mail with it
        return False
    if window := calendar.silence_in(mail.region, now):
        OutboxMail.objects.filter(pk=mail_id).update(
            next_try_at=window.ends_at, leased_until=None, attempts=F("attempts") - 1
        )
        return False
    try:
        emails.compose(mail).send()
    except (OSError, smtplib.SMTPException) as error:
        _put_back(mail, error)
        return False
    OutboxMail.objects.filter(pk=mail_id).update(sent_at=timezone.now(), leased_until=None, recipient="", last_error="")
    return True


def deliver_due() -> tuple[int, int]:
    """Send all that is due, oldest first.

    :return: How many have gone, and how many have not.
    """
    outcomes = [deliver(mail_id) for mail_id in list(OutboxMail.objects.due().values_list("pk", flat=True))]
    return sum(outcomes), len(outcomes) - sum(outcomes)


def _put_back(mail: OutboxMail, error: OSError | smtplib.SMTPException) -> None:
    """Try later, or give up and show it: a mailbox that does not exist will not exist tomorrow."""
    now = timezone.now()
    mail.leased_until = None
    mail.last_error = _describe(error)
    if mail.attempts > len(RETRY_AFTER) or _is_final(error):
        mail.abandoned_at = now
    else:
        mail.next_try_at = now + RETRY_AFTER[mail.attempts - 1]
    mail.save(update_fields=["leased_until", "last_error", "abandoned_at", "next_try_at"])
    logger.warning("mail %s not sent (attempt %s): %s", mail.pk, mail.attempts, mail.last_error)


def _codes(error: OSError | smtplib.SMTPException) -> list[int]:
    """The SMTP codes of a refusal."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return [code for code, _text in error.recipients.values()]
    return [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else []


def _is_final(error: OSError | smtplib.SMTPException) -> bool:
    """Whether the server refused this recipient or message for good (RFC 5321: 5yz)."""
    refused = isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError)
    return refused and all(500 <= code < 600 for code in _codes(error))


def _describe(error: OSError | smtplib.SMTPException) -> str:
    """What went wrong, without the address that a server's answer often repeats."""
    codes = " ".join(map(str, _codes(error)))
    return f"{type(error).__name__} {codes}".strip()
