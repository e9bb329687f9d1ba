"""The page of a territory, as it is used: filters without a reload, by the keyboard, on a telephone."""

import re

import pytest
from playwright.sync_api import expect

from pledges.map import outlines
from regions.enums import Measure
from tests.browser.steps import fits_and_is_accessible
from tests.pledges.factories import CandidateFactory, CandidateListFactory, ContestFactory, PledgeFactory
from tests.regions.factories import IndicatorFactory, RegionFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def contest():
    place = ContestFactory(region__code="53", region__name="Bretagne", region__name_type=0)
    signed = CandidateListFactory(contest=place, name="Liste A", panel_number=1, headed=True)
    PledgeFactory(candidate_list=signed, published=True, signed=True, answers={1: "commits"})
    CandidateListFactory(contest=place, name="Liste B", panel_number=2, headed=True)
    return place


@pytest.mark.parametrize("width", [390, 1280])
def test_a_filter_changes_the_table_alone_says_the_count_and_leads_back(page, live_server, contest, width):
    address = live_server.url + contest.get_absolute_url()
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(address)
    page.evaluate("window.notReloaded = true")
    count = page.locator("p[id^=compte]")
    page.get_by_text("Filtrer, et lire leurs mots principe par principe").press("Enter")

    page.get_by_role("link", name="s’engage", exact=True).press("Enter")

    expect(page.get_by_role("link", name="Liste B")).to_have_count(0)
    expect(page.get_by_role("link", name="Liste A")).to_be_visible()
    expect(count).to_have_text(re.compile("^1 liste sur 2 s’engage"))
    expect(page.get_by_role("link", name="s’engage", exact=True)).to_be_focused()
    assert re.sub("#.*", "", page.url) == f"{address}?reponse=s-engage"
    assert page.evaluate("window.notReloaded")
    fits_and_is_accessible(page)

    page.get_by_role("link", name="Tout montrer").press("Enter")

    expect(page.get_by_role("link", name="Liste B")).to_be_visible()
    expect(page.get_by_role("link", name="Tout montrer")).to_be_focused()
    expect(count).to_be_empty()

    page.go_back()

    expect(page.get_by_role("link", name="Liste B")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 1280])
def test_each_region_of_the_map_is_pressed_with_a_thumb_and_reached_by_the_keyboard(page, live_server, contest, width):
    for code in outlines():
        if code != contest.region.code:
            RegionFactory(code=code, name=f"Région {code}", slug=f"region-{code}")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(live_server.url)
    links = page.locator(".map a")

    sizes = links.evaluate_all(
        """links => links.map(link => {
            // Its box, or its land.
            const {left, right, width, height} = link.firstElementChild.getBoundingClientRect();
            return [Math.min(width, height), left, right];
        })"""
    )

    assert len(sizes) == 18
    assert min(size for size, _left, _right in sizes) >= 24
    assert min(left for _size, left, _right in sizes) >= 0
    assert max(right for _size, _left, right in sizes) <= width
    fits_and_is_accessible(page)

    page.locator(".region-list a").last.focus()
    page.keyboard.press("Tab")

    expect(links.first).to_be_focused()
    expect(links.first.locator(".map__say")).to_have_css("opacity", "1")
    thick, thin = links.first.locator(".land"), links.last.locator(".land")
    expect(thick).to_have_css("stroke-width", "9px")
    expect(thin).to_have_css("stroke-width", "1.8px")


def test_what_the_map_says_of_a_region_goes_with_escape_and_comes_with_the_next(page, live_server, contest):
    RegionFactory(code="94", name="Corse", slug="corse")
    page.goto(live_server.url)
    first, second = page.locator(".map a").all()
    first.focus()
    expect(first.locator(".map__say")).to_have_css("opacity", "1")

    page.keyboard.press("Escape")

    expect(first.locator(".map__say")).to_have_css("opacity", "0")
    second.focus()
    expect(second.locator(".map__say")).to_have_css("opacity", "1")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("shown", ["region", "list", "search"])
def test_the_pages_around_a_territory_fit_and_are_accessible(page, live_server, contest, shown, width, scheme):
    for year in (2014, 2015):
        IndicatorFactory(region=contest.region, year=year)
    IndicatorFactory(region=contest.region, measure=Measure.JOBS, value=29000)
    candidate_list = contest.lists.first()
    CandidateFactory.create_batch(31, candidate_list=candidate_list, norm="alix exemple", section_name="Finistère")
    addresses = {
        "region": contest.region.get_absolute_url(),
        "list": candidate_list.get_absolute_url(),
        "search": "/recherche/?q=alix",
    }
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})

    page.goto(live_server.url + addresses[shown])
    for summary in page.locator("main summary").all():
        summary.click()

    fits_and_is_accessible(page)
