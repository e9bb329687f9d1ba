"""What the look-up offers while someone types, and the page of all elections."""

import re
from html import unescape

import pytest
from django.urls import reverse

from tests.pledges.factories import (
    CandidateFactory,
    CandidateListFactory,
    ContestFactory,
    ElectionFactory,
    PledgeFactory,
)
from tests.regions.factories import CommuneFactory, DepartmentFactory, PostalCodeFactory, RegionFactory

pytestmark = pytest.mark.django_db

COUNT = re.compile(r"<p data-hx-swap-oob=\"innerHTML:\.lookup:focus-within \[data-suggestion-count\]\">(.*)</p>$")


def plain(text):
    return unescape(text).replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ")


def suggested(client, query):
    """The address, the name and the kind of each link."""
    page = plain(client.get(reverse("suggestions"), {"q": query}).content.decode())
    return re.findall(r'<a href="([^"]+)"><span>([^<]*)</span> <small>([^<]*)</small></a>', page)


@pytest.fixture
def reunion():
    return RegionFactory(code="04", name="La Réunion", norm="reunion", slug="la-reunion")


def test_each_kind_is_offered_with_its_kind_in_words(client, reunion):
    department = DepartmentFactory(code="974", name="Réunion", region=reunion)
    CommuneFactory(name="Réunion-les-Bains", department=department)
    contest = ContestFactory(region=reunion, election__name="Régionales d’essai")
    candidate_list = CandidateListFactory(contest=contest, name="Réunion en commun")
    candidate = CandidateFactory(
        candidate_list=candidate_list, first_names="Ana", last_name="RÉUNION", norm="reunion ana"
    )

    rows = suggested(client, "réunion")

    assert rows == [
        ("/regions/la-reunion/", "La Réunion", "région"),
        ("/regions/la-reunion/", "Réunion-les-Bains, La Réunion", "commune, Réunion (974)"),
        ("/regions/la-reunion/", "Réunion (974), La Réunion", "département"),
        (candidate_list.get_absolute_url(), "Réunion en commun", "liste, La Réunion, Régionales d’essai"),
        (candidate.get_absolute_url(), candidate.full_name, "candidature, La Réunion, Régionales d’essai"),
    ]


def test_a_commune_is_offered_from_its_postcode(client, reunion):
    commune = CommuneFactory(
        name="Saint-Denis", department=DepartmentFactory(code="974", name="Réunion", region=reunion)
    )
    PostalCodeFactory(code="97400").communes.add(commune)

    rows = suggested(client, "97400")

    assert rows == [("/regions/la-reunion/", "Saint-Denis, La Réunion", "commune, Réunion (974)")]


def test_at_most_eight_are_offered_and_communes_do_not_hide_people(client):
    department = DepartmentFactory()
    CommuneFactory.create_batch(20, name="Martin", department=department)
    candidate = CandidateFactory(last_name="MARTIN", norm="martin marie")

    rows = suggested(client, "martin")

    assert len(rows) == 8
    assert rows[-1][0] == candidate.get_absolute_url()


@pytest.mark.parametrize("query", ["", " ", "n", " n ", "zzzz", "n" * 101])
def test_nothing_is_left_in_the_panel_where_nothing_is_offered(client, query):
    RegionFactory(name="Normandie")

    response = client.get(reverse("suggestions"), {"q": query})

    page = response.content.decode()
    assert COUNT.sub(r"[\1]", page) == "[]"


def test_the_number_of_suggestions_is_said(client):
    RegionFactory(name="Normandie")
    RegionFactory(name="Normandie du Sud")

    page = plain(client.get(reverse("suggestions"), {"q": "normand"}).content.decode())

    assert COUNT.search(page)[1] == "2 suggestions"


def test_robots_are_told_not_to_keep_suggestions(client):
    response = client.get(reverse("suggestions"), {"q": "normandie"})

    assert response.headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("count", [1, 30])
def test_suggestions_ask_the_same_number_of_queries_for_few_and_many(client, count, django_assert_num_queries):
    for number in range(count):
        region = RegionFactory(name=f"Martin {number}")
        CommuneFactory(name=f"Martin {number}", department=DepartmentFactory(name=f"Martin {number}", region=region))
        candidate_list = CandidateListFactory(name=f"Martin {number}", contest__region=region)
        CandidateFactory(candidate_list=candidate_list, last_name="MARTIN", norm="martin marie")

    with django_assert_num_queries(8):
        rows = suggested(client, "mart")

    assert len(rows) == min(5 * count, 8)


@pytest.mark.parametrize("name", ["home", "search", "method"])
def test_ids_are_unique_and_each_look_up_has_its_panel(client, name):
    page = client.get(reverse(name)).content.decode()

    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert page.count("data-suggestions></div>") == page.count('role="search"') == 1


def test_all_elections_are_listed_the_latest_first(client, django_assert_num_queries):
    past = ElectionFactory(past=True, name="Régionales 2021")
    coming = ElectionFactory(name="Régionales 2028", is_demonstration=True)
    for region in RegionFactory.create_batch(2):
        contest = ContestFactory(election=past, region=region)
        PledgeFactory(candidate_list=CandidateListFactory(contest=contest), published=True)
        CandidateListFactory(contest=contest)
        CandidateListFactory(contest=contest, departed=True)

    with django_assert_num_queries(1):
        response = client.get(reverse("elections"))

    page = " ".join(plain(re.sub(r"<[^>]+>", " ", response.content.decode())).split())
    assert [vote.name for vote in response.context["elections"]] == ["Régionales 2028", "Régionales 2021"]
    assert "2 sur 4 listes signataires" in page
    assert "Premier tour le 20 juin 2021, second tour le 27 juin 2021" in page
    assert "Les listes ne sont pas encore connues." in page
    assert f'href="{coming.get_absolute_url()}"' in response.content.decode()


def test_no_election_is_said_in_a_sentence(client):
    response = client.get(reverse("elections"))

    assert "Aucune élection n’est encore annoncée." in plain(response.content.decode())


def test_the_map_of_the_site_leads_to_the_elections(client):
    response = client.get(reverse("site-map"))

    assert f'href="{reverse("elections")}"' in response.content.decode()


def test_headings_follow_one_another_before_any_election_is_prepared(client):
    RegionFactory()

    page = client.get(reverse("home")).content.decode()

    assert re.findall(r"<h(\d)", page) == ["1", "2"]
