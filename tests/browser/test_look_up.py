"""The look-up offers where to go while one types, by the keyboard alone and on a telephone."""

import pytest
from playwright.sync_api import expect

from tests.browser.steps import fits_and_is_accessible, heading
from tests.pledges.factories import ContestFactory
from tests.regions.factories import RegionFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("address", ["/", "/methode/"])
def test_a_region_is_reached_from_its_first_letters(page, live_server, address):
    ContestFactory(region=RegionFactory(code="28", name="Normandie", slug="normandie"))
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live_server.url + address)
    box = page.get_by_role("search").get_by_role("textbox")
    below = page.locator("main .page-head, main .hero").first
    place = below.bounding_box()

    box.press_sequentially("norm")

    suggestion = page.get_by_role("search").get_by_role("link", name="Normandie")
    expect(suggestion).to_be_visible()
    expect(page.locator("[data-suggestion-count]")).to_have_text("1 suggestion")
    assert below.bounding_box() == place  # nothing moved
    fits_and_is_accessible(page)
    page.keyboard.press("Tab")  # the button
    page.keyboard.press("Tab")
    expect(suggestion).to_be_focused()
    page.keyboard.press("Enter")
    expect(heading(page)).to_contain_text("Normandie")


def test_escape_closes_the_panel(page, live_server):
    RegionFactory(code="28", name="Normandie", slug="normandie")
    page.goto(live_server.url + "/methode/")
    page.get_by_role("search").get_by_role("textbox").press_sequentially("norm")
    panel = page.locator("[data-suggestions]")
    expect(panel).not_to_be_empty()

    page.keyboard.press("Escape")

    expect(panel).to_be_empty()
    expect(panel).to_be_hidden()
