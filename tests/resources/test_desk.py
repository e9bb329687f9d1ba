"""Resources at the desk: one page to add one, its buttons, what it gives, who may do what, in words."""

import datetime

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone

from pledges.enums import Act
from pledges.models import JournalEntry
from regions.enums import Role
from regions.models import Revision
from resources.enums import ResourceState
from resources.models import Resource, Version
from tests.desk.acts import enter
from tests.pledges.factories import CharterFactory, ContestFactory, ElectionFactory
from tests.pledges.test_views import text_of
from tests.regions.factories import MembershipFactory, NetworkFactory, RegionFactory, UserFactory
from tests.resources.factories import CollectionFactory, ResourceFactory, VersionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

ADD = reverse("admin:resources_resource_add")
DURING = datetime.datetime(2021, 6, 19, 12, tzinfo=datetime.UTC)


@pytest.fixture
def region():
    return RegionFactory(name="Bretagne")


@pytest.fixture
def network(region):
    return NetworkFactory(name="CRESS Bretagne", regions=[region])


@pytest.fixture
def reviews(network):
    network.reviews_resources = True
    network.save()


@pytest.fixture
def moderator(network):
    return MembershipFactory(user__is_staff=True, user__first_name="Mona", network=network).user


@pytest.fixture
def coordinator(network):
    return MembershipFactory(user__is_staff=True, network=network, role=Role.COORDINATOR).user


@pytest.fixture
def desk(client, moderator):
    return enter(client, moderator)


@pytest.fixture
def make(region, network):
    return lambda **fields: ResourceFactory(region=region, network=network, **fields)


def change(resource, page="change"):
    return reverse(f"admin:resources_resource_{page}", args=[resource.pk])


def typed(region, network, **more):
    """What someone types of a new resource: nothing of its address."""
    return {
        "title": "Guide de l’élu·e",
        "summary": "Trois pages pour comprendre.",
        "kind": "argument",
        "audience": "candidates",
        "region": region.pk,
        "network": network.pk,
        "licence": "cc-by",
        "language": "fr",
        "url": "https://example.org/guide",
    } | more


def shown(desk, resource, **changes):
    """What the page of a resource holds, as a browser would send it back."""
    form = desk.get(change(resource)).context["adminform"].form
    values = {bound.name: bound.value() for bound in form}
    values["principles"] = [getattr(each, "pk", each) for each in values.get("principles") or []]
    return {name: value for name, value in (values | changes).items() if value not in (None, False, [])}


def errors(response):
    return {field: list(sentences) for field, sentences in response.context["adminform"].form.errors.items()}


def said(response):
    return [str(message) for message in response.context["messages"]]


# --- Adding ---


def test_a_resource_is_added_and_published_in_one_go(desk, region, network, moderator, client):
    response = desk.post(ADD, typed(region, network, _publish="1"), follow=True)

    resource = Resource.objects.get()
    assert (resource.slug, resource.state, resource.published_on) == (
        "guide-de-lelue", ResourceState.PUBLISHED, timezone.localdate()
    )  # fmt: skip
    version = resource.versions.get()
    assert (version.number, version.url, version.added_by) == (1, "https://example.org/guide", moderator)
    assert said(response) == [
        f'« Guide de l’élu·e » est publiée. <a href="{resource.get_absolute_url()}">Voir sa page publique</a>'
    ]
    assert list(JournalEntry.objects.order_by("pk").values_list("act", "by")) == [
        (Act.RECORD_ADDED, moderator.pk),
        (Act.RESOURCE_PUBLISHED, moderator.pk),
    ]


def test_a_draft_is_saved_with_nothing_to_give_and_is_on_no_page(desk, region, network):
    desk.post(ADD, typed(region, network, url="", _save="1"))

    resource = Resource.objects.get()
    assert (resource.state, resource.current) == (ResourceState.DRAFT, None)
    assert desk.get(resource.get_absolute_url()).status_code == 404


def test_what_gives_nothing_is_not_published_and_stays_typed(desk, region, network):
    response = desk.post(ADD, typed(region, network, url="", _publish="1"))

    assert errors(response) == {"file": ["Donnez un fichier, un lien ou un texte type : sans cela rien ne se publie."]}
    assert response.context["adminform"].form["title"].value() == "Guide de l’élu·e"
    assert not Resource.objects.exists()


def test_a_link_and_a_model_text_at_once_are_refused(desk, region, network):
    response = desk.post(ADD, typed(region, network, model_text="letter"))

    assert errors(response) == {"model_text": ["Un fichier, un lien ou un texte type : gardez-en un seul."]}


@pytest.mark.parametrize("url", ["ftp://example.org/guide", "javascript:alert(1)", "pas une adresse"])
def test_what_is_no_address_of_the_web_is_refused(desk, region, network, url):
    assert list(errors(desk.post(ADD, typed(region, network, url=url)))) == ["url"]


def test_two_resources_of_the_same_title_have_two_addresses(desk, region, network):
    for _ in range(3):
        desk.post(ADD, typed(region, network))

    slugs = Resource.objects.order_by("pk").values_list("slug", flat=True)
    assert list(slugs) == ["guide-de-lelue", "guide-de-lelue-2", "guide-de-lelue-3"]


def test_a_new_page_is_filled_in_with_ones_own_territory_and_network(desk, region, network):
    CharterFactory(version="2015")
    latest = CharterFactory(version="2021")

    form = desk.get(ADD).context["adminform"].form

    assert (form["region"].value(), form["network"].value()) == (region.pk, network.pk)
    assert set(form.fields["principles"].queryset) == set(latest.principles.all())


def test_a_member_publishes_in_their_own_name_and_nothing_national(desk, region, network):
    other = NetworkFactory(name="Autre", regions=[region])

    national = desk.post(ADD, typed(region, network) | {"region": ""})
    in_anothers_name = desk.post(ADD, typed(region, other))

    assert (list(errors(national)), list(errors(in_anothers_name))) == (["region"], ["network"])


def test_a_network_publishes_where_it_is(desk, region, network, moderator):
    there = RegionFactory(name="Normandie")
    MembershipFactory(user=moderator, network=NetworkFactory(name="CRESS Normandie", regions=[there]))

    response = desk.post(ADD, typed(there, network))

    assert errors(response) == {"network": ["CRESS Bretagne ne couvre pas ce territoire : Normandie."]}


def test_an_administrator_publishes_for_the_whole_country(admin_client, network):
    admin_client.post(ADD, typed(RegionFactory(), network, _publish="1") | {"region": "", "network": ""})

    resource = Resource.objects.get()
    assert (resource.region, resource.network, resource.state) == (None, None, ResourceState.PUBLISHED)


# --- What it gives ---


def test_what_a_draft_gives_is_replaced_without_a_trace(desk, make):
    draft = make(draft=True)

    desk.post(change(draft), shown(desk, draft, url="https://example.org/mieux"))

    assert list(draft.versions.values_list("number", "url")) == [(1, "https://example.org/mieux")]


def test_a_published_resource_is_replaced_at_its_address_with_a_sentence(desk, make, moderator):
    resource = make()
    again = shown(desk, resource, url="https://example.org/mieux")

    refused = desk.post(change(resource), again)
    desk.post(change(resource), again | {"change": "Chiffres de 2027."})

    assert errors(refused) == {"change": ["Dites en une phrase ce qui change : la page de la ressource le dira."]}
    versions = resource.versions.order_by("number").values_list("number", "url", "change", "replaced_on", "added_by")
    assert list(versions) == [
        (1, "https://example.org/kit", "", timezone.localdate(), None),
        (2, "https://example.org/mieux", "Chiffres de 2027.", None, moderator.pk),
    ]
    assert Act.RESOURCE_REPLACED in JournalEntry.objects.values_list("act", flat=True)


def test_a_sentence_about_a_change_that_is_not_there_is_refused(desk, make):
    resource = make()

    response = desk.post(change(resource), shown(desk, resource, change="Chiffres de 2027."))

    assert list(errors(response)) == ["change"]


def test_the_reading_of_a_version_is_corrected_without_another_version(desk, make):
    resource, before = make(), Revision.current()

    desk.post(change(resource), shown(desk, resource, twin="# Un titre\n\nUn texte."))

    version = resource.versions.get()
    assert (version.number, version.twin) == (1, "# Un titre\n\nUn texte.")
    assert Revision.current() > before


def test_a_reading_that_would_not_show_as_meant_is_refused(desk, make):
    resource = make()

    response = desk.post(change(resource), shown(desk, resource, twin="<b>gras</b>"))

    assert "s’afficherait tel quel" in errors(response)["twin"][0]
    assert resource.versions.get().twin == ""


def test_an_address_that_was_published_stays(desk, make):
    resource = make(slug="a")

    desk.post(change(resource), shown(desk, resource) | {"slug": "b", "title": "Autre titre"})

    resource.refresh_from_db()
    assert (resource.slug, resource.title) == ("a", "Autre titre")


def test_the_versions_are_listed_with_what_is_known_of_them(desk, make, moderator):
    resource = make(version=None)
    old = VersionFactory(resource=resource, stored=True, replaced_on=timezone.localdate(), added_by=moderator)
    VersionFactory(resource=resource, number=2, fault="page introuvable (404)", failing_since=timezone.now(),
                   checked_at=timezone.now())  # fmt: skip
    old.downloads.create(day=timezone.localdate(), count=41)
    old.downloads.create(day=timezone.localdate() - datetime.timedelta(days=1), count=1)

    page = text_of(desk.get(change(resource)))

    words = ["PDF, 120 ko", "par Mona", "42 téléchargements.", "000000000000…", "page introuvable (404), depuis le"]
    assert [word for word in words if word not in page] == []


# --- The review ---


def test_where_a_network_reviews_a_moderator_proposes_and_a_coordinator_publishes(
    client, desk, reviews, region, network, coordinator
):
    page = desk.get(ADD)
    proposed = desk.post(ADD, typed(region, network, _publish="1"), follow=True)
    resource = Resource.objects.get()
    states = [resource.state]
    enter(client, coordinator)
    seen = text_of(client.get(change(resource)))
    client.post(change(resource), {"_approve": "1"})

    resource.refresh_from_db()
    assert 'value="Proposer à la relecture"' in page.text
    assert said(proposed) == ["« Guide de l’élu·e » est proposée : une coordination de son réseau la lira."]
    assert ("À relire" in seen, [*states, resource.state]) == (True, ["submitted", "published"])


def test_what_awaits_its_review_is_not_changed_by_its_author_and_says_so(desk, reviews, make):
    draft = make(draft=True)
    mine = shown(desk, draft, title="Un titre tapé trop tard")
    Resource.objects.update(state="submitted", submitted_at=timezone.now(), submitted_by=UserFactory())

    read, late = desk.get(change(draft)), desk.post(change(draft), mine)

    words = "Elle attend la relecture d’une coordination, CRESS Bretagne : elle ne change plus d’ici là."
    assert words in text_of(read)
    assert ('name="_save"' in read.text, 'name="title"' in read.text) == (False, False)
    assert errors(late)["__all__"] == [words]
    assert "Un titre tapé trop tard" in late.text
    draft.refresh_from_db()
    assert draft.title != "Un titre tapé trop tard"


def test_a_resource_is_sent_back_with_words_that_its_author_reads(client, desk, reviews, make, coordinator, moderator):
    resource = make(submitted=True, submitted_by=moderator)
    enter(client, coordinator)
    without_words = client.post(change(resource), {"_send_back": "1", "remark": ""})
    client.post(change(resource), {"_send_back": "1", "remark": "Ajoutez la source."})
    enter(client, moderator)

    page, home = text_of(client.get(change(resource))), text_of(client.get(reverse("admin:index")))

    assert "Dites ce qu’il y a à reprendre" in text_of(without_words)
    assert ("Ajoutez la source." in page, "Ajoutez la source." in home) == (True, True)


@pytest.mark.parametrize("button", ["_approve", "_archive", "_republish", "_send_back"])
def test_no_button_gets_round_the_review(desk, reviews, make, button):
    resources = [make(submitted=True), make(), make(archived=True)]

    for resource in resources:
        desk.post(change(resource), {button: "1", "remark": "Non."})

    states = [Resource.objects.get(pk=resource.pk).state for resource in resources]
    assert states == ["submitted", "published", "archived"]


def test_a_resource_is_not_taken_from_the_network_that_reviews_it(desk, reviews, make, moderator, region):
    easy = NetworkFactory(name="Sans relecture", regions=[region])
    MembershipFactory(user=moderator, network=easy)
    draft = make(draft=True)

    desk.post(change(draft), shown(desk, draft) | {"network": easy.pk, "_publish": "1"})

    draft.refresh_from_db()
    assert (draft.network.name, draft.state) == ("CRESS Bretagne", ResourceState.SUBMITTED)


def test_the_first_page_shows_what_is_to_review_to_whom_it_is(client, reviews, make, moderator, coordinator):
    make(submitted=True, title="À relire vite")
    other = MembershipFactory(user__is_staff=True, network=NetworkFactory(name="Autre"), role=Role.COORDINATOR)
    administrator = UserFactory(is_staff=True, is_superuser=True)

    seen = [
        "À relire vite" in text_of(enter(type(client)(), user).get(reverse("admin:index")))
        for user in (moderator, coordinator, other.user, administrator)
    ]

    assert seen == [False, True, False, True]


# --- Archives, silence, drafts ---


def test_a_resource_is_archived_and_comes_back(desk, make):
    resource = make()
    states = []

    for button in ("_archive", "_republish"):
        desk.post(change(resource), {button: "1"})
        states.append(Resource.objects.get().state)

    assert states == ["archived", "published"]


def test_the_history_says_who_moved_it(desk, make, moderator):
    resource = make()

    desk.post(change(resource), {"_archive": "1"})

    [edit] = desk.get(change(resource, "history")).context["page"].object_list
    assert (edit.by, [tuple(each) for each in edit.changes]) == (moderator, [("État", "publiée", "archivée")])


def test_in_the_silence_a_draft_is_kept_and_waits(client, region, network, moderator):
    ContestFactory(election=ElectionFactory(past=True), region=region)
    with time_machine.travel(DURING, tick=False):
        enter(client, moderator)
        response = client.post(ADD, typed(region, network, _publish="1"), follow=True)

    assert Resource.objects.get().state == ResourceState.DRAFT
    [words] = said(response)
    assert words.startswith(
        "« Guide de l’élu·e » est enregistrée en brouillon. Silence électoral jusqu’au 20 juin 2021"
    )


@pytest.mark.parametrize(("trait", "status"), [("draft", 200), ("submitted", 404), ("archived", 404)])
def test_only_a_draft_is_deleted(desk, make, trait, status):
    resource = make(**{trait: True})

    asked = desk.get(change(resource, "delete"))
    desk.post(change(resource, "delete"), {"post": "yes"})

    assert (asked.status_code, Resource.objects.exists()) == (status, status == 404)


def test_a_draft_that_a_collection_holds_is_not_deleted(desk, make):
    draft = make(draft=True)
    CollectionFactory(resources=[draft])

    assert desk.post(change(draft, "delete"), {"post": "yes"}).status_code == 404


# --- Looking first ---


def test_a_preview_is_the_page_of_the_public_and_saves_nothing(desk, region, network):
    before = Revision.current()

    response = desk.post(ADD, typed(region, network, title="Un titre essayé", twin="# Essai", _preview="1"))

    assert response.templates[0].name == "resources/resource.html"
    page = response.content.decode()
    assert ("Un titre essayé" in page, '<h2 id="essai">Essai</h2>' in page) == (True, True)
    assert "https://example.org/guide" in page
    assert (Resource.objects.count(), Version.objects.count(), Revision.current()) == (0, 0, before)


def test_a_preview_shows_another_version_before_it_replaces(desk, make):
    resource = make(title="Un kit")
    again = shown(desk, resource, url="https://example.org/mieux", change="Chiffres de 2027.", title="Un autre")

    page = desk.post(change(resource), again | {"_preview": "1"}).content.decode()

    assert ("https://example.org/mieux" in page, "https://example.org/kit" in page) == (True, True)
    assert ("Chiffres de 2027." in page, "Un autre" in page) == (True, True)
    resource.refresh_from_db()
    assert (resource.title, resource.versions.count(), resource.current.url) == (
        "Un kit", 1, "https://example.org/kit"
    )  # fmt: skip


def test_a_preview_of_a_draft_shows_what_takes_the_place_of_the_first(desk, make):
    draft = make(draft=True)

    page = desk.post(change(draft), shown(desk, draft, url="https://example.org/mieux", _preview="1")).content.decode()

    assert ("https://example.org/mieux" in page, "https://example.org/kit" in page) == (True, False)
    assert [(version.number, version.url) for version in draft.versions.all()] == [(1, "https://example.org/kit")]


def test_a_preview_that_would_be_refused_comes_back_as_the_form(desk, region, network):
    response = desk.post(ADD, typed(region, network, title="", _preview="1"))

    assert (response.status_code, list(errors(response))) == (200, ["title"])


def test_what_is_stored_is_seen_as_the_public_will(desk, make):
    draft = make(draft=True, title="Un brouillon", version=None)
    VersionFactory(resource=draft, stored=True)

    page = desk.get(change(draft, "preview")).content.decode()

    file = reverse("admin:resources_resource_file", args=[draft.pk, 1])
    assert ("Un brouillon" in page, f'href="{file}"' in page) == (True, True)
    assert Resource.objects.get().state == ResourceState.DRAFT


# --- The register ---


def test_links_that_lead_nowhere_are_found_in_the_register_and_on_the_first_page(desk, make):
    broken = make(title="Un lien rompu", version__fault="ne répond pas", version__failing_since=timezone.now())
    make(title="Un bon lien")

    listed = desk.get(reverse("admin:resources_resource_changelist"), {"lien": "en-defaut"})
    home = text_of(desk.get(reverse("admin:index")))

    assert list(listed.context["cl"].result_list) == [broken]
    assert ("Un lien rompu" in home, "ne répond pas" in home, "Un bon lien" in home) == (True, True, False)


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_of_a_resource_asks_as_much_for_many_versions(desk, make, moderator, count, django_assert_num_queries):
    resource = make(version=None)
    for number in range(1, count + 1):
        replaced_on = timezone.localdate() if number < count else None
        VersionFactory(resource=resource, number=number, replaced_on=replaced_on, added_by=moderator)
    ContentType.objects.get_for_model(Resource)  # Django asks once in the life of a process

    with django_assert_num_queries(27):
        response = desk.get(change(resource))

    assert len(response.context["versions"]) == count
