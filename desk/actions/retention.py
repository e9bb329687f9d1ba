"""Forgetting in time what the desk keeps of those who worked at it."""

from dataclasses import astuple, dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from desk.actions.second_factor import forget_second_factor
from desk.models import LogIn
from regions.models import User

LOG_INS_KEPT = timedelta(days=90)
CLOSED_ACCOUNT = timedelta(days=183)  # six months after its last log-in


@dataclass(frozen=True, slots=True)
class ForgottenTraces:
    """What was forgotten, in counts."""

    log_ins: int
    accounts: int

    def __bool__(self) -> bool:
        return any(astuple(self))


def forget_traces() -> ForgottenTraces:
    """Delete old log-ins, and blank the address and the second factor of accounts closed for long. Safe to repeat.

    The account stays, with its name: the journal says who decided what.
    """
    return ForgottenTraces(log_ins=forget_old_log_ins(), accounts=_forget_closed_accounts())


def forget_old_log_ins() -> int:
    """Delete the log-ins of more than three months ago."""
    deleted, _by_model = LogIn.objects.filter(at__lt=timezone.now() - LOG_INS_KEPT).delete()
    return deleted


def _forget_closed_accounts() -> int:
    before = timezone.now() - CLOSED_ACCOUNT
    last_seen = Q(last_login__lt=before) | Q(last_login=None, date_joined__lt=before)
    forgotten = 0
    for user in User.objects.filter(last_seen, is_active=False).exclude(email="").order_by("pk"):
        with transaction.atomic():
            # An administrator may be opening it again at this moment.
            closed = User.objects.select_for_update().filter(pk=user.pk, is_active=False).first()
            if closed is None:
                continue
            if closed.username.lower() == closed.email.lower():  # invited: the address is the name
                closed.username = f"compte-{closed.pk}"
            closed.email = ""
            closed.set_unusable_password()
            closed.save(update_fields=["email", "username", "password"])
            forget_second_factor(closed)
            forgotten += 1
    return forgotten
