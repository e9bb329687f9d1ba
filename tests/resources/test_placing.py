"""Resources on the pages of the territories, of the principles, of the signature, and in the maps of the site."""

import re

import pytest

from pledges.our_pages import OurPage, our_page
from resources.enums import Audience, ResourceKind
from tests.pledges.factories import CandidateListFactory, CharterFactory, ContestFactory
from tests.pledges.test_views import text_of
from tests.regions.factories import RegionFactory
from tests.resources.factories import CollectionFactory, ResourceFactory

pytestmark = pytest.mark.django_db

DOORS = ["candidats", "citoyens", "reseaux", "presse"]


def resource_links(response):
    """The addresses below the resources that the body of a page gives, in its order."""
    body = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return [address.replace("&amp;", "&") for address in re.findall(r'href="(/ressources/[^"]*)"', body)]


def address_of(resource):
    return f"/ressources/{resource.slug}/"


def test_the_home_page_leads_to_the_resources_of_each_audience(client):
    assert resource_links(client.get("/")) == [f"/ressources/?public={word}" for word in DOORS]


def test_a_territory_shows_its_own_and_the_national_ones_by_audience_and_leads_to_all_of_them(client):
    region = RegionFactory(slug="bretagne")
    for_citizens = ResourceFactory(region=region, audience=Audience.CITIZENS)
    for_candidates = ResourceFactory(audience=Audience.CANDIDATES)
    ResourceFactory(region=RegionFactory())
    ResourceFactory(region=region, draft=True)

    assert resource_links(client.get(region.get_absolute_url())) == [
        "/ressources/?public=candidats&territoire=bretagne",
        address_of(for_candidates),
        "/ressources/?public=citoyens&territoire=bretagne",
        address_of(for_citizens),
        "/ressources/?territoire=bretagne",
    ]


def test_a_territory_without_resources_says_nothing_of_them(client):
    region = RegionFactory()
    ResourceFactory(region=RegionFactory())

    assert resource_links(client.get(region.get_absolute_url())) == []


def test_a_principle_shows_what_serves_it_whatever_the_charter(client):
    old, charter = CharterFactory(version="1"), CharterFactory(version="2")
    serves, serves_another = ResourceFactory(), ResourceFactory()
    serves.principles.set([old.principles.get(number=2), charter.principles.get(number=2)])
    serves_another.principles.add(charter.principles.get(number=3))

    assert resource_links(client.get("/principes/2/")) == [address_of(serves), "/ressources/?principe=2"]
    assert resource_links(client.get("/principes/1/")) == []


def test_whoever_is_about_to_sign_finds_what_to_read_first(client):
    candidate_list = CandidateListFactory(contest=ContestFactory(), headed=True)
    guide = ResourceFactory(kind=ResourceKind.ARGUMENT)
    ResourceFactory(kind=ResourceKind.POSTER)
    ResourceFactory(kind=ResourceKind.SHEET, audience=Audience.CITIZENS)
    ResourceFactory(kind=ResourceKind.SHEET, region=RegionFactory())

    response = client.get(f"/signer/liste/{candidate_list.pk}/")

    assert "À lire avant de signer" in text_of(response)
    assert resource_links(response) == [address_of(guide)]
    assert resource_links(client.get("/signer/")) == ["/ressources/?public=candidats"]


def test_the_maps_of_the_site_name_what_is_on_the_shelves(client, settings):
    resource = ResourceFactory()
    ResourceFactory(archived=True)
    ResourceFactory(draft=True)
    collection = CollectionFactory()
    CollectionFactory(published_on=None)

    named = re.findall(r"<loc>([^<]*/ressources/[^<]*)</loc>", client.get("/sitemap.xml").content.decode())

    assert named == [
        f"{settings.SITE_URL}{path}"
        for path in ("/ressources/", address_of(resource), f"/ressources/dossiers/{collection.slug}/")
    ]
    assert resource_links(client.get("/plan-du-site/")) == [
        "/ressources/",
        *(f"/ressources/?public={word}" for word in DOORS),
    ]


def test_a_correction_may_be_asked_about_a_resource_and_is_of_its_territory():
    resource = ResourceFactory(region=RegionFactory(), version__stored=True)
    collection = CollectionFactory()
    drafts = [ResourceFactory(draft=True), CollectionFactory(published_on=None)]

    about = OurPage(resource.get_absolute_url(), resource.region)
    assert our_page(about.path) == our_page(resource.current.get_absolute_url()) == about
    assert our_page(f"{about.path}bretagne.odt") == about
    assert our_page(collection.get_absolute_url()) == OurPage(collection.get_absolute_url(), None)
    assert our_page(f"{collection.get_absolute_url()}telecharger.zip") == our_page(collection.get_absolute_url())
    assert [our_page(draft.get_absolute_url()) for draft in drafts] == [None, None]


def test_each_page_is_in_english_too_and_marks_its_french(client):
    resource = ResourceFactory(title="Guide des régions", version__stored=True)
    collection = CollectionFactory(title="Dossier des régions", resources=[resource])

    for path in ("/ressources/", address_of(resource), f"/ressources/dossiers/{collection.slug}/"):
        page = client.get(f"/en{path}").content.decode()

        assert '<html lang="en">' in page
        assert re.search(r'<span lang="fr">(Guide|Dossier) des régions</span>', page)
        assert not re.search(r'<meta name="description" content="[^"]*(À quoi sert|Ce qui va ensemble)', page)
