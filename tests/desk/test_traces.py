"""What the desk keeps of those who worked at it goes in time; who decided what stays."""

import datetime

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from desk.actions.retention import ForgottenTraces, forget_traces
from desk.enums import Outcome
from desk.models import LogIn, RecoveryCode
from pledges.actions.recording import record
from pledges.enums import Act
from pledges.models import JournalEntry
from tests.pledges.factories import PledgeFactory
from tests.regions.factories import UserFactory

pytestmark = pytest.mark.django_db


def days_ago(days):
    return timezone.now() - datetime.timedelta(days=days)


@pytest.fixture
def closed():
    """Someone who left, whose address was their name."""
    user = UserFactory(username="mona@example.org", email="mona@example.org", first_name="Mona", is_active=False)
    TOTPDevice.objects.create(user=user, name="téléphone")
    RecoveryCode.objects.create(user=user, digest="0" * 64)
    return user


@pytest.mark.parametrize(("days", "forgotten"), [(89, 0), (91, 1)])
def test_log_ins_go_after_three_months_even_when_nobody_comes_in(days, forgotten):
    LogIn.objects.create(user=UserFactory(), at=days_ago(days), outcome=Outcome.ENTERED)

    assert forget_traces() == ForgottenTraces(log_ins=forgotten, accounts=0)
    assert LogIn.objects.count() == 1 - forgotten


@pytest.mark.parametrize("field", ["last_login", "date_joined"])
@pytest.mark.parametrize(("days", "forgotten"), [(182, 0), (184, 1)])
def test_a_closed_account_loses_its_address_and_second_factor_after_six_months(closed, field, days, forgotten):
    setattr(closed, field, days_ago(days))
    closed.save()

    assert forget_traces() == ForgottenTraces(log_ins=0, accounts=forgotten)

    closed.refresh_from_db()
    kept = (closed.email, TOTPDevice.objects.count(), RecoveryCode.objects.count())
    assert kept == (("", 0, 0) if forgotten else ("mona@example.org", 1, 1))
    assert closed.first_name == "Mona"
    assert ("@" in closed.username) is not bool(forgotten)
    assert not forget_traces()


def test_an_open_account_keeps_its_address_however_long_ago_it_came_in():
    UserFactory(email="mona@example.org", last_login=days_ago(4000))

    assert not forget_traces()


def test_who_decided_stays_in_the_journal(closed):
    entry = record(Act.PLEDGE_PUBLISHED, PledgeFactory(published=True), by=closed)
    closed.last_login = days_ago(400)
    closed.save()

    forget_traces()

    assert JournalEntry.objects.get(pk=entry.pk).by == closed


def test_the_daily_command_forgets_and_counts_them(closed, capsys):
    closed.last_login = days_ago(400)
    closed.save()

    call_command("purge_expired")
    call_command("purge_expired")

    first, second = capsys.readouterr().out.splitlines()
    assert first.endswith("les adresses de 1 comptes fermés.")
    assert second == "Rien à effacer."
