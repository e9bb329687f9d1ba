"""Limits that hold whatever the number of threads, workers and spellings."""

import datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from pledges import limits
from pledges.limits import Limit, TooManyError, mailbox_of
from pledges.models import Allowance

pytestmark = pytest.mark.django_db

START = datetime.datetime(2027, 5, 3, 9, tzinfo=datetime.UTC)
SECOND, MINUTE, HOUR, DAY = (datetime.timedelta(seconds=seconds) for seconds in (1, 60, 3600, 86400))
SIX_AN_HOUR = Limit("test", 6, HOUR)


def taken(limit, value="x", tries=1):
    """How many of these tries pass."""
    return sum(limit.take(value) for _ in range(tries))


def test_all_at_once_then_one_each_time_a_share_of_the_period_has_passed():
    counts = []
    with time_machine.travel(START, tick=False) as clock:
        for wait in (0, 10 * MINUTE - SECOND, SECOND, 20 * MINUTE, HOUR, 24 * HOUR):
            clock.shift(wait)
            counts.append(taken(SIX_AN_HOUR, tries=10))

    assert counts == [6, 0, 1, 2, 6, 6]


def test_what_is_refused_takes_nothing():
    with time_machine.travel(START, tick=False) as clock:
        taken(SIX_AN_HOUR, tries=1000)
        clock.shift(10 * MINUTE)

        assert taken(SIX_AN_HOUR) == 1


def test_the_wait_is_the_moment_when_one_passes():
    with time_machine.travel(START, tick=False) as clock:
        before = SIX_AN_HOUR.wait("x")
        taken(SIX_AN_HOUR, tries=6)
        wait = SIX_AN_HOUR.wait("x")
        clock.shift(wait - SECOND)
        too_early = taken(SIX_AN_HOUR)
        clock.shift(SECOND)

        assert (before, wait, too_early, taken(SIX_AN_HOUR)) == (0 * MINUTE, 10 * MINUTE, 0, 1)


def test_each_value_and_each_kind_has_its_own_allowance():
    other_kind = Limit("other", 6, HOUR)

    assert [taken(limit, value, 10) for limit in (SIX_AN_HOUR, other_kind) for value in ("a", "b", 3)] == [6] * 6


@pytest.mark.parametrize("rhythm", [7 * MINUTE, HOUR, 5 * HOUR])
def test_three_mails_a_day_are_three_in_any_twenty_four_hours(rhythm):
    sent = []
    with time_machine.travel(START, tick=False) as clock:
        for _ in range(int(10 * DAY / rhythm)):
            if limits.MAILS_TO_UNPROVED.take("x"):
                sent.append(datetime.datetime.now(datetime.UTC))
            clock.shift(rhythm)

    in_a_day = [sum(start <= moment < start + DAY for moment in sent) for start in sent]
    assert max(in_a_day) == 3


@pytest.mark.django_db(transaction=True)
def test_fifty_at_the_same_moment_pass_as_many_as_the_limit_says(in_threads):
    limit = Limit("test", 20, HOUR)

    with time_machine.travel(START, tick=False):
        outcomes = in_threads(lambda: limit.take("x"), 50)

    assert sorted(outcomes) == [False] * 30 + [True] * 20
    assert Allowance.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_act_that_is_rolled_back_gives_back_what_it_took():
    for _ in range(10):
        with transaction.atomic():
            limits.MAILS_TO_UNPROVED.take("x")
            transaction.set_rollback(True)

    assert taken(limits.MAILS_TO_UNPROVED, tries=10) == 3


def test_no_address_is_stored():
    limits.SIGNATURES_FOR_MAILBOX.take("tete@example.org")

    [row] = Allowance.objects.values_list("key", flat=True)
    assert len(row) == 64
    assert set(row) <= set("0123456789abcdef")


@pytest.mark.parametrize("key", ["tete@example.org", "192.0.2.7", f"{'a' * 52}@example.org", ""])
def test_the_database_refuses_an_address_in_clear(key):
    with pytest.raises(IntegrityError, match="allowance_keeps_no_address"), transaction.atomic():
        Allowance.objects.create(key=key, full_again_ms=0)
    with pytest.raises(ValidationError):
        Allowance(key=key, full_again_ms=0).validate_constraints()


def test_the_key_depends_on_the_secret_of_the_portal(settings):
    limits.LINKS_FROM_NETWORK.take("192.0.2.7")
    settings.SECRET_KEY = "another secret, long enough to be accepted by the settings"
    limits.LINKS_FROM_NETWORK.take("192.0.2.7")

    assert Allowance.objects.count() == 2


# --- One mailbox, however it is written ---


@pytest.mark.parametrize(
    "email",
    [
        "victime@example.org",
        "VICTIME@Example.ORG",
        "victime+1@example.org",
        '"victime"@example.org',
        r'"v\i\ctime"@example.org',
        "victime@ｅxample.org",
        "victime@ℯxample.org",
        "victime@exa\u00admple.org",
    ],
)
def test_ways_to_write_one_mailbox_are_counted_as_one(email):
    validate_email(email)

    assert mailbox_of(email) == "victime@example.org"


def test_letters_that_a_form_takes_for_others_are_those_others():
    validate_email("v\N{KELVIN SIGN}@example.org")

    assert mailbox_of("v\N{KELVIN SIGN}@example.org") == "vk@example.org"


def test_an_accented_domain_is_its_ascii_form():
    assert mailbox_of("a@exämple.org") == mailbox_of("a@xn--exmple-cua.org") == "a@xn--exmple-cua.org"


@pytest.mark.parametrize("email", ["+a@example.org", "a@" + "ä" * 62 + ".org", "", "nonsense", '"'])
def test_odd_addresses_are_still_counted(email):
    assert taken(SIX_AN_HOUR, mailbox_of(email), 10) == 6


def test_different_mailboxes_stay_different():
    assert len({mailbox_of(email) for email in ("a@example.org", "b@example.org", "a@example.com", "a.b@x.fr")}) == 4


# --- What the refused are told ---


@pytest.mark.parametrize(
    ("wait", "retry_after", "words"),
    [
        (datetime.timedelta(milliseconds=1), 1, "dans 1 minute :"),
        (MINUTE, 60, "dans 1 minute :"),
        (MINUTE + SECOND, 61, "dans 2 minutes :"),
        (12 * MINUTE, 720, "dans 12 minutes :"),
    ],
)
def test_the_refused_are_told_when_to_try_again(wait, retry_after, words):
    error = TooManyError("Beaucoup de signatures arrivent de votre réseau.", wait)

    assert error.retry_after == retry_after
    assert str(error) == (
        f"Beaucoup de signatures arrivent de votre réseau. Réessayez {words} ce que vous avez écrit est gardé."
    )
