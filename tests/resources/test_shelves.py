"""The list of the resources: audiences first, then what an address asks for."""

import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from resources.enums import Audience, ResourceKind
from resources.models import Resource
from tests.pledges.factories import CharterFactory, ElectionFactory
from tests.pledges.test_views import text_of
from tests.regions.factories import NetworkFactory, RegionFactory
from tests.resources.factories import CollectionFactory, ResourceFactory, VersionFactory

pytestmark = pytest.mark.django_db

ADDRESS = "/ressources/"


def found(client, query):
    """What a part of the shelves holds, in its order."""
    return client.get(f"{ADDRESS}?{query}").context["found"]


# --- Before anything is asked ---


def test_the_audiences_come_first_each_with_its_latest_resources_and_without_drafts(client):
    for_networks = ResourceFactory(audience=Audience.NETWORKS)
    old = ResourceFactory(published_on=datetime.date(2026, 1, 1))
    new = ResourceFactory(published_on=datetime.date(2026, 2, 1))
    ResourceFactory(draft=True)
    ResourceFactory(submitted=True)
    ResourceFactory(archived=True)

    context = client.get(ADDRESS).context

    assert [(door.audience, resources) for door, resources in context["shelves"]] == [
        (Audience.CANDIDATES, [new, old]),
        (Audience.NETWORKS, [for_networks]),
    ]
    assert [(door.audience, door.count) for door in context["doors"]] == [
        (Audience.CANDIDATES, 2),
        (Audience.CITIZENS, 0),
        (Audience.NETWORKS, 1),
        (Audience.PRESS, 0),
    ]


def test_a_long_shelf_shows_its_latest_four_and_leads_to_the_rest(client):
    ResourceFactory.create_batch(6)
    ResourceFactory(audience=Audience.CITIZENS)

    response = client.get(ADDRESS)

    assert [len(resources) for _door, resources in response.context["shelves"]] == [4, 1]
    assert re.findall(r'href="([^"]*)">Voir les', response.content.decode()) == ["/ressources/?public=candidats"]


def test_an_empty_shelf_says_so_and_leads_elsewhere(client):
    ResourceFactory(draft=True)

    page = client.get(ADDRESS)

    assert "Aucune ressource n’est encore publiée." in text_of(page)
    assert '<a class="btn" href="/principes/1/">' in page.content.decode()


def test_collections_are_put_forward_with_what_the_public_finds_in_them(client):
    shown = CollectionFactory(resources=[ResourceFactory(), ResourceFactory(), ResourceFactory(archived=True)])
    CollectionFactory(published_on=None)

    collections = client.get(ADDRESS).context["collections"]

    assert [(each, each.shown_count) for each in collections] == [(shown, 2)]


# --- What an address asks for ---


def test_an_audience_is_one_address(client):
    for_citizens = ResourceFactory(audience=Audience.CITIZENS)
    ResourceFactory(audience=Audience.PRESS)

    assert found(client, "public=citoyens") == [for_citizens]


def test_a_territory_has_its_own_resources_first_then_the_national_ones(client):
    region = RegionFactory(slug="bretagne")
    national = ResourceFactory(published_on=datetime.date(2026, 2, 1))
    own = ResourceFactory(region=region, published_on=datetime.date(2026, 1, 1))
    ResourceFactory(region=RegionFactory())

    assert found(client, "territoire=bretagne") == [own, national]


def test_a_principle_is_that_of_every_charter(client):
    old, new = CharterFactory(version="1"), CharterFactory(version="2")
    ElectionFactory(charter=new)
    resources = ResourceFactory.create_batch(3)
    resources[0].principles.set([old.principles.get(number=2), new.principles.get(number=2)])
    resources[1].principles.add(new.principles.get(number=2))
    resources[2].principles.add(new.principles.get(number=3))

    assert found(client, "principe=2") == resources[:2]


def test_a_kind_is_asked_for_in_french(client):
    sheet = ResourceFactory(kind=ResourceKind.SHEET)
    ResourceFactory(kind=ResourceKind.KIT)

    assert found(client, "nature=fiche") == [sheet]


def test_an_election_has_its_own_and_what_lasts_has_none(client):
    election = ElectionFactory(slug="regionales-2028")
    tied, lasting = ResourceFactory(election=election), ResourceFactory()

    assert found(client, "election=regionales-2028") == [tied]
    assert found(client, "election=durables") == [lasting]


def test_several_filters_are_asked_together(client):
    meant = ResourceFactory(audience=Audience.CITIZENS, kind=ResourceKind.SHEET, title="Lire le tableau")
    ResourceFactory(audience=Audience.CITIZENS, kind=ResourceKind.SHEET, title="Autre chose")
    ResourceFactory(audience=Audience.CITIZENS, kind=ResourceKind.KIT, title="Lire le tableau")
    ResourceFactory(audience=Audience.PRESS, kind=ResourceKind.SHEET, title="Lire le tableau")

    response = client.get(f"{ADDRESS}?public=citoyens&nature=fiche&q=tableau")

    assert response.context["found"] == [meant]
    assert "1 ressource sur 4 répond à votre choix." in text_of(response)
    assert [choice.words for choice in response.context["asked"].choices] == [
        "« tableau »",
        "Citoyennes et citoyens",
        "fiche",
    ]
    assert [choice.without for choice in response.context["asked"].choices] == [
        "/ressources/?public=citoyens&nature=fiche",
        "/ressources/?q=tableau&nature=fiche",
        "/ressources/?q=tableau&public=citoyens",
    ]


@pytest.mark.parametrize(
    "query",
    ["public=martiens", "territoire=atlantide", "principe=9", "nature=x", "election=x", "q=%00"],
)
def test_what_is_not_there_is_said_and_everything_is_shown(client, query):
    ResourceFactory()

    response = client.get(f"{ADDRESS}?{query}")

    assert response.status_code == 200
    assert "Ce filtre n’existe pas : tout est montré." in text_of(response)
    assert len(response.context["shelves"]) == 1


def test_nothing_found_is_said_with_a_way_out(client):
    ResourceFactory()

    response = client.get(f"{ADDRESS}?q=introuvable")

    assert "Aucune ressource sur 1 ne répond à votre choix." in text_of(response)
    assert f'<a class="btn" href="{ADDRESS}">Tout montrer</a>' in response.content.decode()


def test_what_a_form_leaves_empty_is_not_in_the_address(client):
    response = client.get(f"{ADDRESS}?q=&public=citoyens&territoire=&principe=&nature=&election=")

    assert response.headers["Location"] == "/ressources/?public=citoyens"


# --- Words ---


@pytest.mark.parametrize(
    "query", ["DELIBERATIONS", "délibération régionale", "strategie", "statuts", "cress bretonne", "n'importe quelle"]
)
def test_words_are_found_without_accents_capitals_or_plurals_in_the_title_the_summary_and_the_text(client, query):
    network = NetworkFactory(name="CRESS Bretonne")
    meant = ResourceFactory(
        title="Délibération régionale",
        summary="Une stratégie de n’importe quelle région.",
        network=network,
        version=None,
    )
    VersionFactory(resource=meant, twin="Le **statut** de la coopérative.")
    ResourceFactory()

    assert found(client, f"q={query}") == [meant]


def test_a_title_comes_before_a_summary_and_a_summary_before_a_text(client):
    in_text = ResourceFactory(version__twin="La mutuelle.")
    in_summary = ResourceFactory(summary="La mutuelle.")
    in_title = ResourceFactory(title="La mutuelle")

    assert found(client, "q=mutuelle") == [in_title, in_summary, in_text]


def test_the_text_of_a_version_that_was_replaced_is_not_searched(client):
    resource = ResourceFactory(version=None)
    VersionFactory(resource=resource, number=1, twin="La mutuelle.", replaced_on=timezone.localdate())
    VersionFactory(resource=resource, number=2, twin="La coopérative.")

    assert found(client, "q=mutuelle") == []
    assert found(client, "q=cooperative") == [resource]


@pytest.mark.parametrize("query", ["'", "%25", "«»", "a" * 500, "%F0%9F%8E%89"])
def test_any_words_get_an_answer(client, query):
    ResourceFactory()

    assert found(client, f"q={query}") == []


# --- Pages ---


def test_a_long_list_is_read_thirty_at_a_time(client):
    ResourceFactory.create_batch(31)

    first, second = (client.get(f"{ADDRESS}?public=candidats{page}") for page in ("", "&page=2"))

    assert [len(response.context["found"]) for response in (first, second)] == [30, 1]
    assert (first.context["next"], first.context["previous"]) == ("/ressources/?public=candidats&page=2", "")
    assert (second.context["next"], second.context["previous"]) == ("", "/ressources/?public=candidats")
    assert {*first.context["found"], *second.context["found"]} == set(Resource.objects.all())
    assert client.get(f"{ADDRESS}?public=candidats&page=3").headers["Location"] == "/ressources/?public=candidats"


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize(("query", "queries"), [("", 8), ("?public=candidats", 8), ("?q=essai&territoire=bretagne", 8)])
def test_queries_of_the_shelves_are_counted(client, count, query, queries, django_assert_num_queries):
    region = RegionFactory(slug="bretagne")
    election = ElectionFactory()
    for _ in range(count):
        resource = ResourceFactory(region=region, network=NetworkFactory(), election=election, version__stored=True)
        CollectionFactory(resources=[resource])

    with django_assert_num_queries(queries):
        response = client.get(ADDRESS + query)

    assert response.content.count(b"<html") == 1
    assert response.content.count(b"<") < 2 * 800  # an element opens and closes


def test_what_may_be_taken_away_together_is_a_file(client):
    file = ResourceFactory(version__stored=True)
    ResourceFactory()

    page = client.get(f"{ADDRESS}?public=candidats").content.decode()

    assert re.findall(r'<input type="checkbox" name="r" value="([^"]*)" form="selection">', page) == [file.slug]
    assert f'action="{reverse("resources-zip")}"' in page


def test_a_link_says_its_format_weight_and_pages_or_the_site_it_leads_to(client):
    ResourceFactory(title="Guide", version__stored=True, version__language="en")
    ResourceFactory(title="Film", version__url="https://www.exemple.fr/film")

    page = text_of(client.get(f"{ADDRESS}?public=candidats"))
    names = [
        " ".join(re.sub("<[^>]*>", "", link).split()) for link in re.findall(r"<a[^>]*hreflang[^>]*>.*?</a>", page)
    ]

    assert "Télécharger Guide (PDF, 120 ko, 2 pages, en anglais)" in names
    assert "Ouvrir Film (sur exemple.fr)" in names
