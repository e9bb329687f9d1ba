"""Pages with little to say: refusals, and a portal where nothing has begun."""

import pytest
from playwright.sync_api import expect

from tests.browser.steps import fits_and_is_accessible, heading
from tests.pledges.factories import CandidateListFactory, ContestFactory, ElectionFactory
from tests.regions.factories import RegionFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[(390, 844), (1280, 900)], ids=["phone", "desktop"])
def browser_context_args(browser_context_args, request):
    width, height = request.param
    return browser_context_args | {"viewport": {"width": width, "height": height}}


@pytest.mark.parametrize(
    ("address", "status", "title"),
    [
        ("/echec/400/", 400, "Cette demande n’a pas été comprise"),
        ("/echec/403/", 403, "Cette page ne vous est pas ouverte"),
        ("/nulle-part/", 404, "Cette page n’existe pas"),
        ("/echec/500/", 500, "Le portail n’a pas pu répondre"),
    ],
)
def test_a_refusal_is_a_page_like_the_others(page, live_server, settings, address, status, title):
    settings.ROOT_URLCONF = "tests.browser.failing_urls"

    response = page.goto(live_server.url + address)

    assert response.status == status
    expect(heading(page)).to_have_text(title)
    fits_and_is_accessible(page)


def test_a_form_that_comes_back_without_its_key_says_so(page, context, live_server):
    page.goto(f"{live_server.url}/signer/ma-page/")
    context.clear_cookies()

    page.get_by_role("button", name="Recevoir le lien").click()

    expect(heading(page)).to_have_text("Ce formulaire a expiré")
    fits_and_is_accessible(page)


@pytest.mark.parametrize(
    "address",
    ["/", "/regions/bretagne/", "/elections/", "/ressources/", "/comparer/", "/recherche/?q=Brest", "/signer/"],
)
def test_a_portal_where_nothing_has_begun_is_a_portal(page, live_server, address):
    RegionFactory(code="53", name="Bretagne", slug="bretagne", norm="bretagne")

    response = page.goto(live_server.url + address)

    assert response.status == 200
    fits_and_is_accessible(page)


@pytest.mark.parametrize("with_list", [False, True], ids=["without a list", "with one list that has not answered"])
def test_an_election_with_nothing_to_show_yet_shows_it(page, live_server, with_list):
    bretagne = RegionFactory(code="53", name="Bretagne", slug="bretagne", norm="bretagne")
    contest = ContestFactory(region=bretagne, election=ElectionFactory(name="Régionales d’essai"))
    if with_list:
        CandidateListFactory(contest=contest, headed=True, panel_number=1)

    for address in ("/", bretagne.get_absolute_url(), contest.get_absolute_url(), "/elections/"):
        page.goto(live_server.url + address)
        fits_and_is_accessible(page)
