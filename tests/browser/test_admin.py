"""The networks' desk in a browser: coming in, the first time and the others, and what each page is like."""

import re
from base64 import b32decode

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse

from desk.actions import second_factor
from desk.enums import Outcome
from desk.models import LogIn
from regions import keys
from tests.desk.acts import PASSWORD, code_of, colleague, enter, telephone_of
from tests.regions.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def administrator():
    user = colleague(username="admin", first_name="Ariane", is_superuser=True)
    telephone_of(user)
    return user


def log_in(page, live_server, user):
    page.goto(live_server.url + reverse("admin:login"))
    page.get_by_label("Adresse électronique ou identifiant").fill(user.username)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(live_server.url + reverse("admin:second-factor"))
    page.get_by_label("Code").fill(code_of(telephone_of(user)))
    page.get_by_role("button", name="Entrer").click()


def test_an_administrator_logs_in_with_a_password_then_a_code(page, live_server, administrator):
    log_in(page, live_server, administrator)

    page.wait_for_url(live_server.url + reverse("admin:index"))
    assert page.locator("h1").count() >= 1


@pytest.mark.parametrize("width", [390, 1280])
def test_from_the_invitation_to_the_desk(page, live_server, width):
    page.set_viewport_size({"width": width, "height": 800})
    user = UserFactory(email="alix@example.org", is_staff=True)
    page.goto(live_server.url + reverse("admin:welcome", args=keys.mint(user)))
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_label("Le même, pour éviter une faute de frappe").fill(PASSWORD)
    page.get_by_role("button", name="Choisir ce mot de passe").click()
    page.get_by_text("Ou tapez la clé").click()
    key = "".join(page.locator(".account__key").inner_text().split())
    device = second_factor.device_for(user, b32decode(key).hex())
    page.get_by_label("Code de six chiffres").fill(code_of(device))
    page.get_by_role("button", name="Enregistrer").click()
    paper = page.get_by_label("Vos dix codes de secours")
    codes = paper.input_value().split()
    hidden = paper.evaluate("area => [area.scrollHeight - area.clientHeight, area.scrollWidth - area.clientWidth]")
    page.get_by_role("button", name="J’ai noté ces codes").click()

    page.wait_for_url(re.compile(re.escape(live_server.url + reverse("admin:index")) + r"\??$"))
    assert len(set(codes)) == 10
    assert hidden == [0, 0]


def session_of(context, live_server, client):
    """Put in the browser the session of a test's client."""
    cookie = client.cookies["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])


OPEN = ("login", "forgotten", "forgotten-sent", "welcome-password")
HALF_WAY = ("second-factor",)
FIRST = ("enrol",)
CLOSED = (
    "my-account", "renew-codes", "change-device", "prove", "invite", "password_change", "regions_membership_changelist",
    "regions_user_changelist",
)  # fmt: skip


@pytest.mark.timeout(180)  # fifteen pages, each read by axe
@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_every_page_of_accounts_fits_and_is_accessible(page, context, live_server, administrator, width, scheme):
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    beginner = colleague()
    member = MembershipFactory(user=beginner)
    LogIn.objects.create(user=administrator, outcome=Outcome.WRONG_PASSWORD, browser="Firefox", network="192.0…")
    with_code, without = Client(), Client()
    for client, user in ((with_code, administrator), (without, beginner)):
        client.post(reverse("admin:login"), {"username": user.username, "password": PASSWORD})
    walks = [
        (None, [reverse(f"admin:{name}") for name in OPEN]),
        (with_code, [reverse(f"admin:{name}") for name in HALF_WAY]),
        (without, [reverse(f"admin:{name}") for name in FIRST]),
        (
            enter(Client(), administrator),
            [
                *(reverse(f"admin:{name}") for name in CLOSED),
                reverse("admin:regions_membership_change", args=[member.pk]),
                reverse("admin:regions_user_change", args=[beginner.pk]),
            ],
        ),
    ]
    faults = []
    for client, addresses in walks:
        if client:
            session_of(context, live_server, client)
        for address in addresses:
            page.goto(live_server.url + address)
            assert page.url == live_server.url + address
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                faults.append(f"{address}: wider than the screen")
            results = Axe().run(page)
            faults += [
                f"{address}: {fault['id']} {node['html'][:120]}"
                for fault in results.response["violations"]
                for node in fault["nodes"]
            ]

    assert faults == []
