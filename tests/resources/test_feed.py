"""The feed of the resources: what was published, and what was replaced since."""

import datetime
import xml.etree.ElementTree as ET

import pytest

from resources.models import Resource
from tests.regions.factories import NetworkFactory, RegionFactory
from tests.resources.factories import ResourceFactory, VersionFactory

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
ADDRESS = "/flux/ressources.atom"


def entries(client):
    return ET.fromstring(client.get(ADDRESS).content).findall(f"{ATOM}entry")


def said(client, name):
    return [entry.findtext(f"{ATOM}{name}") for entry in entries(client)]


def at(day):
    return datetime.datetime(2026, 3, day, 12, tzinfo=datetime.UTC)


def test_a_new_version_is_an_entry_of_its_own_the_latest_first(client):
    published_on = datetime.date(2026, 3, 1)
    guide = ResourceFactory(title="Guide", summary="Le résumé.", published_on=published_on, version=None)
    VersionFactory(resource=guide, number=1, added_at=at(1), replaced_on=datetime.date(2026, 3, 9))
    VersionFactory(resource=guide, number=2, added_at=at(9), change="Une date corrigée.")
    region = RegionFactory(name="Bretagne")
    ResourceFactory(title="Fiche", region=region, published_on=datetime.date(2026, 3, 5), version__added_at=at(2))

    assert said(client, "title") == ["Guide (France entière), version 2", "Fiche (Bretagne)", "Guide (France entière)"]
    assert said(client, "summary") == ["Une date corrigée.", "À quoi sert cette ressource d’essai.", "Le résumé."]
    assert [moment[:10] for moment in said(client, "updated")] == ["2026-03-09", "2026-03-05", "2026-03-01"]


def test_an_entry_keeps_its_name_when_its_resource_changes_title_and_address(client):
    resource = ResourceFactory()
    before = said(client, "id")

    Resource.objects.filter(pk=resource.pk).update(title="Autre titre", slug="autre-adresse")

    assert before == [f"tag:engagements.example.org,2028:ressource-{resource.pk}-version-1"]
    assert said(client, "id") == before


def test_what_nobody_could_read_is_no_entry(client):
    ResourceFactory(draft=True)
    ResourceFactory(submitted=True)
    ResourceFactory(archived=True)
    shown = ResourceFactory(published_on=datetime.date(2026, 3, 5), version=None)
    VersionFactory(resource=shown, number=1, added_at=at(1), replaced_on=datetime.date(2026, 3, 4))
    VersionFactory(resource=shown, number=2, added_at=at(4))

    assert said(client, "id") == [f"tag:engagements.example.org,2028:ressource-{shown.pk}-version-2"]


@pytest.mark.parametrize("count", [1, 31])
def test_the_feed_stops_at_thirty_and_is_read_in_one_query(client, count, django_assert_num_queries):
    ResourceFactory.create_batch(count, region=RegionFactory(), network=NetworkFactory())

    with django_assert_num_queries(1):
        response = client.get(ADDRESS)

    assert response.content.count(b"<entry>") == min(count, 30)
    assert response["Cache-Control"].startswith("public")


def test_the_list_names_its_feed(client):
    page = client.get("/ressources/").content.decode()

    assert f'type="application/atom+xml" title="Les dernières ressources" href="{ADDRESS}">' in page
