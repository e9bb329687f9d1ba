"""The page of a search: names beyond the first thirty, cantons, and what to do where nothing answers."""

import re
from html import unescape

import pytest
from django.urls import reverse

from tests.pledges.factories import CandidateFactory, CandidateListFactory, ContestFactory
from tests.regions.factories import CommuneFactory, DepartmentFactory, RegionFactory

pytestmark = pytest.mark.django_db


def search(client, query, **asked):
    return client.get(reverse("search"), {"q": query, **asked})


def ways_on(response):
    """The links of the pager, by what they are to this page."""
    return dict(re.findall(r'<a class="btn" rel="(\w+)" href="([^"]+)">', unescape(response.content.decode())))


@pytest.fixture
def contest():
    return ContestFactory(region__name="Bretagne", region__name_type=0)


@pytest.fixture
def canton(contest):
    return ContestFactory(
        election=contest.election,
        region=contest.region,
        code="C1",
        name="Fougères-1",
        slug="ille-et-vilaine-fougeres-1",
    )


def test_names_beyond_thirty_are_on_the_pages_that_follow(client, contest):
    candidate_list = CandidateListFactory(contest=contest, name="Une liste", norm="une liste")
    people = [
        CandidateFactory(candidate_list=candidate_list, last_name=f"MARTIN{number:02}", norm=f"martin{number:02} alix")
        for number in range(61)
    ]

    pages = [search(client, "martin", **({"page": page} if page > 1 else {})) for page in (1, 2, 3)]

    assert [page.context["candidates"] for page in pages] == [people[:30], people[30:60], people[60:]]
    assert [ways_on(page) for page in pages] == [
        {"next": "/recherche/?q=martin&page=2"},
        {"prev": "/recherche/?q=martin", "next": "/recherche/?q=martin&page=3"},
        {"prev": "/recherche/?q=martin&page=2"},
    ]


def test_thirty_names_are_one_page(client, contest):
    CandidateListFactory.create_batch(30, contest=contest, name="Ensemble", norm="ensemble")

    response = search(client, "ensemble")

    assert len(response.context["lists"]) == 30
    assert ways_on(response) == {}


def test_a_page_that_does_not_exist_leads_back_to_the_first(client, contest):
    CandidateListFactory(contest=contest, name="Ensemble", norm="ensemble")

    response = search(client, "ensemble", page=2)

    assert (response.status_code, response.headers["Location"]) == (302, "/recherche/?q=ensemble")


@pytest.mark.parametrize("page", ["0", "-1", "x", "1e3", "999999999999", "²", ""])
def test_a_page_that_cannot_be_is_the_first(client, contest, page):
    found = CandidateListFactory(contest=contest, name="Ensemble", norm="ensemble")

    response = search(client, "ensemble", page=page)

    assert response.context["lists"] == [found]


@pytest.mark.parametrize("query", ["fougères", "Fougeres 1", "FOUGÈRES-1", "Ille-et-Vilaine fougères"])
def test_a_canton_is_found_by_its_name(client, canton, query):
    response = search(client, query)

    assert response.context["cantons"] == [canton]
    assert f'<a href="{canton.get_absolute_url()}">Fougères-1</a>' in response.content.decode()


@pytest.mark.parametrize("query", ["bretagne", "f", "35300", "vitré"])
def test_a_region_is_not_one_of_its_cantons_and_a_letter_finds_none(client, canton, query):
    response = client.get(reverse("search"), {"q": query})

    assert not (response.context or {}).get("cantons")


def test_a_commune_that_has_cantons_is_a_choice(client, canton):
    department = DepartmentFactory(code="35", name="Ille-et-Vilaine", region=canton.region)
    commune = CommuneFactory(name="Fougères", department=department)

    response = search(client, "fougères")

    assert response.status_code == 200
    assert (response.context["places"].communes, response.context["cantons"]) == ((commune,), [canton])


def test_a_department_still_leads_straight_to_its_region(client, canton):
    DepartmentFactory(code="35", name="Ille-et-Vilaine", region=canton.region)

    response = search(client, "Ille-et-Vilaine")

    assert (response.status_code, response.headers.get("Location")) == (302, canton.region.get_absolute_url())


def test_a_canton_is_offered_while_typing(client, canton):
    page = unescape(client.get(reverse("suggestions"), {"q": "foug"}).content.decode())

    assert re.findall(r'<a href="([^"]+)"><span>([^<]*)</span> <small>([^<]*)</small>', page) == [
        (canton.get_absolute_url(), "Fougères-1", f"circonscription, {canton.election}")
    ]


@pytest.mark.parametrize("query", ["zzzz", "35042 CEDEX", "1234"])
def test_a_dead_end_leads_to_the_regions_the_elections_and_the_kinds_of_names(client, query):
    RegionFactory()

    page = search(client, query).content.decode()

    [ways] = re.findall(r'<ul class="prose">(.*?)</ul>', page, re.DOTALL)
    assert re.findall(r'href="([^"]+)"', ways) == ["/#regions", "/elections/"]
