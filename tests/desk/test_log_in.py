"""Coming in at the desk: what a password opens, what a code opens, and in what order."""

import datetime
import re

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from desk.actions import second_factor
from desk.entering import HALF_WAY_FOR
from desk.models import LogIn, RecoveryCode
from pledges.actions.retention import purge_expired
from pledges.enums import Act
from pledges.models import JournalEntry
from regions import keys
from tests.desk.acts import PASSWORD, code_of, colleague, give_code, give_password, telephone_of
from tests.pledges.test_views import text_of

pytestmark = pytest.mark.django_db

LOG_IN, CODE, ENROL, DESK = (reverse(f"admin:{name}") for name in ("login", "second-factor", "enrol", "index"))


@pytest.fixture
def member():
    """Somebody with a password and a telephone."""
    user = colleague(first_name="Mona")
    telephone_of(user)
    return user


@pytest.fixture
def half_way(client, member):
    give_password(client, member)
    return client


def is_in(client):
    return client.get(DESK).status_code == 200


# --- The two steps ---


def test_the_password_then_the_code_open_the_desk(client, member):
    first = give_password(client, member)
    second = give_code(client, code_of(telephone_of(member)))

    assert (first.url, second.url, is_in(client)) == (CODE, DESK, True)


def test_each_step_has_a_session_of_its_own_key(client, member):
    client.get(LOG_IN)
    client.session["planted"] = True
    keys = [client.session.session_key]
    give_password(client, member)
    keys.append(client.session.session_key)
    give_code(client, code_of(telephone_of(member)))
    keys.append(client.session.session_key)

    assert len(set(keys)) == 3
    assert list(Session.objects.values_list("session_key", flat=True)) == [keys[-1]]


def test_a_session_that_a_stranger_planted_is_not_the_one_that_enters(member):
    stranger, victim = Client(), Client()
    stranger.get(reverse("admin:welcome", args=keys.mint(colleague())))
    victim.cookies[settings.SESSION_COOKIE_NAME] = stranger.cookies[settings.SESSION_COOKIE_NAME].value

    give_password(victim, member)
    give_code(victim, code_of(telephone_of(member)))

    assert (is_in(victim), is_in(stranger)) == (True, False)


@pytest.mark.parametrize("wanted", ["/admin/mon-compte/", "/admin/pledges/pledge/?etat=tous"])
def test_one_comes_out_where_one_was_going(client, member, wanted):
    client.post(LOG_IN, {"username": member.username, "password": PASSWORD, "next": wanted})

    assert give_code(client, code_of(telephone_of(member))).url == wanted


def test_an_address_serves_as_a_name_and_capitals_do_not_matter(client):
    member = colleague(username="mona", email="mona@example.org")

    answers = [
        client.post(LOG_IN, {"username": typed, "password": PASSWORD}).url
        for typed in ("mona", "Mona", "MONA@example.org")
    ]

    assert answers == [ENROL] * 3
    assert member.email == "mona@example.org"


@pytest.mark.parametrize(
    "typed",
    ["mo\u017fs.\u212alee@example.org", "\u200bmoss.klee@example.org ", "MOSS.klee\u2060@example.org"],
    ids=ascii,
)
def test_a_guess_is_seen_by_its_owner_however_the_name_is_spelt(client, typed):
    member = colleague(username="moss.klee@example.org", email="moss.klee@example.org")

    answers = [client.post(LOG_IN, {"username": typed, "password": given}) for given in ("faux", PASSWORD)]

    assert [answer.status_code for answer in answers] == [200, 302]
    assert list(LogIn.objects.values_list("user", "outcome")) == [(member.pk, "password")]


@pytest.mark.parametrize("typed", ["", " ", "\u200b", " \u200b "], ids=ascii)
def test_a_name_of_nothing_is_no_name(client, typed):
    colleague(email="")

    assert client.post(LOG_IN, {"username": typed, "password": PASSWORD}).status_code == 200


@pytest.mark.parametrize("fields", [{"is_active": False}, {"is_staff": False}], ids=str)
def test_a_closed_account_gets_the_answer_of_a_wrong_password(client, fields):
    closed, unknown = colleague(), "personne"
    for name, value in fields.items():
        setattr(closed, name, value)
    closed.save()

    answers = [client.post(LOG_IN, {"username": name, "password": PASSWORD}) for name in (closed.username, unknown)]

    said = [re.findall(r'role="alert">.*?</div>', text_of(answer)) for answer in answers]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert said[0] == said[1] != []


# --- What opens nothing ---


def addresses(resolver=None, prefix="/"):
    """Every address of the desk, with something in the place of each argument."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + re.sub(r"<[^>]*>", "1", str(pattern.pattern)).lstrip("^").rstrip("$")
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, route)
        elif route.startswith("/admin/") and "(" not in route:
            yield route, getattr(pattern.callback, "login_required", True)


CLOSED = sorted(route for route, is_closed in addresses() if is_closed)


def test_the_walk_below_knows_the_desk():
    assert {DESK, "/admin/pledges/pledge/", "/admin/regions/user/1/change/", "/admin/mon-compte/"} <= set(CLOSED)
    assert len(CLOSED) > 50


@pytest.mark.parametrize("method", ["get", "post"])
def test_half_way_in_every_address_leads_to_the_code(half_way, method):
    led = {}
    for address in CLOSED:
        response = getattr(half_way, method)(address, follow=True)
        led[address] = response.redirect_chain[-1][0] if response.redirect_chain else response.status_code

    assert {address: end for address, end in led.items() if end != CODE} == {}


def test_half_way_in_one_may_start_again_as_somebody_else(half_way):
    shown = half_way.get(LOG_IN, {"recommencer": "1"})

    assert (shown.status_code, half_way.get(CODE).url) == (200, LOG_IN)


def test_half_way_in_nobody_is_logged_in(half_way):
    assert not half_way.get(CODE).wsgi_request.user.is_authenticated
    assert "_auth_user_id" not in half_way.session


def test_the_code_page_is_for_those_who_gave_the_password(client, member):
    answers = [client.get(CODE), give_code(client, code_of(telephone_of(member))), client.get(ENROL)]

    assert [answer.url for answer in answers] == [LOG_IN] * 3


def test_who_has_a_telephone_cannot_enrol_another_half_way_in(half_way, member):
    shown, tried = half_way.get(ENROL), give_code(half_way, "123456", "admin:enrol")

    assert (shown.url, tried.url) == (CODE, CODE)
    assert TOTPDevice.objects.filter(user=member).count() == 1


def test_a_session_logged_in_without_a_code_opens_nothing(client, member):
    client.force_login(member)

    assert client.get(DESK).url.startswith(LOG_IN)


def test_half_way_does_not_last(member):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = Client()
        give_password(client, member)
        clock.shift(HALF_WAY_FOR)

        answer = give_code(client, code_of(telephone_of(member)))

    assert (answer.url, is_in(client)) == (LOG_IN, False)


@pytest.mark.parametrize("end", [second_factor.end_sessions, lambda user: second_factor.reset(user, by=None)])
def test_half_way_ends_with_the_sessions(half_way, member, end):
    code = code_of(telephone_of(member))
    end(member)

    assert give_code(half_way, code).url == LOG_IN


# --- Codes ---


def test_a_code_that_has_served_is_refused(half_way, member):
    code = code_of(telephone_of(member))
    give_code(half_way, code)
    other = Client()
    give_password(other, member)

    answer = give_code(other, code)

    assert (answer.status_code, is_in(other)) == (200, False)
    assert "Ce code n’est pas le bon, ou a déjà servi." in text_of(answer)


def test_the_code_that_enrolled_does_not_open_a_second_session(client):
    user, other = colleague(), Client()
    give_password(client, user)
    client.get(ENROL)
    code = code_of(second_factor.device_for(user, client.session["enrolling"]))
    give_code(client, code, "admin:enrol")
    give_password(other, user)

    give_code(other, code)

    assert (is_in(client), is_in(other)) == (True, False)


def test_the_code_of_somebody_else_is_refused(half_way, member):
    with time_machine.travel(timezone.now(), tick=False):
        theirs = code_of(telephone_of(colleague()))
        assert theirs != code_of(telephone_of(member))

        give_code(half_way, theirs)

    assert not is_in(half_way)


@pytest.mark.parametrize(("steps", "opens"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_drift_by_half_a_minute(half_way, member, steps, opens):
    give_code(half_way, code_of(telephone_of(member), later=steps))

    assert is_in(half_way) is opens


@pytest.mark.parametrize("code", ["", "000000", "０００００0", "-00001", "1e5", "0" * 40, "123 45", "\x00", "é" * 6])
def test_what_is_no_code_opens_nothing(half_way, code):
    assert (give_code(half_way, code).status_code, is_in(half_way)) == (200, False)


def test_spaces_in_a_code_do_not_matter(half_way, member):
    code = code_of(telephone_of(member))

    give_code(half_way, f" {code[:3]} {code[3:]} ")

    assert is_in(half_way)


# --- Recovery codes ---


def test_each_recovery_code_opens_once_however_it_is_copied(member):
    first, second, *_others = second_factor.renew_recovery_codes(member)
    outcomes = []
    for typed in (first, first, second.lower().replace("-", " "), second):
        client = Client()
        give_password(client, member)
        give_code(client, typed)
        outcomes.append(is_in(client))

    assert outcomes == [True, False, True, False]
    assert RecoveryCode.objects.filter(user=member, used_at=None).count() == 8


def test_one_is_told_how_many_codes_are_left(half_way, member):
    code, *_others = second_factor.renew_recovery_codes(member)

    give_code(half_way, code)

    assert "Il vous reste 9 codes de secours" in text_of(half_way.get(DESK))


def test_the_recovery_code_of_somebody_else_is_refused(half_way, member):
    second_factor.renew_recovery_codes(member)
    theirs, *_others = second_factor.renew_recovery_codes(colleague())

    give_code(half_way, theirs)

    assert not is_in(half_way)


def test_the_database_holds_no_recovery_code(member):
    codes = second_factor.renew_recovery_codes(member)

    kept = " ".join(RecoveryCode.objects.values_list("digest", flat=True))
    assert len(codes) == len(set(codes)) == 10
    assert all(code not in kept and code.replace("-", "").lower() not in kept for code in codes)


def test_new_codes_put_the_old_ones_out(half_way, member):
    old, *_others = second_factor.renew_recovery_codes(member)
    second_factor.renew_recovery_codes(member)

    give_code(half_way, old)

    assert not is_in(half_way)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_the_same_code_are_one(member, in_threads):
    code, *_others = second_factor.renew_recovery_codes(member)
    digits = code_of(telephone_of(member))

    outcomes = [in_threads(lambda typed=typed: second_factor.check(member, typed), 4) for typed in (code, digits)]

    refused = [sum(isinstance(one, second_factor.WrongCodeError) for one in four) for four in outcomes]
    assert refused == [3, 3]
    assert outcomes[0].count(9) == outcomes[1].count(None) == 1


# --- The first time ---


def test_the_first_log_in_enrols_and_shows_ten_codes_once(client):
    user = colleague()
    asked = give_password(client, user)
    page = client.get(ENROL)
    device = second_factor.device_for(user, client.session["enrolling"])

    shown = give_code(client, code_of(device), "admin:enrol")

    assert asked.url == ENROL
    assert "<svg" in page.content.decode()
    assert " ".join(page.context["words"]) in re.sub(r"</?span>", "", text_of(page))
    assert len(shown.context["codes"]) == 10
    assert all(code in text_of(shown) for code in shown.context["codes"])
    assert (is_in(client), client.get(ENROL).url) == (True, LOG_IN)
    assert [(entry.act, entry.by, entry.details) for entry in JournalEntry.objects.all()] == [
        (Act.SECOND_FACTOR_SET, user, {"user": user.pk, "replaced": False})
    ]


def test_a_wrong_first_code_keeps_the_same_key(client):
    give_password(client, colleague())
    before = client.get(ENROL).context["words"]

    answer = give_code(client, "000000", "admin:enrol")

    assert answer.context["words"] == before
    assert not TOTPDevice.objects.exists()


def test_two_people_half_way_in_see_two_keys():
    user, first, second = colleague(), Client(), Client()
    for client in (first, second):
        give_password(client, user)

    assert first.get(ENROL).context["words"] != second.get(ENROL).context["words"]


@pytest.mark.django_db(transaction=True)
def test_two_who_enrol_at_once_make_one_telephone(in_threads):
    user = colleague()

    def enrol():
        key = second_factor.new_key()
        return second_factor.enrol(user, key, code_of(second_factor.device_for(user, key)))

    outcomes = in_threads(enrol, 3)

    assert sum(isinstance(outcome, second_factor.AlreadyEnrolledError) for outcome in outcomes) == 2
    assert (TOTPDevice.objects.count(), RecoveryCode.objects.count()) == (1, 10)


# --- Where a demonstration does without ---


@pytest.mark.parametrize(("has_telephone", "next_page"), [(False, DESK), (True, CODE)])
def test_a_demonstration_lets_in_by_password_those_who_have_no_telephone(client, settings, has_telephone, next_page):
    settings.SECOND_FACTOR = False
    user = colleague()
    if has_telephone:
        telephone_of(user)

    assert give_password(client, user).url == next_page


def test_a_session_let_in_by_password_ends_when_the_second_factor_is_asked_for(client, settings):
    settings.SECOND_FACTOR = False
    give_password(client, colleague())
    before = is_in(client)

    settings.SECOND_FACTOR = True

    assert (before, is_in(client)) == (True, False)


# --- What is kept of it ---


def test_each_attempt_is_kept_without_a_whole_address(member):
    agent = {"HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
    client = Client(REMOTE_ADDR="192.0.2.77", **agent)
    give_password(client, member, "faux")
    give_password(client, member)
    give_code(client, "000000")
    give_code(client, code_of(telephone_of(member)))

    assert list(LogIn.objects.values_list("user", "outcome", "browser", "network").order_by("pk")) == [
        (member.pk, outcome, "Firefox sur Linux", "192.0…") for outcome in ("password", "code", "entered")
    ]


def test_a_name_that_nobody_has_is_kept_nowhere(client):
    client.post(LOG_IN, {"username": "qui-est-ce", "password": "secret"})

    assert list(LogIn.objects.values_list("user", "outcome")) == [(None, "password")]


def test_log_ins_are_forgotten_after_three_months(half_way, member):
    LogIn.objects.create(user=member, at=timezone.now() - datetime.timedelta(days=91), outcome="entered")

    give_code(half_way, code_of(telephone_of(member)))

    assert LogIn.objects.count() == 1


def test_logging_out_leaves_nothing_of_the_session(half_way, member):
    give_code(half_way, code_of(telephone_of(member)))

    half_way.post(reverse("admin:logout"))

    assert (is_in(half_way), list(half_way.session.keys()), Session.objects.count()) == (False, [], 0)


# --- How long it lasts ---


def test_a_session_ends_with_the_working_day_however_busy(member):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = Client()
        give_password(client, member)
        give_code(client, code_of(telephone_of(member)))
        clock.shift(settings.SESSION_COOKIE_AGE - 1)
        proved = give_code(client, code_of(telephone_of(member)), "admin:prove").status_code
        before = is_in(client)
        clock.shift(1)

        assert (proved, before, is_in(client)) == (302, True, False)


def test_sessions_that_are_over_are_purged(member):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        give_password(Client(), member)
        clock.shift(settings.SESSION_COOKIE_AGE + 1)
        give_password(Client(), member)
        purge_expired()

        assert Session.objects.count() == 1
