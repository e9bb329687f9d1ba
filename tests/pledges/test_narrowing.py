"""The filters of a matrix: links whose address says what is shown."""

import re
from html import unescape

import pytest

from tests.pledges.factories import CandidateListFactory, ContestFactory, PledgeFactory

pytestmark = pytest.mark.django_db

EVERYONE = ["Liste A", "Liste B", "Liste C"]


@pytest.fixture
def contest():
    """A commits to 1 and declines 2, in words; B commits to 2; C has no published answer."""
    place = ContestFactory(region__name="Bretagne", region__name_type=0)
    for name, number, answers in [("Liste A", 1, {1: "commits", 2: "declines"}), ("Liste B", 2, {2: "commits"})]:
        candidate_list = CandidateListFactory(contest=place, name=name, panel_number=number, headed=True)
        pledge = PledgeFactory(candidate_list=candidate_list, published=True, signed=True, answers=answers)
        pledge.commitments.update(statement=f"Les mots de {name}.")
    CandidateListFactory(contest=place, name="Liste C", panel_number=3, headed=True)
    return place


@pytest.fixture(params=["region", "contest"])
def address(request, contest):
    return (contest.region if request.param == "region" else contest).get_absolute_url()


def plain(response):
    page = unescape(response.content.decode())
    return page.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ")


def table(page):
    """The lists that the table shows, and the principles that head its columns."""
    return (
        re.findall(r'<a class="who__name" href="[^"]+">([^<]+)</a>', page),
        re.findall(r'<th scope="col"[^>]*><a href="/principes/(\d)/">', page),
    )


def said(page):
    [sentence] = re.findall(r'role="status" id="compte-\d+">([^<]*)</p>', page)
    return sentence


@pytest.mark.parametrize(
    ("query", "lists", "principles", "sentence"),
    [
        ("", EVERYONE, "12345", ""),
        ("?principe=&reponse=", EVERYONE, "12345", ""),
        ("?principe=2", EVERYONE, "2", "3 listes, et leurs réponses au principe 2."),
        ("?reponse=s-engage", EVERYONE[:2], "12345", "2 listes sur 3 s’engagent sur un principe au moins."),
        (
            "?reponse=ne-s-engage-pas",
            ["Liste A"],
            "12345",
            "1 liste sur 3 répond « ne s’engage pas » à un principe au moins.",
        ),
        ("?reponse=sans-reponse", ["Liste C"], "12345", "1 liste sur 3 n’a aucune réponse publiée."),
        ("?principe=2&reponse=s-engage", ["Liste B"], "2", "1 liste sur 3 s’engage sur le principe 2."),
        ("?principe=2&reponse=ne-s-engage-pas", ["Liste A"], "2", "1 liste sur 3 ne s’engage pas sur le principe 2."),
        (
            "?principe=1&reponse=sans-reponse",
            EVERYONE[1:],
            "1",
            "2 listes sur 3 n’ont pas de réponse publiée sur le principe 1.",
        ),
        ("?principe=9", EVERYONE, "12345", "Ce filtre n’existe pas : tout est montré."),
        ("?reponse=oui", EVERYONE, "12345", "Ce filtre n’existe pas : tout est montré."),
        ("?reponse=&utm_source=lettre", EVERYONE, "12345", ""),
    ],
)
def test_an_address_shows_the_lists_and_the_principles_that_it_asks_for(
    client, address, query, lists, principles, sentence
):
    page = plain(client.get(address + query))

    assert table(page) == (lists, list(principles))
    assert said(page) == sentence


def test_one_principle_leaves_room_for_the_words_of_those_who_answered(client, address):
    alone, whole = plain(client.get(f"{address}?principe=2")), plain(client.get(address))

    assert re.findall(r'<q lang="fr">([^<]*)</q>', alone) == ["Les mots de Liste A.", "Les mots de Liste B."]
    assert '<q lang="fr">' not in whole


def test_counts_keep_all_the_lists_as_their_denominator(client, contest, address):
    narrowed = client.get(f"{address}?principe=2&reponse=s-engage").context
    narrowed = narrowed["narrowed"] if "narrowed" in narrowed else narrowed["votes"][0].narrowed

    assert [(total.principle.number, total.count, total.total) for total in narrowed.totals] == [(2, 1, 3)]


def test_nothing_found_is_explained_with_a_way_back(client, address):
    page = plain(client.get(f"{address}?principe=5&reponse=s-engage"))

    assert table(page) == ([], [])
    assert "Aucune liste ne répond à ce filtre." in page
    assert f'<a class="btn" href="{address}">Tout montrer</a>' in page


def test_each_choice_keeps_the_other_and_leaves_the_address_short(client, contest):
    address = contest.get_absolute_url()

    page = plain(client.get(f"{address}?principe=2&reponse=s-engage"))

    anchor = f"#filtres-{contest.pk}"
    links = re.findall(rf'href="{address}(.*?){anchor}" rel="nofollow"( aria-current="true")?>([^<]*)</a>', page)
    assert [(query, bool(current), words) for query, current, words in links] == [
        ("?reponse=s-engage", False, "Tous"),
        *[
            (f"?principe={number}&reponse=s-engage", number == 2, f"{number}. Action {number}")
            for number in range(1, 6)
        ],
        ("?principe=2", False, "Toutes"),
        ("?principe=2&reponse=s-engage", True, "s’engage"),
        ("?principe=2&reponse=ne-s-engage-pas", False, "ne s’engage pas"),
        ("?principe=2&reponse=sans-reponse", False, "pas de réponse"),
    ]


def test_a_part_of_a_page_says_that_the_whole_is_the_one_to_remember(client, contest, settings):
    address = contest.get_absolute_url()

    page = plain(client.get(f"{address}?principe=2"))

    assert f'<link rel="canonical" href="{settings.SITE_URL}{address}">' in page


@pytest.mark.parametrize("count", [1, 30])
def test_a_filter_costs_no_query(client, address, contest, count, django_assert_num_queries):
    CandidateListFactory.create_batch(count, contest=contest, headed=True)
    queries = 17 if "/regions/" in address else 11

    with django_assert_num_queries(queries):
        response = client.get(f"{address}?principe=2&reponse=sans-reponse")

    assert response.status_code == 200
