"""Guessing: it opens nothing, costs us nothing, tells nothing, and keeps no colleague out."""

import datetime
import re

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from desk import limits
from desk.actions import second_factor
from desk.models import LogIn
from desk.origins import known_browser, origin_of
from pledges.limits import DAY, HOUR
from regions import keys
from tests.desk.acts import PASSWORD, code_of, colleague, give_code, give_password, telephone_of
from tests.pledges.test_views import text_of

pytestmark = pytest.mark.django_db

START = datetime.datetime(2027, 5, 3, 9, tzinfo=datetime.UTC)
DESK = reverse("admin:index")


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def member(clock):
    user = colleague()
    telephone_of(user)
    return user


@pytest.fixture
def colleague_browser(member, clock):
    """A browser from which the member has come in, and has gone."""
    client = Client(REMOTE_ADDR="192.0.2.1")
    give_password(client, member)
    give_code(client, code_of(telephone_of(member)))
    client.post(reverse("admin:logout"))
    clock.shift(HOUR)
    return client


@pytest.fixture
def hashed(monkeypatch):
    """How many passwords are hashed, and compared to what."""
    calls = []
    real = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda self, password, salt: calls.append(password) or real(self, password, salt)
    )
    return calls


def guess(member, count, *, networks=1):
    """Passwords tried from so many networks in turn: how many were admitted, to be hashed."""
    admitted = 0
    for number in range(count):
        where = number % networks
        request = RequestFactory().post("/", REMOTE_ADDR=f"10.{where >> 16 & 255}.{where >> 8 & 255}.{where & 255}")
        try:
            limits.admit_password(request, member.username, member)
        except limits.TooManyTriesError:
            continue
        admitted += 1
    return admitted


def comes_in(client, member):
    answers = [give_password(client, member), give_code(client, code_of(telephone_of(member)))]
    return [answer.status_code for answer in answers], client.get(DESK).status_code


# --- Ten thousand guesses ---


@pytest.mark.timeout(300)  # ten thousand times three statements, on a machine that may be busy
@pytest.mark.parametrize(("networks", "most"), [(1, 10), pytest.param(10_000, 30, marks=pytest.mark.any_database)])
def test_ten_thousand_guesses_are_a_handful_and_keep_nobody_out(member, colleague_browser, networks, most):
    admitted = guess(member, 10_000, networks=networks)

    assert admitted == most
    assert comes_in(colleague_browser, member) == ([302, 302], 200)


def test_ten_networks_share_what_one_account_gets(member):
    assert guess(member, 200, networks=10) == 30


def test_guessing_for_a_day_from_everywhere_is_thirty_an_hour(member, clock):
    admitted = 0
    for _hour in range(24):
        admitted += guess(member, 50, networks=50)
        clock.shift(HOUR)

    assert admitted == 24 * 30


def test_a_stranger_in_the_same_office_keeps_nobody_out(member, colleague_browser):
    stranger = Client(REMOTE_ADDR="192.0.2.1")
    answers = [give_password(stranger, member, f"essai {number}").status_code for number in range(12)]

    assert answers == [200] * 10 + [429] * 2
    assert comes_in(colleague_browser, member) == ([302, 302], 200)


def test_guesses_on_one_account_leave_another_of_the_same_office_alone(member):
    other = colleague()
    telephone_of(other)
    for number in range(12):
        give_password(Client(), member, f"essai {number}")

    assert comes_in(Client(), other) == ([302, 302], 200)


def test_one_network_cannot_use_up_what_the_others_share(member):
    guess(member, 1000, networks=1)

    assert guess(member, 1, networks=1) == 0
    assert limits.PASSWORDS_TO_ACCOUNT.take(member.username)


def test_a_network_that_tries_every_account_is_refused(clock):
    answers = [
        Client().post(reverse("admin:login"), {"username": f"nom{number}", "password": "azerty"}).status_code
        for number in range(62)
    ]

    assert answers == [200] * 60 + [429] * 2


def test_the_colleague_s_own_mistakes_have_an_end_too(member, colleague_browser, clock):
    answers = [give_password(colleague_browser, member, f"essai {number}").status_code for number in range(12)]
    clock.shift(60)

    assert answers == [200] * 10 + [429] * 2
    assert comes_in(colleague_browser, member) == ([302, 302], 200)


def test_after_the_wait_that_was_said_the_right_password_is_heard(member, clock):
    client = Client()
    for number in range(10):
        give_password(client, member, f"essai {number}")
    refused = give_password(client, member)
    wait = int(refused.headers["Retry-After"])
    clock.shift(wait - 1)
    too_soon = give_password(client, member).status_code
    clock.shift(1)

    assert (refused.status_code, too_soon, wait) == (429, 429, 90)
    assert "Trop d’essais ont été faits. Réessayez dans 2 minutes." in text_of(refused)
    assert comes_in(client, member) == ([302, 302], 200)


# --- Codes ---


def test_a_stranger_with_the_password_tries_ten_codes_a_day(member, clock):
    stranger, right = Client(), 0
    statuses = []
    for _day in range(2):
        give_password(stranger, member)
        for number in range(12):
            statuses.append(give_code(stranger, f"{number:06}").status_code)
            right += stranger.get(DESK).status_code == 200
        clock.shift(DAY)

    assert statuses == ([200] * 10 + [429] * 2) * 2
    assert right == 0


def test_codes_tried_by_a_stranger_keep_nobody_out(member, colleague_browser):
    stranger = Client()
    give_password(stranger, member)
    for number in range(30):
        give_code(stranger, f"{number:06}")

    assert comes_in(colleague_browser, member) == ([302, 302], 200)


def test_recovery_codes_are_counted_with_the_others(member, clock):
    code, *_others = second_factor.renew_recovery_codes(member)
    stranger = Client()
    give_password(stranger, member)
    for number in range(10):
        give_code(stranger, f"AAAA-BBBB-{number:04}")

    assert give_code(stranger, code).status_code == 429
    assert stranger.get(DESK).status_code == 302


def test_browsers_known_by_mail_alone_share_fifty_codes_a_day(member, colleague_browser, clock):
    admitted = 0
    for number in range(8):
        member.refresh_from_db()
        thief = Client(REMOTE_ADDR=f"203.0.113.{number}")
        thief.get(reverse("admin:welcome", args=keys.mint(member)))
        thief.post(reverse("admin:welcome-password"), {"new_password1": PASSWORD, "new_password2": PASSWORD})
        statuses = [give_code(thief, "000000").status_code for _try in range(11)]
        admitted += statuses.count(200)

    assert admitted == 50


def test_codes_tried_by_mail_leave_a_browser_that_gave_a_code_alone(member, colleague_browser):
    while limits.CODES_FROM_BROWSERS_BY_MAIL.take(member.pk):
        pass

    assert comes_in(colleague_browser, member) == ([302, 302], 200)


# --- A browser that is known ---


def test_a_browser_is_no_longer_known_once_sessions_are_ended(member, colleague_browser):
    member = second_factor.end_sessions(member)
    guess(member, 100, networks=100)

    assert give_password(colleague_browser, member).status_code == 429


def test_the_browser_that_ends_the_other_sessions_stays_known(member, colleague_browser):
    comes_in(colleague_browser, member)
    colleague_browser.post(reverse("admin:my-account"))
    colleague_browser.post(reverse("admin:logout"))
    member.refresh_from_db()
    guess(member, 100, networks=100)

    assert give_password(colleague_browser, member).status_code == 302


def test_a_browser_is_known_to_its_own_account_alone(member, colleague_browser):
    request = RequestFactory().get("/")
    request.COOKIES = {name: cookie.value for name, cookie in colleague_browser.cookies.items()}
    [name] = [name for name in request.COOKIES if name.startswith("browser-")]

    member.refresh_from_db()
    assert known_browser(request, member)
    assert not known_browser(request, colleague())
    assert not known_browser(request, None)
    request.COOKIES[name] = request.COOKIES[name][:-1] + "x"
    assert not known_browser(request, member)


def test_the_cookie_of_a_browser_cannot_be_read_by_scripts_nor_on_public_pages(member, settings):
    settings.SESSION_COOKIE_SECURE = True
    client = Client()
    give_password(client, member)

    cookies = give_code(client, code_of(telephone_of(member))).cookies
    [cookie] = [cookie for name, cookie in cookies.items() if name.startswith("browser-")]

    assert [cookie[name] for name in ("path", "httponly", "secure", "samesite")] == ["/admin/", True, True, "Lax"]
    assert member.username not in cookie.OutputString()


def test_two_who_share_a_computer_are_both_known_to_it(member, colleague_browser):
    other = colleague()
    telephone_of(other)
    comes_in(colleague_browser, other)
    colleague_browser.post(reverse("admin:logout"))
    for account in (member, other):
        guess(account, 100, networks=100)

    assert give_password(colleague_browser, member).status_code == 302
    assert give_password(colleague_browser, other).status_code == 302


# --- What is told, and what it costs ---


def steps(user_name):
    """What a wrong password makes the database do, its values apart."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = Client().post(reverse("admin:login"), {"username": user_name, "password": "faux"})
    kinds = [query["sql"].split()[0] for query in queries]
    return kinds, re.sub(r'(value|nonce)="[^"]*"', "", text_of(answer))


def test_an_unknown_account_costs_and_says_what_a_known_one_does(member, hashed):
    invited = colleague()
    invited.set_unusable_password()
    invited.save()
    hashed.clear()
    known, made = steps(member.username), len(hashed)
    unknown = steps("jamais-vu")
    waiting = steps(invited.username)

    assert [kinds for kinds, _page in (known, unknown, waiting)] == [known[0]] * 3
    assert known[1] == unknown[1] == waiting[1]
    assert (made, len(hashed)) == (1, 3)


def test_what_is_refused_is_never_hashed_nor_kept(member, hashed):
    client = Client()
    for number in range(50):
        give_password(client, member, f"essai {number}")

    assert len(hashed) == LogIn.objects.count() == 10


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox sur Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1",
            "Safari sur iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/140.0 Safari/537 Edg/140.0", "Edge sur Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537 Chrome/140.0 Mobile Safari/537", "Chrome sur Android"),
        ("curl/8", "un autre navigateur"),
        ("", "un autre navigateur"),
    ],
)
def test_a_browser_is_said_by_its_family(agent, said):
    assert origin_of(RequestFactory().get("/", HTTP_USER_AGENT=agent)).browser == said


@pytest.mark.parametrize(
    ("address", "said"),
    [("192.0.2.7", "192.0…"), ("2001:db8:1:2::3", "2001:0db8…"), ("::ffff:192.0.2.7", "192.0…"), ("", "")],
)
def test_an_address_is_said_by_its_beginning(address, said):
    assert origin_of(RequestFactory().get("/", REMOTE_ADDR=address)).network == said


def test_passwords_are_not_shown_again(member):
    answer = Client().post(reverse("admin:login"), {"username": member.username, "password": "un secret"})

    assert "un secret" not in answer.content.decode()
    assert PASSWORD not in answer.content.decode()
