"""Every page of the desk, narrow and wide, in light and in darkness: axe finds nothing, nothing overflows.

The pages are found by walking the registers: one more class is one more page here. ``quiet_pages`` fails a page that
breaks the security policy.
"""

import itertools

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import reverse
from playwright.sync_api import expect

from regions.models import User
from tests.desk.acts import enter
from tests.desk.rows import MAKERS, Place
from tests.pledges.factories import ContestFactory
from tests.regions.factories import MembershipFactory, RegionFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

# Target sizes are a rule of WCAG 2.2 that axe leaves out unless asked.
AXE = {"rules": {"target-size": {"enabled": True}}}


def the_place(user):
    region = RegionFactory(name="Région d’essai")
    MembershipFactory(user=user, network__name="CRESS d’essai").network.regions.add(region)
    return Place(region, ContestFactory(region=region), user)


@pytest.fixture
def place():
    return the_place(UserFactory(is_staff=True, is_superuser=True, first_name="Ariane", last_name="Essai"))


def pages_of(model, user):
    """The addresses of a register: its rows, one of them, its history, one more."""
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    desk = admin.site._registry[model]
    request = RequestFactory().get("/")
    request.user = user
    yield reverse(f"admin:{name}_changelist")
    yield f"{reverse(f'admin:{name}_changelist')}?q=introuvable"
    if desk.has_add_permission(request):
        yield reverse(f"admin:{name}_add")
    if row := desk.get_queryset(request).first():
        yield reverse(f"admin:{name}_change", args=[row.pk])
        yield reverse(f"admin:{name}_history", args=[row.pk])
        if desk.has_delete_permission(request, row):
            yield reverse(f"admin:{name}_delete", args=[row.pk])


def own_pages(place):
    """The pages that belong to no register, and an address that leads nowhere."""
    yield reverse("admin:index")
    yield reverse("admin:everything")
    yield reverse("admin:app_list", args=["pledges"])
    yield reverse("admin:password_change")
    yield reverse("admin:pledges_contest_sheet", args=[place.contest.pk])
    yield reverse("admin:pledges_contest_invite", args=[place.contest.pk])
    yield f"{reverse('admin:index')}introuvable/"


def addresses(place, model):
    """The pages of a register with a few rows; those of no register, with rows in all of them."""
    for each in [model] if model else MAKERS:
        MAKERS[each](place, 3)
    user = User.objects.get(pk=place.moderator.pk)  # who remembers no territory
    return list(pages_of(model, user) if model else own_pages(place))


def come_in(context, live_server, user):
    """The cookie of someone who has logged in."""
    cookie = enter(Client(), user).cookies["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])


def faults_of(page):
    """What axe finds, and what goes over the side."""
    results = Axe().run(page, options=AXE)
    found = [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in results.response["violations"]
        for node in violation["nodes"][:3]
    ]
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*found, f"{over} px over the side"] if over > 0 else found


# The registers share their look: each is read on a phone in the light, and wide in the dark.
LOOKS = list(itertools.product((390, 1280), ("light", "dark")))
EVERY = pytest.mark.parametrize("model", [None, *MAKERS], ids=lambda model: model.__name__ if model else "own")


@EVERY
@pytest.mark.timeout(240)
def test_axe_finds_nothing_on_any_page_of_the_desk(page, context, live_server, place, model):
    come_in(context, live_server, place.moderator)
    broken = []
    page.on("console", lambda message: broken.append(message.text) if message.type == "error" else None)

    faults = {}
    for address in addresses(place, model):
        page.goto(live_server.url + address)
        for width, scheme in LOOKS if model is None else LOOKS[::3]:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            if found := faults_of(page):
                faults[address, width, scheme] = found

    assert faults == {}
    assert [text for text in broken if "404" not in text] == []


@EVERY
def test_no_page_of_the_desk_scrolls_sideways_on_the_narrowest_screen_or_with_text_twice_as_large(
    page, context, live_server, place, model
):
    come_in(context, live_server, place.moderator)

    over = {}
    for address in addresses(place, model):
        page.goto(live_server.url + address)
        for width, size in ((320, "100%"), (1280, "200%")):
            page.set_viewport_size({"width": width, "height": 800})
            page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
            wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if wider > 0:
                over[address, width] = wider

    assert over == {}


def test_the_menu_of_a_phone_opens_by_the_keyboard_and_the_skip_link_leads_to_the_page(
    page, context, live_server, place
):
    come_in(context, live_server, place.moderator)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live_server.url + reverse("admin:index"))

    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("href", "#content-start")
    page.locator(".desk-menu summary").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Courriers", exact=True).click()

    expect(page).to_have_url(live_server.url + reverse("admin:pledges_outboxmail_changelist"))


def test_the_theme_is_chosen_and_kept(page, context, live_server, place):
    come_in(context, live_server, place.moderator)
    page.emulate_media(color_scheme="light")
    page.goto(live_server.url + reverse("admin:index"))
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")

    page.get_by_role("button", name="Changer de couleurs").click()
    page.goto(live_server.url + reverse("admin:pledges_pledge_changelist"))

    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
