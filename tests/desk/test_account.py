"""One's own account, and proving again who is there."""

import re
import time

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from desk.actions import second_factor
from desk.models import LogIn
from pledges.enums import Act
from pledges.models import JournalEntry, OutboxMail
from regions.admin.proof import FRESH_FOR, PROVED_AT
from regions.models import User
from tests.desk.acts import PASSWORD, code_of, colleague, enter, give_code, give_password, telephone_of
from tests.pledges.test_views import text_of

pytestmark = pytest.mark.django_db

DESK, MINE, CODES, DEVICE, PASSWORD_PAGE, PROVE = (
    reverse(f"admin:{name}")
    for name in ("index", "my-account", "renew-codes", "change-device", "password_change", "prove")
)


@pytest.fixture
def member():
    return colleague(first_name="Mona")


@pytest.fixture
def desk(client, member):
    return enter(client, member)


def test_another_password_is_chosen_on_a_page_of_the_account(desk, member):
    page = desk.get(PASSWORD_PAGE)
    refused = desk.post(PASSWORD_PAGE, {"old_password": "faux", "new_password1": "x", "new_password2": "y"})
    new = "une autre phrase que personne ne devine"
    done = desk.post(PASSWORD_PAGE, {"old_password": PASSWORD, "new_password1": new, "new_password2": new})

    member.refresh_from_db()
    assert [field.label for field in page.context["form"]] == [
        "Mot de passe actuel", "Nouveau mot de passe", "Le même, pour éviter une faute de frappe",
    ]  # fmt: skip
    assert "<h1>Changer de mot de passe</h1>" in page.text
    assert (refused.status_code, done.status_code, member.check_password(new)) == (200, 302, True)


def grow_stale(client):
    session = client.session
    session[PROVED_AT] = time.time() - FRESH_FOR
    session.save()
    return client


# --- Mine ---


def test_one_sees_one_s_own_log_ins_alone(desk, member):
    LogIn.objects.create(user=member, outcome="entered", browser="Firefox sur Linux", network="192.0…")
    LogIn.objects.create(user=member, outcome="password", browser="Safari sur iPhone", network="198.51…")
    LogIn.objects.create(user=colleague(), outcome="entered", browser="Opera sur Windows", network="10.0…")

    page = text_of(desk.get(MINE))

    assert "Firefox sur Linux, adresse 192.0…" in page
    assert "Safari sur iPhone, adresse 198.51…</td><td>refusée : mot de passe" in page
    assert "Opera" not in page


@pytest.mark.parametrize("count", [1, 60])
def test_the_queries_of_my_account_are_counted(desk, member, count, django_assert_num_queries):
    LogIn.objects.bulk_create(LogIn(user=member, outcome="entered") for _row in range(count))

    with django_assert_num_queries(9):
        desk.get(MINE)


def test_the_other_sessions_end_and_this_one_stays(desk, member):
    other, half_way = enter(Client(), member), Client()
    give_password(half_way, member)

    desk.post(MINE)

    assert (desk.get(DESK).status_code, other.get(DESK).status_code) == (200, 302)
    assert give_code(half_way, code_of(telephone_of(member))).url == reverse("admin:login")


def test_a_new_password_keeps_this_session_and_ends_the_others(desk, member):
    other = enter(Client(), member)

    answer = desk.post(
        PASSWORD_PAGE,
        {"old_password": PASSWORD, "new_password1": f"{PASSWORD} encore", "new_password2": f"{PASSWORD} encore"},
    )

    assert answer.status_code == 302
    assert (desk.get(DESK).status_code, other.get(DESK).status_code) == (200, 302)


def test_another_telephone_replaces_the_first_and_ends_the_other_sessions(desk, member):
    old, other = telephone_of(member), enter(Client(), member)
    desk.get(DEVICE)
    new = second_factor.device_for(member, desk.session["enrolling"])

    shown = give_code(desk, code_of(new), "admin:change-device")

    assert len(shown.context["codes"]) == 10
    assert (desk.get(DESK).status_code, other.get(DESK).status_code) == (200, 302)
    assert [device.key for device in TOTPDevice.objects.filter(user=member)] == [new.key] != [old.key]
    assert list(JournalEntry.objects.values_list("act", "details")) == [
        (Act.SECOND_FACTOR_SET, {"user": member.pk, "replaced": True})
    ]


def test_ten_new_codes_are_shown_once(desk, member):
    shown = desk.post(CODES)

    codes = shown.context["codes"]
    assert len(codes) == 10
    assert codes[0] not in text_of(desk.get(CODES)) + text_of(desk.get(MINE))
    assert "no-store" in shown.headers["Cache-Control"]


# --- Proof ---


@pytest.mark.parametrize("address", [CODES, DEVICE, PASSWORD_PAGE, reverse("admin:invite")])
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_protects_the_account_changes_with_a_fresh_proof_alone(member, address, method):
    desk = enter(Client(), colleague(is_superuser=True))
    desk.get(DEVICE)
    key = desk.session["enrolling"]
    before = list(TOTPDevice.objects.values())
    grow_stale(desk)

    answer = getattr(desk, method)(address, {"code": code_of(second_factor.device_for(member, key))})

    assert answer.url.startswith(PROVE)
    assert list(TOTPDevice.objects.values()) == before


def test_a_code_proves_and_leads_back(desk, member):
    sent = grow_stale(desk).get(CODES)
    shown = desk.get(sent.url)

    answer = desk.post(PROVE, {"code": code_of(telephone_of(member)), "next": shown.context["next"]})

    assert (answer.url, desk.get(CODES).status_code) == (CODES, 200)


def test_a_proof_lasts_ten_minutes(member):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        desk, statuses = enter(Client(), member), []
        for seconds in (0, FRESH_FOR - 1, 1):
            clock.shift(seconds)
            statuses.append(desk.get(CODES).status_code)

    assert statuses == [200, 200, 302]


@pytest.mark.parametrize("code", ["000000", "", "AAAA-BBBB-CCCC", PASSWORD])
def test_what_is_no_code_proves_nothing(desk, code):
    grow_stale(desk).post(PROVE, {"code": code, "password": PASSWORD})

    assert desk.get(CODES).status_code == 302


def test_the_code_of_the_log_in_does_not_prove_again(client, member):
    code = code_of(telephone_of(member))
    give_password(client, member)
    give_code(client, code)

    grow_stale(client).post(PROVE, {"code": code})

    assert client.get(CODES).status_code == 302


def test_proofs_are_counted(desk):
    statuses = [desk.post(PROVE, {"code": f"{number:06}"}).status_code for number in range(12)]

    assert statuses == [200] * 10 + [429] * 2


@pytest.mark.parametrize(("password", "status"), [(PASSWORD, 200), ("faux", 302)])
def test_an_account_without_telephone_proves_by_its_password(client, settings, member, password, status):
    settings.SECOND_FACTOR = False
    give_password(client, member)
    grow_stale(client)

    client.post(PROVE, {"password": password})

    assert client.get(DEVICE).status_code == status


OUTSIDE = [
    "https://evil.example", "http://evil.example/", "//evil.example", "///evil.example", "////evil.example/admin/",
    "/\\evil.example", "\\\\evil.example", "\\/evil.example", "/\\/evil.example", "https:evil.example",
    "https:/evil.example", "https:///evil.example", "http:\\\\evil.example", "javascript:alert(1)",
    "JavaScript:alert(1)", "java\nscript:alert(1)", " javascript:alert(1)", "data:text/html,x", "vbscript:x",
    "ftp://evil.example", "//evil.example:80", "//user@evil.example", "//testserver@evil.example",
    "https://testserver@evil.example", "https://testserver.evil.example", "http://testserver:80@evil.example/",
    "//evil。example", "//evil.example\\@testserver", "\t//evil.example", "/\t/evil.example", "\n//evil.example",
    "/\n/evil.example", "\r//evil.example", "\x00//evil.example", "\x01//evil.example", " //evil.example",
    "http://[::1", "//[evil.example]", "evil.example", "admin/", "", "?next=//evil.example", "mailto:a@example.org",
    "blob:https://evil.example/x",
]  # fmt: skip


@pytest.mark.parametrize("wanted", OUTSIDE, ids=range(len(OUTSIDE)))
def test_nobody_is_led_outside(member, wanted):
    telephone = telephone_of(member)
    half_way, at_the_desk = Client(), enter(Client(), member)
    code, other_code, *_others = second_factor.renew_recovery_codes(member)
    half_way.post(reverse("admin:login"), {"username": member.username, "password": PASSWORD, "next": wanted})

    ends = [
        give_code(half_way, code).url,
        at_the_desk.post(PROVE, {"code": other_code, "next": wanted}).url,
        at_the_desk.get(reverse("admin:login"), {"next": wanted}).url,
        at_the_desk.get(PROVE, {"next": wanted}).context["next"],
    ]

    assert telephone.confirmed
    assert ends == [DESK] * 4


# --- The way back in ---


def test_the_command_line_takes_a_second_factor_away(member, capsys):
    desk = enter(Client(), member)

    call_command("reset_second_factor", member.email)

    assert not second_factor.has_second_factor(member)
    assert desk.get(DESK).status_code == 302
    assert list(JournalEntry.objects.values_list("act", "by")) == [(Act.SECOND_FACTOR_RESET, None)]
    assert "Mona" in capsys.readouterr().out


def test_the_command_line_shows_the_link_of_an_account_without_an_address(client, member, capsys):
    User.objects.filter(pk=member.pk).update(email="")

    call_command("reset_second_factor", member.username)

    [path] = re.findall(r"https://engagements.example.org(/admin/bienvenue/\S+)", capsys.readouterr().out)
    assert client.get(path, follow=True).status_code == 200
    assert not OutboxMail.objects.exists()


def test_the_command_line_says_when_nobody_has_the_name():
    with pytest.raises(CommandError, match="Aucun compte"):
        call_command("reset_second_factor", "personne")
