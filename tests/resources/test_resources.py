import pytest
from django.urls import reverse

from resources.enums import Audience
from tests.pledges.test_views import text_of
from tests.regions.factories import RegionFactory
from tests.resources.factories import ResourceFactory

pytestmark = pytest.mark.django_db


def test_resources_are_grouped_by_audience_without_drafts(client):
    for_networks = ResourceFactory(audience=Audience.NETWORKS)
    for_candidates = ResourceFactory(audience=Audience.CANDIDATES)
    ResourceFactory(draft=True)

    groups = dict(client.get(reverse("resources")).context["groups"])

    assert groups == {
        Audience.CANDIDATES: [for_candidates],
        Audience.CITIZENS: [],
        Audience.NETWORKS: [for_networks],
    }


def test_an_empty_shelf_says_so(client):
    assert "Aucune ressource n’est encore publiée." in text_of(client.get(reverse("resources")))


@pytest.mark.parametrize("count", [1, 30])
def test_queries_of_the_shelf_are_counted(client, count, django_assert_num_queries):
    ResourceFactory.create_batch(count, region=RegionFactory())

    with django_assert_num_queries(1):
        client.get(reverse("resources"))


def test_a_territory_shows_its_own_resources_and_the_national_ones(client):
    region = RegionFactory()
    own, national = ResourceFactory(region=region), ResourceFactory()
    foreign = ResourceFactory(region=RegionFactory())

    page = text_of(client.get(region.get_absolute_url()))

    assert [resource.title in page for resource in (own, national, foreign)] == [True, True, False]
