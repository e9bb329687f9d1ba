"""Collections at the desk: what they hold, in which order, for whom, and their two buttons."""

import pytest
from django.urls import reverse
from django.utils import timezone

from pledges.enums import Act
from pledges.models import JournalEntry
from resources.models import Collection
from tests.desk.acts import enter
from tests.regions.factories import MembershipFactory, NetworkFactory, RegionFactory
from tests.resources.factories import CollectionFactory, ResourceFactory

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

ADD = reverse("admin:resources_collection_add")


@pytest.fixture
def region():
    return RegionFactory(name="Bretagne")


@pytest.fixture
def network(region):
    return NetworkFactory(name="CRESS Bretagne", regions=[region])


@pytest.fixture
def desk(client, network):
    return enter(client, MembershipFactory(user__is_staff=True, network=network).user)


def address(collection):
    return reverse("admin:resources_collection_change", args=[collection.pk])


def typed(region, network, *resources, **more):
    items = {"items-TOTAL_FORMS": len(resources), "items-INITIAL_FORMS": 0}
    for place, resource in enumerate(resources):
        items |= {f"items-{place}-resource": resource.pk, f"items-{place}-position": place + 1}
    row = {"title": "Le dossier", "summary": "Tout sur l’ESS.", "region": region.pk if region else "",
           "network": network.pk if network else ""}  # fmt: skip
    return row | items | more


def test_a_collection_is_published_with_its_resources_in_their_order(desk, client, region, network):
    first, second = ResourceFactory(region=region), ResourceFactory()

    desk.post(ADD, typed(region, network, first, second, _publish="1"))

    collection = Collection.objects.get()
    assert (collection.slug, collection.published_on) == ("le-dossier", timezone.localdate())
    assert list(collection.shown()) == [first, second]
    assert client.get(collection.get_absolute_url()).status_code == 200


def test_a_draft_is_nowhere_and_a_collection_may_be_taken_back(desk, region, network):
    desk.post(ADD, typed(region, network, _save="1"))
    collection = Collection.objects.get()
    dates = [collection.published_on]
    for button in ("_publish", "_withdraw"):
        desk.post(address(collection), typed(region, network, slug=collection.slug) | {button: "1"})
        collection.refresh_from_db()
        dates.append(collection.published_on)

    assert dates == [None, timezone.localdate(), None]
    fields = JournalEntry.objects.filter(act=Act.RECORD_EDITED).order_by("pk").values_list("details__fields", flat=True)
    assert list(fields) == [["published_on"], ["published_on"]]


def test_an_empty_place_is_no_resource(desk, region, network):
    page = desk.get(ADD)
    [formset] = page.context["inline_admin_formsets"]
    places = [form["position"].value() for form in formset.formset.forms]

    desk.post(ADD, typed(region, network) | {"items-TOTAL_FORMS": 3} | {f"items-{n}-position": n + 1 for n in range(3)})

    assert (places, Collection.objects.get().items.count()) == ([1, 2, 3], 0)


def test_the_next_places_follow_those_that_are_taken(desk, region, network):
    collection = CollectionFactory(region=region, network=network, resources=[ResourceFactory(), ResourceFactory()])

    [formset] = desk.get(address(collection)).context["inline_admin_formsets"]

    assert [form["position"].value() for form in formset.formset.forms] == [1, 2, 3, 4, 5]


def test_a_territory_is_offered_its_own_resources_and_those_of_all(desk, region):
    own, national = ResourceFactory(region=region, draft=True), ResourceFactory()
    ResourceFactory(draft=True), ResourceFactory(region=RegionFactory())

    [formset] = desk.get(ADD).context["inline_admin_formsets"]

    assert set(formset.formset.forms[0].fields["resource"].queryset) == {own, national}


def test_the_collection_of_a_territory_holds_no_resource_of_another(admin_client, region, network):
    foreign = ResourceFactory(region=RegionFactory())

    response = admin_client.post(ADD, typed(region, network, foreign))

    [formset] = response.context["inline_admin_formsets"]
    assert formset.formset.errors == [{"resource": ["Cette ressource est d’un autre territoire que le dossier."]}]
    assert not Collection.objects.exists()


def test_a_resource_is_once_in_a_collection(desk, region, network):
    resource = ResourceFactory()

    response = desk.post(ADD, typed(region, network, resource, resource))

    assert (response.status_code, Collection.objects.exists()) == (200, False)


def test_a_member_makes_no_national_collection(desk, network):
    response = desk.post(ADD, typed(None, network))

    assert list(response.context["adminform"].form.errors) == ["region"]


def test_only_a_draft_is_deleted_and_its_resources_stay(desk, region):
    resource = ResourceFactory(region=region)
    draft = CollectionFactory(region=region, published_on=None, resources=[resource])

    desk.post(reverse("admin:resources_collection_delete", args=[draft.pk]), {"post": "yes"})

    resource.refresh_from_db()
    assert not Collection.objects.exists()
