"""What each page tells search engines of itself."""

import json
import re

import pytest
from django.urls import reverse

from tests.pledges.factories import CandidateFactory, CandidateListFactory, ContestFactory, ElectionFactory

pytestmark = pytest.mark.django_db

SITE = "https://essai.example"


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = SITE


@pytest.fixture
def contest():
    return ContestFactory(region__name="Bretagne", region__name_type=0)


def described(client, address):
    """What the page's one data block says, without its vocabulary."""
    [text] = re.findall(r'<script type="application/ld\+json">(.*)</script>', client.get(address).content.decode())
    data = json.loads(text)
    assert data.pop("@context") == "https://schema.org"
    return data


EVERY_ELECTION = ("Les élections", "/elections/")


def way(*steps):
    """A breadcrumb of these (name, path)."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": f"{SITE}{path}"}
            for position, (name, path) in enumerate([("Accueil", "/"), *steps], 1)
        ],
    }


def test_the_first_page_says_how_to_search(client):
    assert described(client, reverse("home")) == {
        "@type": "WebSite",
        "name": "Engagements ESS",
        "url": f"{SITE}/",
        "inLanguage": "fr",
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{SITE}/recherche/?q={{search_term_string}}"},
            "query-input": "required name=search_term_string",
        },
    }


def test_a_territory_a_contest_and_a_principle_say_where_they_stand(client, contest):
    region, election = contest.region, contest.election
    principle = election.charter.principles.get(number=1)

    assert described(client, region.get_absolute_url()) == way(("Bretagne", region.get_absolute_url()))
    assert described(client, contest.get_absolute_url()) == way(
        EVERY_ELECTION, (election.name, election.get_absolute_url()), ("Bretagne", contest.get_absolute_url())
    )
    assert described(client, principle.get_absolute_url()) == way((str(principle), principle.get_absolute_url()))


def test_a_list_is_a_group_and_says_nothing_of_its_opinions(client, contest):
    shown = CandidateListFactory(contest=contest, name="Liste d’essai")
    address = shown.get_absolute_url()

    assert described(client, address) == {
        "@graph": [
            {"@type": "Organization", "name": "Liste d’essai", "url": f"{SITE}{address}"},
            way(("Bretagne", contest.region.get_absolute_url()), ("Liste d’essai", address)),
        ]
    }


def test_a_candidate_is_a_name_and_nothing_more(client, contest):
    candidate = CandidateFactory(candidate_list__contest=contest, first_names="Alix", last_name="EXEMPLE")
    shown, address = candidate.candidate_list, candidate.get_absolute_url()

    assert described(client, address) == {
        "@graph": [
            {"@type": "Person", "name": candidate.full_name, "url": f"{SITE}{address}"},
            way(
                ("Bretagne", contest.region.get_absolute_url()),
                (shown.name, shown.get_absolute_url()),
                (candidate.full_name, address),
            ),
        ]
    }


def test_an_election_is_an_event_from_one_round_to_the_other(client):
    election = ElectionFactory(past=True, name="Régionales", slug="regionales")

    assert described(client, election.get_absolute_url()) == {
        "@graph": [
            {
                "@type": "Event",
                "name": "Régionales",
                "url": f"{SITE}/elections/regionales/",
                "startDate": "2021-06-20",
                "endDate": "2021-06-27",
                "location": {"@type": "Country", "name": "France"},
            },
            way(EVERY_ELECTION, ("Régionales", "/elections/regionales/")),
        ]
    }


def test_an_invented_election_is_announced_as_no_event(client):
    election = ElectionFactory(is_demonstration=True)

    nodes = described(client, election.get_absolute_url())["@graph"]

    assert [node["@type"] for node in nodes] == ["BreadcrumbList"]
