"""The page of a resource: what it is, for whom, its versions, how to cite it."""

import datetime
import json
import re

import pytest
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from resources.enums import Audience, Licence, ResourceKind
from resources.models import DownloadCount, Resource
from resources.views import resource_context
from resources.wording import minutes, weight
from tests.pledges.factories import CharterFactory, ElectionFactory
from tests.pledges.test_views import text_of
from tests.regions.factories import NetworkFactory, RegionFactory
from tests.resources.factories import CollectionFactory, ResourceFactory, VersionFactory

pytestmark = pytest.mark.django_db


def link_names(response):
    page = text_of(response)
    return [" ".join(re.sub("<[^>]*>", "", link).split()) for link in re.findall(r"<a[^>]*>.*?</a>", page)]


def facts(response):
    """What the page says of the resource, by its label."""
    plain = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", text_of(response))
    return {label: " ".join(re.sub("<[^>]*>", " ", words).split()) for label, words in plain}


def test_a_page_says_what_the_resource_is_and_for_whom(client):
    charter = CharterFactory()
    resource = ResourceFactory(
        title="Guide",
        audience=Audience.CITIZENS,
        kind=ResourceKind.SHEET,
        region=RegionFactory(name="Bretagne"),
        election=ElectionFactory(name="Régionales 2028", charter=charter),
        network=NetworkFactory(name="CRESS d’essai"),
        licence=Licence.ETALAB,
        published_on=datetime.date(2026, 5, 1),
        version__stored=True,
    )
    resource.principles.add(charter.principles.get(number=3))
    DownloadCount.objects.create(version=resource.current, day=datetime.date(2026, 5, 2), count=4)
    DownloadCount.objects.create(version=resource.current, day=datetime.date(2026, 5, 3), count=3)

    response = client.get("/ressources/" + resource.slug + "/")

    assert facts(response) == {
        "Pour": "Citoyennes et citoyens",
        "Territoire": "Bretagne",
        "Élection": "Régionales 2028",
        "Principes": "3. Action 3",
        "Éditeur": "CRESS d’essai",
        "Publiée le": "1er mai 2026",
        "Version": "1",
        "Licence": "Licence Ouverte 2.0 (Etalab)",
        "Téléchargements": "7 sans savoir de qui",
        "Empreinte SHA-256": "0" * 64,
    }
    page = response.content.decode()
    assert 'href="/ressources/?public=citoyens"' in page
    assert f'href="{Licence.ETALAB.address}" rel="license external"' in page


def test_a_resource_for_all_and_for_long_says_so(client):
    response = client.get(ResourceFactory(licence=Licence.RESERVED).get_absolute_url())

    said = facts(response)
    assert (said["Territoire"], said["Élection"]) == ("France entière", "Ressource durable")
    assert said["Licence"].startswith("Tous droits réservés")


@pytest.mark.parametrize(
    ("version", "name"),
    [
        ({"stored": True}, "Télécharger la fiche (PDF, 120 ko, 2 pages)"),
        ({"stored": True, "language": "en"}, "Télécharger la fiche (PDF, 120 ko, 2 pages, en anglais)"),
        (
            {"stored": True, "format": "odt", "page_count": None, "size": 1_234_567},
            "Télécharger la fiche (ODT, 1,3 Mo)",
        ),
        ({"url": "https://www.exemple.fr/x"}, "Ouvrir la fiche, sur un autre site (exemple.fr)"),
        ({"url": "https://engagements.example.org/methode/"}, "Ouvrir la fiche, sur ce site"),
    ],
)
def test_the_main_link_says_what_it_gives(client, version, name):
    resource = ResourceFactory(kind=ResourceKind.SHEET, version=None)
    VersionFactory(resource=resource, **version)

    assert name in link_names(client.get(resource.get_absolute_url()))


@pytest.mark.parametrize(
    ("size", "words"), [(1, "1 ko"), (999_000, "999 ko"), (1_000_000, "1,0 Mo"), (1_200_001, "1,3 Mo")]
)
def test_a_weight_is_rounded_up(size, words):
    assert weight(size) == words.replace(" ", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize(
    ("twin", "pages", "expected"), [("mot " * 1000, 9, 5), ("mot", None, 1), ("", 2, 5), ("", None, 0)]
)
def test_the_time_of_reading_comes_from_the_words_else_from_the_pages(twin, pages, expected):
    version = VersionFactory.build(resource=None, stored=True, twin=twin, page_count=pages)

    assert minutes(version) == expected


def test_the_accessible_text_is_on_the_page_in_its_language_and_nothing_of_it_is_raw(client):
    resource = ResourceFactory(
        version__stored=True,
        version__twin="# Un titre\n\nSon texte.\n\n<script>alert(1)</script>",
        version__language="en",
    )

    page = client.get(resource.get_absolute_url()).content.decode()

    assert re.search(r'id="page.texte" lang="en"[^>]*>\s*<h2 id="un-titre">Un titre</h2>', page)
    assert "<script>alert" not in page


def test_a_replaced_version_keeps_its_address_says_what_changes_and_can_still_be_taken(client):
    resource = ResourceFactory(version=None, kind=ResourceKind.KIT)
    replaced = datetime.date(2026, 4, 2)
    VersionFactory(resource=resource, stored=True, number=1, size=98_000, replaced_on=replaced)
    VersionFactory(resource=resource, stored=True, number=2, change="Le calendrier est à jour.")

    response = client.get(resource.get_absolute_url())

    page, links = text_of(response), link_names(response)
    assert "elle remplace la précédente, à la même adresse." in page
    assert "Ce qui change : Le calendrier est à jour." in page
    assert "remplacée le 2 avril 2026" in page
    assert "Télécharger la version 1 (PDF, 98 ko, 2 pages)" in links
    assert f'href="/ressources/{resource.slug}/1/{resource.slug}-v1.pdf"' in page
    assert f'href="/ressources/{resource.slug}/2/{resource.slug}-v2.pdf"' in page


def test_a_first_version_does_not_speak_of_others(client):
    page = text_of(client.get(ResourceFactory(version__stored=True).get_absolute_url()))

    assert "remplace" not in page
    assert "Versions précédentes" not in page


def test_an_archived_resource_keeps_its_address_and_says_since_when(client):
    resource = ResourceFactory(archived=True, archived_on=datetime.date(2026, 4, 2))

    response = client.get(resource.get_absolute_url())

    assert response.status_code == 200
    assert "Depuis le 2 avril 2026, elle n’est plus sur les rayons." in text_of(response)


@pytest.mark.parametrize("state", ["draft", "submitted"])
def test_what_is_not_published_has_no_page(client, state):
    resource = ResourceFactory(**{state: True})

    assert client.get(resource.get_absolute_url()).status_code == 404


def test_a_model_text_is_offered_for_each_territory_or_for_its_own(client):
    here, there = RegionFactory(name="Bretagne", slug="bretagne"), RegionFactory(name="Corse", slug="corse")
    national = ResourceFactory(version__url="", version__model_text="letter")
    own = ResourceFactory(region=there, version__url="", version__model_text="letter")

    pages = [client.get(resource.get_absolute_url()).content.decode() for resource in (national, own)]

    offered = [re.findall(r'<a href="/ressources/[\w-]+/((?:bretagne|corse)\.\w+)"', page) for page in pages]
    assert offered == [["bretagne.odt", "bretagne.txt", "corse.odt", "corse.txt"], ["corse.odt", "corse.txt"]]
    assert reverse("model-text", args=[own.slug, here.slug, "odt"]) == f"/ressources/{own.slug}/bretagne.odt"


def test_it_is_cited_with_its_network_title_version_day_and_address(client, settings):
    network = NetworkFactory(name="CRESS d’essai")
    resource = ResourceFactory(title="Guide", network=network, published_on=datetime.date(2026, 5, 1), version=None)
    VersionFactory(resource=resource, number=3, added_at=datetime.datetime(2026, 4, 30, 12, tzinfo=datetime.UTC))

    page = client.get(resource.get_absolute_url()).content.decode()

    [said] = re.findall(r'<textarea id="page.citation"[^>]*>(.*?)</textarea>', page)
    address = f"{settings.SITE_URL}/ressources/{resource.slug}/"
    assert said == f"CRESS d’essai, « Guide », version 3, 1er mai 2026, {address}"


def test_it_leads_to_the_collections_that_hold_it_and_to_others_for_the_same_people(client):
    resource = ResourceFactory()
    other = ResourceFactory()
    ResourceFactory(audience=Audience.PRESS)
    ResourceFactory(region=RegionFactory())
    shown = CollectionFactory(resources=[resource])
    CollectionFactory(resources=[resource], published_on=None)
    CollectionFactory(resources=[other])

    context = client.get(resource.get_absolute_url()).context

    assert list(context["collections"]) == [shown]
    assert list(context["related"]) == [other]


def test_a_page_tells_programs_what_it_is(client, settings):
    resource = ResourceFactory(title="Guide", network=NetworkFactory(name="CRESS d’essai"))

    page = client.get(resource.get_absolute_url()).content.decode()

    [told] = re.findall(r'ld\+json">(.*?)</script>', page)
    document, breadcrumb = json.loads(told)["@graph"]
    assert document == {
        "@type": "CreativeWork",
        "name": "Guide",
        "description": resource.summary,
        "url": f"{settings.SITE_URL}/ressources/{resource.slug}/",
        "datePublished": timezone.localdate().isoformat(),
        "publisher": {"@type": "Organization", "name": "CRESS d’essai"},
        "license": Licence.CC_BY.address,
        "inLanguage": "fr",
        "version": "1",
    }
    assert [step["name"] for step in breadcrumb["itemListElement"]] == [
        "Accueil",
        "Ressources",
        "Candidates et candidats",
        "Guide",
    ]
    assert "<title>Guide — Engagements ESS</title>" in page


def test_a_draft_without_a_version_can_be_looked_at_before_it_is_published(rf):
    resource = ResourceFactory(draft=True, version=None)

    shown = render(rf.get("/"), "resources/resource.html", resource_context(resource) | {"is_preview": True})

    assert "Aperçu : cette page n’est pas publiée" in text_of(shown)
    assert '<meta name="robots" content="noindex">' in shown.content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_queries_of_a_page_are_counted(client, count, django_assert_num_queries):
    charter = CharterFactory()
    resource = ResourceFactory(
        region=RegionFactory(), network=NetworkFactory(), election=ElectionFactory(charter=charter), version=None
    )
    resource.principles.set(charter.principles.all())
    today = timezone.localdate()
    for number in range(1, count + 1):
        VersionFactory(resource=resource, stored=True, number=number, replaced_on=None if number == count else today)
        CollectionFactory(resources=[resource])
        ResourceFactory()

    with django_assert_num_queries(6):
        client.get(resource.get_absolute_url())

    assert Resource.objects.count() == count + 1
