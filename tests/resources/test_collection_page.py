"""The page of a collection: its resources in their order, and what they weigh together."""

import pytest

from tests.pledges.test_views import text_of
from tests.regions.factories import NetworkFactory, RegionFactory
from tests.resources.factories import CollectionFactory, ResourceFactory

pytestmark = pytest.mark.django_db


def test_a_collection_is_in_its_order_with_what_is_published_alone(client):
    first, second = ResourceFactory(), ResourceFactory()
    collection = CollectionFactory(resources=[second, ResourceFactory(draft=True), first])

    response = client.get(f"/ressources/dossiers/{collection.slug}/")

    assert response.context["resources"] == [second, first]


def test_it_is_taken_away_whole_and_the_link_says_how_many_files_and_how_heavy(client):
    files = ResourceFactory.create_batch(3, version__stored=True, version__size=400_000)
    collection = CollectionFactory(resources=[*files, ResourceFactory()])

    page = text_of(client.get(collection.get_absolute_url()))

    assert "Télécharger les ressources (ZIP, 3 fichiers, 1,2 Mo)" in page
    assert f'href="/ressources/dossiers/{collection.slug}/telecharger.zip"' in page


def test_a_collection_of_links_has_nothing_to_download(client):
    collection = CollectionFactory(resources=[ResourceFactory()])

    assert "telecharger.zip" not in client.get(collection.get_absolute_url()).content.decode()


def test_an_empty_collection_says_so_and_leads_elsewhere(client):
    collection = CollectionFactory(resources=[ResourceFactory(archived=True)])

    page = client.get(collection.get_absolute_url())

    assert "Ce dossier est vide pour le moment." in text_of(page)
    assert '<a class="btn" href="/ressources/">' in page.content.decode()


def test_a_draft_has_no_page(client):
    assert client.get(CollectionFactory(published_on=None).get_absolute_url()).status_code == 404


@pytest.mark.parametrize("count", [1, 30])
def test_queries_of_a_collection_are_counted(client, count, django_assert_num_queries):
    resources = [
        ResourceFactory(version__stored=True, region=RegionFactory(), network=NetworkFactory()) for _ in range(count)
    ]
    collection = CollectionFactory(resources=resources, region=RegionFactory(), network=NetworkFactory())

    with django_assert_num_queries(3):
        client.get(collection.get_absolute_url())
