import re

import pytest
from django.urls import reverse
from django.utils import timezone

from pledges.enums import Answer
from tests.pledges.factories import (
    CandidateListFactory,
    CommitmentFactory,
    ContestFactory,
    PledgeFactory,
)

pytestmark = pytest.mark.django_db

UNKNOWN = "Une des listes demandées n’existe pas, ou n’est plus sur la liste officielle."
NOT_KEYS = "Cette adresse ne désigne pas des listes : leurs numéros s’écrivent « 12,34 »."
NONE_ASKED = "Choisissez de deux à quatre listes d’un même territoire."
ALONE = "Une liste seule ne se compare pas : choisissez-en au moins une autre."
TOO_MANY = "Quatre listes au plus se lisent côte à côte : gardez-en quatre."
ELSEWHERE = "Ces listes ne se présentent pas au même endroit : une comparaison se lit dans un même territoire."


@pytest.fixture
def contest():
    return ContestFactory(region__name="Bretagne", region__name_type=0)


def signed_list(contest, words="Nos mots.", **kwargs):
    """A list that commits to the first principle in its own words, and declines the second."""
    candidate_list = CandidateListFactory(contest=contest, headed=True, **kwargs)
    pledge = PledgeFactory(candidate_list=candidate_list, published=True, signed=True, answers={2: Answer.DECLINES})
    CommitmentFactory(pledge=pledge, statement=words)
    return candidate_list


def compare(client, listes):
    return client.get(reverse("compare"), {"listes": listes})


def names(response):
    return [row.list.name for row in response.context["rows"]]


def plain(response):
    """The page with ordinary spaces."""
    return re.sub("[\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]", " ", response.content.decode())


def said(response):
    """The sentences of the refusal, once each is found on the page as well."""
    errors = response.context["form"].errors.get("listes", [])
    assert all(error in plain(response) for error in errors)
    return list(errors)


# --- Side by side ---


def test_lists_are_read_in_panel_order_whatever_the_address_says(client, contest):
    last = signed_list(contest, panel_number=3, name="Troisième")
    first = signed_list(contest, panel_number=1, name="Première")
    signed_list(contest, panel_number=2, name="Deuxième")

    response = compare(client, f"{last.pk},{first.pk}")

    assert names(response) == ["Première", "Troisième"]
    assert said(response) == []


def test_checkboxes_and_a_written_address_ask_the_same_thing(client, contest):
    lists = [signed_list(contest, panel_number=number, name=f"Liste {number}") for number in (1, 2, 3)]
    keys = [str(candidate_list.pk) for candidate_list in lists]

    assert names(compare(client, keys)) == names(compare(client, ",".join(keys))) == ["Liste 1", "Liste 2", "Liste 3"]


def test_each_principle_has_the_answer_of_each_list_in_its_words(client, contest):
    one = signed_list(contest, "Les mots de l’une.", panel_number=1)
    silent = CandidateListFactory(contest=contest, panel_number=2)

    response = compare(client, [one.pk, silent.pk])

    assert [
        (answers.principle.number, [(cell.answer, cell.statement) for _row, cell in answers.replies])
        for answers in response.context["answers"]
    ] == [
        (1, [("commits", "Les mots de l’une."), ("", "")]),
        (2, [("declines", ""), ("", "")]),
        (3, [("", ""), ("", "")]),
        (4, [("", ""), ("", "")]),
        (5, [("", ""), ("", "")]),
    ]
    assert "Les mots de l’une." in response.content.decode()


def test_words_that_are_not_published_are_not_compared(client, contest):
    lists = [CandidateListFactory(contest=contest) for _ in range(2)]
    for state in ("in_review", "suspended"):
        pledge = PledgeFactory(candidate_list=lists.pop(), **{state: True})
        CommitmentFactory(pledge=pledge, statement="Pas pour le public.")

    response = compare(client, [str(row.pk) for row in contest.lists.all()])

    assert len(names(response)) == 2
    assert "Pas pour le public." not in response.content.decode()


def test_a_comparison_stays_out_of_search_engines(client, contest):
    page = compare(client, [signed_list(contest).pk, signed_list(contest).pk]).content.decode()

    assert '<meta name="robots" content="noindex">' in page
    assert 'rel="canonical"' not in page


@pytest.mark.parametrize("count", [2, 4])
def test_queries_of_a_comparison_are_counted(client, contest, count, django_assert_num_queries):
    keys = [signed_list(contest).pk for _ in range(count)]

    with django_assert_num_queries(8):
        response = compare(client, keys)

    assert len(names(response)) == count


# --- What cannot be compared is explained ---


@pytest.mark.parametrize(
    ("listes", "sentence"),
    [
        ([], NONE_ASKED),
        ("", NONE_ASKED),
        (" , ,", NONE_ASKED),
        ("bonjour", NOT_KEYS),
        ("x" * 5000, NOT_KEYS),
        ("1,-2", NOT_KEYS),
        ("1\0,2", NOT_KEYS),
        ("¹,²", NOT_KEYS),
        ("9" * 30, NOT_KEYS),
        ("9" * 5000, NOT_KEYS),
        ("9" * 18 + ",1", UNKNOWN),
        (",".join(str(number) for number in range(1000)), TOO_MANY),
    ],
)
def test_what_names_no_lists_is_refused_in_a_sentence(client, listes, sentence):
    response = compare(client, listes)

    assert (response.status_code, names(response), said(response)) == (200, [], [sentence])


def test_one_list_twice_is_one_list_alone(client, contest):
    alone = signed_list(contest)

    assert said(compare(client, str(alone.pk))) == said(compare(client, [alone.pk, alone.pk])) == [ALONE]


def test_five_lists_are_refused_and_stay_ticked(client, contest):
    keys = [signed_list(contest).pk for _ in range(5)]

    response = compare(client, keys)

    assert (names(response), said(response)) == ([], [TOO_MANY])
    assert re.findall(r'value="(\d+)" checked', response.content.decode()) == [str(key) for key in keys]


def test_lists_of_two_contests_are_refused(client, contest):
    assert said(compare(client, [signed_list(contest).pk, signed_list(ContestFactory()).pk])) == [ELSEWHERE]


@pytest.mark.parametrize("other", ["departed", "declared"])
def test_a_list_that_the_public_does_not_choose_from_is_refused(client, contest, other):
    one = signed_list(contest)
    if other == "departed":
        second = CandidateListFactory(contest=contest, departed=True)
    else:
        second = CandidateListFactory(contest=contest, declared_at=timezone.now(), official_code="", panel_number=None)

    response = compare(client, [one.pk, second.pk])

    assert said(response) == [UNKNOWN]
    assert second.name not in response.content.decode()


# --- The way there ---


@pytest.mark.parametrize("page", ["region", "contest"])
def test_the_matrix_leads_to_a_comparison_of_its_lists(client, contest, page):
    lists = [signed_list(contest, panel_number=number) for number in (1, 2)]

    html = client.get((contest.region if page == "region" else contest).get_absolute_url()).content.decode()

    assert f'<form action="{reverse("compare")}" method="get">' in html
    assert re.findall(r'name="listes" value="(\d+)"', html) == [str(candidate_list.pk) for candidate_list in lists]


def test_a_list_alone_in_its_contest_is_not_offered_for_comparison(client, contest):
    signed_list(contest)

    assert 'name="listes"' not in client.get(contest.get_absolute_url()).content.decode()


# --- The totals of an election ---


def test_an_election_counts_by_principle_and_by_territory(client, contest):
    signed_list(contest)
    CandidateListFactory(contest=contest)
    PledgeFactory(
        candidate_list=CandidateListFactory(contest=contest, departed=True), published=True, answers={1: "commits"}
    )
    PledgeFactory(candidate_list=CandidateListFactory(contest=contest), in_review=True, answers={1: "commits"})
    PledgeFactory(candidate_list=contest.lists.last(), personal=True, published=True, answers={1: "commits"})
    elsewhere = ContestFactory(election=contest.election, region__name="Corse", region__name_type=0)
    PledgeFactory(candidate_list=signed_list(elsewhere, panel_number=2), withdrawn=True, answers={1: "commits"})
    PledgeFactory(
        candidate_list=CandidateListFactory(contest=elsewhere), published=True, answers={1: "commits", 3: "commits"}
    )

    response = client.get(contest.election.get_absolute_url())

    totals = response.context["totals"]
    assert '<td class="num">3 <span class="of">sur 5</span>' in plain(response)
    assert [(total.count, total.total) for total in totals.totals] == [(3, 5), (0, 5), (1, 5), (0, 5), (0, 5)]
    assert [
        (place.region.name, place.signed_count, [(total.count, total.total) for total in place.totals])
        for place in totals.regions
    ] == [
        ("Bretagne", 1, [(1, 3), (0, 3), (0, 3), (0, 3), (0, 3)]),
        ("Corse", 2, [(2, 2), (0, 2), (1, 2), (0, 2), (0, 2)]),
    ]


def test_cantons_of_a_region_are_counted_together(client, contest):
    canton = ContestFactory(election=contest.election, region=contest.region, code="C1", name="Canton", slug="canton")
    signed_list(contest)
    signed_list(canton)

    totals = client.get(contest.election.get_absolute_url()).context["totals"]

    assert [(place.region.name, place.totals[0].count, place.list_count) for place in totals.regions] == [
        ("Bretagne", 2, 2)
    ]


@pytest.mark.parametrize("count", [1, 12])
def test_queries_of_an_election_are_counted(client, contest, count, django_assert_num_queries):
    for _ in range(count):
        signed_list(ContestFactory(election=contest.election))

    with django_assert_num_queries(4):
        response = client.get(contest.election.get_absolute_url())

    assert response.context["list_count"] == count


def test_the_other_language_of_a_comparison_compares_the_same_lists(client, contest):
    one, two = (signed_list(contest, panel_number=number) for number in (1, 2))

    page = client.get(reverse("compare"), {"listes": [one.pk, two.pk]}).content.decode()

    assert f'<a href="/en/comparer/?listes={one.pk}&amp;listes={two.pk}" hreflang="en"' in page
    assert '<link rel="alternate"' not in page  # a search engine is told of no comparison


def test_a_form_sent_without_a_list_keeps_its_territory(client):
    shown = CandidateListFactory()

    response = client.get(reverse("compare"), {"territoire": shown.contest_id})

    assert response.context["contest"] == shown.contest
    assert client.get(reverse("compare"), {"territoire": "9" * 30}).context["contest"] is None
