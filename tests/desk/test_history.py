"""What a row said before, who changed it, and what the journal says of it."""

import datetime

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import IntegrityError, models, transaction
from django.urls import NoReverseMatch, reverse

from pledges.enums import Act
from pledges.models import Election, JournalEntry
from regions.models import Indicator, Network, User
from resources.models import Resource
from tests.pledges.factories import CharterFactory, ElectionFactory
from tests.regions.factories import MembershipFactory, NetworkFactory, RegionFactory, UserFactory
from tests.resources.factories import ResourceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def region():
    return RegionFactory(code="53", name="Bretagne")


@pytest.fixture
def moderator(region):
    user = UserFactory(first_name="Anne", last_name="Le Gall", is_staff=True)
    MembershipFactory(user=user, network=NetworkFactory(regions=[region]))
    return user


def page(client, row, view="history", **query):
    meta = row._meta
    return client.get(reverse(f"admin:{meta.app_label}_{meta.model_name}_{view}", args=[row.pk]), query)


def save(client, row, **changes):
    """Save a row through its page, as it stands but for these changes."""
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    context = client.get(address).context
    forms = [
        context["adminform"].form,
        *(
            form
            for inline in context["inline_admin_formsets"]
            for form in [inline.formset.management_form, *inline.formset.forms]
        ),
    ]
    data = {}
    for form in forms:
        for field in form:
            value = field.value()
            if isinstance(value, list):
                data[field.html_name] = [getattr(each, "pk", each) for each in value]
            elif value not in (None, False):
                data[field.html_name] = value
    response = client.post(address, data | changes)
    assert response.status_code == 302, response.context["errors"]


def told(response):
    """What the page says: who, what, which row, and each change."""
    return [
        (str(edit.by or ""), edit.what, edit.row, [tuple(change) for change in edit.changes])
        for edit in response.context["page"]
    ]


def test_a_change_is_shown_with_who_made_it_and_what_stood_before(admin_client, admin_user):
    network = NetworkFactory(name="CRESS", site="https://avant.example.org")
    regions = [RegionFactory(name="Bretagne"), RegionFactory(name="Normandie")]

    save(admin_client, network, site="https://apres.example.org", regions=[region.pk for region in regions])

    assert told(page(admin_client, network)) == [
        (
            str(admin_user),
            "Modification",
            "",
            [
                ("Site", "https://avant.example.org", "https://apres.example.org"),
                ("Régions", "vide", "Bretagne, Normandie"),
            ],
        )
    ]


def test_fields_are_in_words(admin_client, admin_user):
    election = ElectionFactory(past=True, name="Régionales")
    before, charter = election.charter, CharterFactory(version="2028", title="Charte")

    save(admin_client, election, is_demonstration="on", second_round_on="2021-06-28", charter=charter.pk,
         kind="departmental")  # fmt: skip

    [(_by, _what, _row, changes)] = told(page(admin_client, election))
    assert changes == [
        ("Nature", "élections régionales", "élections départementales"),
        ("Charte", str(before), str(charter)),
        ("Second tour", "27 juin 2021", "28 juin 2021"),
        ("Démonstration", "non", "oui"),
    ]


def test_what_a_command_changed_meanwhile_is_nobodys(admin_client, admin_user):
    election = ElectionFactory(name="Un")
    save(admin_client, election, name="Deux")
    Election.objects.filter(pk=election.pk).update(name="Trois")
    save(admin_client, election, name="Quatre")

    assert told(page(admin_client, election)) == [
        (str(admin_user), "Modification", "", [("Nom", "Trois", "Quatre")]),
        ("", "Modification", "", [("Nom", "Deux", "Trois")]),
        (str(admin_user), "Modification", "", [("Nom", "Un", "Deux")]),
    ]


def test_the_plain_words_of_a_principle_have_their_history_on_the_charters_page(admin_client, admin_user):
    charter = CharterFactory()
    third = charter.principles.get(number=3)

    save(admin_client, charter, **{"principles-2-short": "Autrement dit"})

    assert told(page(admin_client, charter)) == [
        (
            str(admin_user),
            "Modification",
            "Principe « 3. Autrement dit »",
            [("En bref", third.short, "Autrement dit")],
        )
    ]
    entry = JournalEntry.objects.get()
    assert (entry.act, entry.by, entry.details) == (
        Act.RECORD_EDITED,
        admin_user,
        {"record": "pledges.charter", "key": charter.pk, "fields": ["principle.short"]},
    )


def test_a_page_saved_untouched_changes_nothing(admin_client):
    network = NetworkFactory(regions=[RegionFactory()])

    save(admin_client, network)

    assert (told(page(admin_client, network)), JournalEntry.objects.count()) == ([], 0)
    assert "Rien n’a encore été changé ici." in page(admin_client, network).text


def test_what_is_added_and_deleted_is_in_the_journal_of_its_region(desk, moderator, region):
    data = {"title": "Un kit", "slug": "un-kit", "summary": "Un essai.", "audience": "candidates", "kind": "kit",
            "url": "https://example.org/", "region": region.pk, "network": region.networks.get().pk,
            "licence": "cc-by", "language": "fr"}  # fmt: skip
    desk.post(reverse("admin:resources_resource_add"), data)
    resource = Resource.objects.get()
    added = told(page(desk, resource))
    desk.post(reverse("admin:resources_resource_delete", args=[resource.pk]), {"post": "yes"})

    assert added[0][:2] == (str(moderator), "Ajout")
    assert ("Titre", "vide", "Un kit") in added[0][3]
    assert list(JournalEntry.objects.values_list("act", "by", "region", "details__key", "details__record")) == [
        (act, moderator.pk, region.pk, resource.pk, "resources.resource")
        for act in (Act.RECORD_ADDED, Act.RECORD_DELETED)
    ]
    assert list(Resource.history.values_list("history_type", "history_user")) == [
        ("-", moderator.pk),
        ("+", moderator.pk),
    ]


def test_the_history_of_what_is_elsewhere_is_not_there(desk, region):
    here, elsewhere = ResourceFactory(region=region), ResourceFactory(region=RegionFactory(code="28"))

    assert page(desk, here).status_code == 200
    assert page(desk, elsewhere).status_code == 404
    assert page(desk, NetworkFactory()).status_code == 404
    assert desk.get(reverse("admin:resources_resource_history", args=["x"])).status_code == 404


def test_nothing_on_the_page_writes(admin_client):
    network = NetworkFactory()
    save(admin_client, network, name="Autre")
    versions = Network.history.count()

    response = admin_client.post(reverse("admin:regions_network_history", args=[network.pk]), {"name": "Pirate"})

    assert (response.status_code, Network.objects.get().name, Network.history.count()) == (405, "Autre", versions)
    with pytest.raises(NoReverseMatch):
        reverse("admin:regions_network_simple_history", args=[network.pk, 1])


@pytest.mark.parametrize("count", [3, 30])
def test_the_page_asks_as_much_whatever_the_number_of_changes(
    admin_client, admin_user, django_assert_num_queries, count
):
    network = NetworkFactory(name="Nom 0")
    regions = [RegionFactory() for _ in range(3)]
    for number in range(count):
        at = datetime.datetime(2028, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(hours=number)
        network.name, network._history_user, network._history_date = f"Nom {number}", admin_user, at
        network.save()
        network.regions.set(regions[number % 3 :])

    with django_assert_num_queries(12):
        response = page(admin_client, network)

    assert len(told(response)) == min(count, 20)
    assert response.context["page"].paginator.count == count


def test_what_commands_write_costs_no_version():
    network = NetworkFactory(regions=[RegionFactory()])
    network.save()

    assert Network.history.count() == 0


@pytest.mark.parametrize("model", [Network, Indicator, Election, Resource])
def test_a_version_keeps_its_author(model):
    author = model.history.model._meta.get_field("history_user")

    assert author.remote_field.on_delete is models.PROTECT


# --- Nothing goes with an account ---

OURS = {"regions", "pledges", "resources", "desk"}


def references():
    return [
        field
        for model in apps.get_models(include_auto_created=False)
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model is User
    ]


def test_nothing_of_ours_would_go_away_with_an_account():
    kept = (models.PROTECT, models.RESTRICT)
    lost = [str(field) for field in references() if field.model._meta.app_label in OURS
            and field.remote_field.on_delete not in kept]  # fmt: skip

    assert lost == []
    assert len(references()) > 5


def test_an_account_is_never_deleted_not_even_with_what_others_would_let_go(admin_user):
    user = UserFactory()
    LogEntry.objects.log_actions(user.pk, [user], CHANGE, change_message="un essai", single_object=True)

    for delete in (user.delete, User.objects.filter(pk=user.pk).delete):
        with pytest.raises(IntegrityError, match="user_is_never_deleted"), transaction.atomic():
            delete()

    assert (User.objects.filter(pk=user.pk).exists(), LogEntry.objects.filter(user=user).count()) == (True, 1)


def test_the_desk_offers_to_delete_no_account(admin_client):
    user = UserFactory()

    assert page(admin_client, user, "delete").status_code == 404


def test_the_library_brings_no_page_of_its_own():
    assert "simple_history" not in settings.INSTALLED_APPS
