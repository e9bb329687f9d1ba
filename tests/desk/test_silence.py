"""The electoral silence at the desk: the banner, and what is not saved while it lasts, whoever saves it."""

import datetime

import pytest
import time_machine
from django.contrib import admin
from django.urls import reverse

from pledges.calendar import SilenceError
from regions.admin.publishing import PublishingAdmin
from regions.admin.scoping import AdministratorAdmin, ScopedAdmin
from regions.models import Revision
from resources.actions.pages import restore
from resources.models import Collection, Page, Resource
from resources.shipped import FIELDS
from tests.desk.acts import enter
from tests.pledges.factories import ContestFactory, ElectionFactory, NuanceFactory
from tests.pledges.test_views import text_of
from tests.regions.factories import IndicatorFactory, MembershipFactory, NetworkFactory, RegionFactory, UserFactory
from tests.resources.factories import CollectionFactory, ResourceFactory

pytestmark = pytest.mark.django_db

DURING = datetime.datetime(2021, 6, 19, 12, tzinfo=datetime.UTC)
AFTER = datetime.datetime(2021, 6, 20, 18, tzinfo=datetime.UTC)  # 20 h in Paris

# What is edited at the desk and no public page shows.
NOT_SHOWN = {"DecisionReason", "User"}


@pytest.fixture
def voting():
    return ContestFactory(election=ElectionFactory(past=True), region__name="Bretagne")


@pytest.fixture
def elsewhere():
    return RegionFactory(name="Ailleurs")


@pytest.fixture
def clock(voting):
    with time_machine.travel(DURING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def administration(client, clock):
    return enter(client, UserFactory(is_staff=True, is_superuser=True))


def page_of(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def save(desk, row, **changes):
    """Open the page of a row, change something, and save."""
    form = desk.get(page_of(row)).context["adminform"].form
    typed = {bound.name: bound.value() for bound in form}
    typed = {name: value for name, value in (typed | changes).items() if value not in (None, False)}
    return desk.post(page_of(row), typed)


def rows_of(voting):
    return {
        "indicator": (IndicatorFactory(region=voting.region), {"source": "Une autre source"}),
        "network": (NetworkFactory(regions=[voting.region]), {"name": "Un autre nom"}),
        "resource": (ResourceFactory(region=voting.region), {"title": "Un autre titre"}),
        "national resource": (ResourceFactory(), {"title": "Un autre titre"}),
        "election": (voting.election, {"name": "Un autre nom"}),
        "nuance": (NuanceFactory(election=voting.election), {"label": "Un autre libellé"}),
    }


@pytest.mark.parametrize("what", ["indicator", "network", "resource", "national resource", "election", "nuance"])
def test_what_the_public_reads_is_not_saved_by_anyone_and_nothing_typed_is_lost(administration, voting, what):
    row, changes = rows_of(voting)[what]
    before = Revision.current()

    answer = save(administration, row, **changes)

    [(field, typed)] = changes.items()
    page = text_of(answer)
    assert "Silence électoral jusqu’au 20 juin 2021 à 20 h, heure locale. Territoires concernés : Bretagne." in page
    assert answer.context["adminform"].form[field].value() == typed
    row.refresh_from_db()
    assert (getattr(row, field) == typed, Revision.current()) == (False, before)


@pytest.mark.parametrize("what", ["indicator", "network", "resource", "national resource", "election", "nuance"])
def test_the_same_is_saved_at_the_second_that_the_silence_ends(client, clock, voting, what):
    row, changes = rows_of(voting)[what]
    clock.move_to(AFTER)
    desk = enter(client, UserFactory(is_staff=True, is_superuser=True))

    answer = save(desk, row, **changes)

    [(field, typed)] = changes.items()
    row.refresh_from_db()
    assert (answer.status_code, getattr(row, field)) == (302, typed)


def test_what_concerns_another_territory_is_saved(administration, elsewhere):
    figure = IndicatorFactory(region=elsewhere)

    answer = save(administration, figure, source="Une autre source")

    assert answer.status_code == 302


def test_nothing_is_moved_out_of_a_silent_territory_nor_into_one(administration, voting, elsewhere):
    here, there = IndicatorFactory(region=voting.region), IndicatorFactory(region=elsewhere)

    answers = [
        save(administration, here, region=elsewhere.pk),
        save(administration, there, region=voting.region.pk),
    ]

    assert [answer.status_code for answer in answers] == [200, 200]


def test_what_no_page_shows_is_prepared_and_thrown_away_meanwhile(client, clock, voting):
    member = UserFactory(is_staff=True)
    MembershipFactory(user=member).network.regions.add(voting.region)
    desk = enter(client, member)
    draft, shown = ResourceFactory(region=voting.region, draft=True), ResourceFactory(region=voting.region)

    answers = [
        desk.post(reverse("admin:resources_resource_delete", args=[row.pk]), {"post": "yes"}) for row in (draft, shown)
    ]

    assert [answer.status_code for answer in answers] == [302, 404]
    assert list(Resource.objects.all()) == [shown]


@pytest.mark.parametrize("model", [Resource, Collection])
@pytest.mark.parametrize("during", [True, False])
def test_what_is_published_is_deleted_neither_meanwhile_nor_after(client, clock, voting, model, during):
    clock.move_to(DURING if during else AFTER)
    member = UserFactory(is_staff=True)
    MembershipFactory(user=member).network.regions.add(voting.region)
    desk = enter(client, member)
    factory = {Resource: ResourceFactory, Collection: CollectionFactory}[model]
    row = factory(region=voting.region)

    answer = desk.post(page_of(row).replace("/change/", "/delete/"), {"post": "yes"})

    assert (answer.status_code, model.objects.count()) == (404, 1)


@pytest.mark.parametrize(("button", "is_saved"), [("_save", True), ("_publish", False)])
def test_a_collection_is_prepared_and_not_published(administration, voting, button, is_saved):
    collection = CollectionFactory(region=voting.region, published_on=None)
    empty = {"items-TOTAL_FORMS": "0", "items-INITIAL_FORMS": "0"}

    answer = save(administration, collection, title="Un autre titre", **empty, **{button: "1"})

    collection.refresh_from_db()
    assert (answer.status_code, collection.title == "Un autre titre") == (302 if is_saved else 200, is_saved)
    assert collection.published_on is None


def test_a_page_of_prose_is_not_given_back_its_first_text(voting, clock):
    page, _created = Page.objects.get_or_create(name="methode", language="fr")
    Page.objects.filter(pk=page.pk).update(**dict.fromkeys(FIELDS, "Réécrite"))

    with pytest.raises(SilenceError):
        restore(page, by=UserFactory())

    page.refresh_from_db()
    assert page.title == "Réécrite"


def test_every_class_that_edits_what_the_public_reads_keeps_the_silence(rf):
    request = rf.get("/")
    request.user = UserFactory(is_staff=True, is_superuser=True)

    others = {
        model.__name__
        for model, its in admin.site._registry.items()
        if not isinstance(its, PublishingAdmin)
        and isinstance(its, (AdministratorAdmin, ScopedAdmin))
        and (its.allows(request.user, "change") or its.allows(request.user, "add"))
    }

    assert others == NOT_SHOWN


# --- The banner ---


def test_each_page_of_the_desk_says_until_when_to_whom_it_concerns(client, clock, voting, elsewhere):
    desks = []
    for region in (voting.region, elsewhere):
        member = UserFactory(is_staff=True)
        MembershipFactory(user=member).network.regions.add(region)
        desks.append(enter(type(client)(), member))
    desks.append(enter(client, UserFactory(is_staff=True, is_superuser=True)))

    said = [
        "Silence électoral jusqu’au 20 juin 2021 à 20 h, heure locale. Bretagne :"
        in text_of(desk.get(reverse("admin:pledges_candidatelist_changelist")))
        for desk in desks
    ]

    assert said == [True, False, True]


@pytest.mark.parametrize("page", ["territory", "comparison"])
def test_public_pages_say_until_when_from_the_first_second_to_the_last(client, voting, page):
    pages = {
        "territory": voting.region.get_absolute_url(),
        "comparison": f"{reverse('compare')}?territoire={voting.pk}",
    }
    address, seen = pages[page], []
    begins = datetime.datetime(2021, 6, 18, 22, tzinfo=datetime.UTC)  # midnight in Paris
    second = datetime.timedelta(seconds=1)
    with time_machine.travel(begins, tick=False) as clock:
        for moment in (begins - second, begins, AFTER - second, AFTER):
            clock.move_to(moment)
            seen.append("Cette page reste telle qu’elle était le 18 juin 2021 au soir" in text_of(client.get(address)))

    assert seen == [False, True, True, False]
