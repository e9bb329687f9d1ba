"""What a network does about a mail that did not leave."""

from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pledges import emails, failures, outbox, tasks
from pledges.actions.recording import record, record_at_large
from pledges.enums import Act
from pledges.models import OutboxMail
from regions.models import User
from regions.typography import day, hour


class CannotSendAgainError(Exception):
    """The mail has left, is leaving, or must not leave. The text says which."""


@transaction.atomic
def send_again(mail: OutboxMail, *, by: User) -> OutboxMail:
    """Send now a mail that was given up, or that waits for its next try, with all its tries before it again.

    :raises CannotSendAgainError: When there is nothing to send, nobody to send it to, or silence to keep.
    """
    mail = OutboxMail.objects.select_related(
        "region",
        "signatory",
        "user",
        "correction__region",
        "invitation__campaign__election",
        "invitation__campaign__region",
        "invitation__contact",
        "pledge__candidate_list__contest",
    ).get(pk=mail.pk)
    if reason := _why_not(mail):
        raise CannotSendAgainError(reason)
    now = timezone.now()
    # Conditional: a sender may take it, or send it, at this very moment.
    freed = OutboxMail.objects.filter(pk=mail.pk, sent_at=None).exclude(recipient="").exclude(leased_until__gt=now)
    if not freed.update(abandoned_at=None, leased_until=None, next_try_at=now, attempts=0):
        raise CannotSendAgainError(_("Ce courrier est en cours d’envoi."))
    if mail.pledge:
        record(Act.MAIL_RESENT, mail.pledge, by=by, mail=mail.kind, signatory=mail.signatory_id)
    elif mail.correction:
        region = mail.correction.region
        record_at_large(Act.MAIL_RESENT, by=by, region=region, mail=mail.kind, correction=mail.correction_id)
    elif mail.invitation:
        sent_to = mail.invitation.candidate_list_id
        record_at_large(Act.MAIL_RESENT, by=by, region=mail.region, mail=mail.kind, list=sent_to)
    else:
        record_at_large(Act.MAIL_RESENT, by=by, mail=mail.kind, user=mail.user_id)
    transaction.on_commit(partial(tasks.send_mail.enqueue, mail.pk), robust=True)
    mail.refresh_from_db()
    return mail


def _why_not(mail: OutboxMail) -> str:
    """Why a mail cannot be sent again, in a sentence; nothing when it can."""
    if mail.sent_at:
        at = timezone.localtime(mail.sent_at)
        return _("Ce courrier est parti le %(day)s à %(hour)s.") % {
            "day": day(at),
            "hour": hour(at),
        }
    if mail.last_error == failures.OVERTAKEN or not emails.is_still_true(mail):
        return _("Ce courrier n’a plus d’objet : l’engagement a changé d’état depuis.")
    if not mail.recipient:
        return _("L’adresse a été effacée : ce courrier ne peut plus partir.")
    if window := outbox.silence_over(mail):
        return str(window)
    if mail.leased_until and mail.leased_until > timezone.now():
        return _("Ce courrier est en cours d’envoi.")
    return ""
