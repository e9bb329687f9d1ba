"""The resources as a reader looks for them: by phone, with a filter that loads nothing again, and without a script."""

import re

import pytest
from playwright.sync_api import expect

from pledges.models import Charter
from resources.enums import Audience, ResourceKind
from tests.browser.steps import fits_and_is_accessible, heading
from tests.pledges.factories import ContestFactory
from tests.regions.factories import NetworkFactory
from tests.resources.factories import CollectionFactory, ResourceFactory, VersionFactory

pytestmark = pytest.mark.django_db(transaction=True)

TWIN = "Ce que chaque principe demande.\n\n# La loi\n\n- Une stratégie.\n- Une conférence."


@pytest.fixture
def guide():
    """A guide for candidates whose second version is there, among others."""
    contest = ContestFactory(region__code="53", region__name="Bretagne", region__name_type=0)
    network = NetworkFactory(name="CRESS Bretagne")
    resource = ResourceFactory(
        title="Guide des régions",
        region=contest.region,
        network=network,
        election=contest.election,
        kind=ResourceKind.SHEET,
        version=None,
    )
    VersionFactory(resource=resource, number=1, stored=True, replaced_on=resource.published_on)
    VersionFactory(resource=resource, number=2, stored=True, twin=TWIN, change="Le calendrier est à jour.")
    resource.principles.set(Charter.objects.get().principles.all())
    others = [
        ResourceFactory(title="Affiche", kind=ResourceKind.POSTER, version__stored=True),
        ResourceFactory(title="Lettre", audience=Audience.NETWORKS, version__url="", version__model_text="letter"),
    ]
    CollectionFactory(title="Le kit de départ", resources=[resource, *others])
    return resource


def test_by_telephone_the_right_document_is_two_clicks_from_home_and_from_a_territory(page, live_server, guide):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live_server.url)

    page.get_by_role("link", name="Candidates et candidats").click()
    page.get_by_role("link", name="Guide des régions", exact=True).click()

    expect(heading(page)).to_have_text("Guide des régions")
    expect(page.get_by_role("link", name="Télécharger la fiche (PDF, 120 ko, 2 pages)")).to_be_visible()

    page.goto(live_server.url + guide.region.get_absolute_url())
    page.get_by_role("link", name="Toutes les ressources, Bretagne").click()
    page.get_by_role("link", name="Guide des régions", exact=True).click()

    expect(heading(page)).to_have_text("Guide des régions")


def test_a_filter_changes_the_shelves_alone_says_the_count_and_leads_back(page, live_server, guide):
    address = f"{live_server.url}/ressources/"
    page.goto(address)
    page.evaluate("window.notReloaded = true")
    page.get_by_text("Affiner :").click()

    page.get_by_label("Nature").focus()

    page.get_by_label("Nature").select_option(label="affiche")

    expect(page.locator("#compte")).to_have_text("1 ressource sur 3 répond à votre choix.")
    expect(page.get_by_role("link", name="Affiche", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Guide des régions", exact=True)).to_have_count(0)
    expect(page.get_by_label("Nature")).to_be_focused()
    assert page.url == f"{address}?nature=affiche"

    page.get_by_label("Public", exact=True).select_option(label="Réseaux de l’ESS")

    expect(page.locator("#compte")).to_have_text("Aucune ressource sur 3 ne répond à votre choix.")
    expect(page.locator("#portes [aria-current]")).to_contain_text("Réseaux de l’ESS")
    assert page.evaluate("window.notReloaded")

    page.go_back()

    expect(page.get_by_role("link", name="Affiche", exact=True)).to_be_visible()


def test_typing_searches_without_a_reload(page, live_server, guide):
    page.goto(f"{live_server.url}/ressources/")
    page.evaluate("window.notReloaded = true")

    page.get_by_label("Chercher un titre, un mot").press_sequentially("regions guide")

    expect(page.locator("#compte")).to_have_text("1 ressource sur 3 répond à votre choix.")
    assert page.url.endswith("?q=regions+guide")
    assert page.evaluate("window.notReloaded")


def test_without_a_script_the_same_form_asks_the_same_address(browser, browser_context_args, live_server, guide):
    context = browser.new_context(**browser_context_args | {"java_script_enabled": False})
    page = context.new_page()
    page.goto(f"{live_server.url}/ressources/")
    page.get_by_text("Affiner :").click()
    page.get_by_label("Nature").select_option(label="affiche")

    page.get_by_role("button", name="Chercher").last.click()

    assert page.url == f"{live_server.url}/ressources/?nature=affiche"
    expect(page.locator("#compte")).to_have_text("1 ressource sur 3 répond à votre choix.")
    page.get_by_role("link", name=re.compile("affiche.*retirer ce filtre")).click()
    assert page.url == f"{live_server.url}/ressources/"
    context.close()


# The walk of the portal tries the rest, in all widths.
@pytest.mark.parametrize(
    ("shown", "width"), [("audience", 320), ("audience", 1280), ("resource", 320), ("model", 1280), ("collection", 320)]
)
def test_the_pages_of_the_resources_fit_and_are_accessible(page, live_server, guide, shown, width):
    paths = {
        "audience": "/ressources/?public=candidats&territoire=bretagne",
        "resource": guide.get_absolute_url(),
        "model": guide.collections.get().resources.get(title="Lettre").get_absolute_url(),
        "collection": guide.collections.get().get_absolute_url(),
    }
    page.set_viewport_size({"width": width, "height": 900})

    page.goto(live_server.url + paths[shown])

    fits_and_is_accessible(page)
