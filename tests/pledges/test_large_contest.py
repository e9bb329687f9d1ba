"""The largest contest that can be, and the smallest: both are read whole, and neither is long to load."""

import re
from html import unescape

import pytest

from pledges.models import Candidate
from tests.pledges.factories import (
    CandidateFactory,
    CandidateListFactory,
    ContestFactory,
    NuanceFactory,
    PledgeFactory,
)
from tests.regions.factories import IndicatorFactory

pytestmark = pytest.mark.django_db

ELEMENTS = 800
SECTIONS = 13


@pytest.fixture
def large():
    """Fourteen lists of 180 people in thirteen departments: a half answered, with a nuance and personal pledges."""
    contest = ContestFactory(region__name="Occitanie", region__name_type=0)
    nuance = NuanceFactory(election=contest.election)
    for year in range(2008, 2014):
        IndicatorFactory(region=contest.region, year=year)
    for number in range(1, 15):
        shown = CandidateListFactory(contest=contest, panel_number=number, nuance=nuance, headed=True)
        Candidate.objects.bulk_create(
            Candidate(
                candidate_list=shown,
                section_code=f"{person % SECTIONS:02}",
                section_name=f"Département {person % SECTIONS:02}",
                rank=100 + person,
                first_names="Alix",
                last_name=f"EXEMPLE{person}",
                norm=f"alix exemple{person}",
            )
            for person in range(179)
        )
        if number % 2:
            PledgeFactory(
                candidate_list=shown, published=True, signed=True, answers=dict.fromkeys(range(1, 6), "commits")
            )
            PledgeFactory(candidate_list=shown, published=True, candidate=shown.candidates.last())
    return contest


def elements(response):
    return len(re.findall(r"<[a-z]", response.content.decode()))


def plain(response):
    page = unescape(response.content.decode())
    return page.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ")


def test_the_pages_of_the_largest_contest_are_short(client, large):
    assert Candidate.objects.count() == 14 * 180
    counts = {
        str(page): elements(client.get(page.get_absolute_url())) for page in (large.region, large, large.lists.first())
    }

    assert {name: count for name, count in counts.items() if count >= ELEMENTS} == {}


@pytest.mark.parametrize("shown", ["region", "contest"])
def test_a_single_list_without_an_answer_is_not_offered_filters_nor_a_comparison(client, shown):
    contest = ContestFactory(region__name="Mayotte", region__name_type=0)
    alone = CandidateListFactory(contest=contest, name="Liste seule", panel_number=1)

    page = plain(client.get((contest.region if shown == "region" else contest).get_absolute_url()))

    assert "La seule liste n’a pas d’engagement publié." in page
    assert re.findall(r'<a class="who__name" href="([^"]+)">', page) == [alone.get_absolute_url()]
    assert page.count('class="answer answer--none"') == 5
    assert "Listes qui s’engagent" not in page  # its own row has said it
    assert "Filtrer par principe" not in page
    assert "Comparer deux à quatre listes" not in page


def test_a_list_of_which_nothing_is_known_but_its_name_says_so(client):
    alone = CandidateListFactory(panel_number=None)

    page = plain(client.get(alone.get_absolute_url()))

    assert "La composition n’est pas encore connue." in page
    assert "Pas de réponse au" in page


@pytest.mark.parametrize("shown", ["region", "contest"])
def test_the_people_of_each_list_are_a_line_that_leads_to_its_page(client, shown):
    contest = ContestFactory(region__name="Bretagne", region__name_type=0)
    first, second = (
        CandidateListFactory(contest=contest, name=name, panel_number=number)
        for number, name in enumerate(["Liste A", "Liste B"], 1)
    )
    for number in range(7):
        person = CandidateFactory(
            candidate_list=first, last_name=f"EXEMPLE{number}", rank=number + 1, section_code=str(number % 2)
        )
        if number:
            PledgeFactory(candidate_list=first, candidate=person, published=True)
    CandidateFactory(candidate_list=first, departed=True)
    PledgeFactory(candidate_list=first, personal=True, in_review=True)

    page = plain(client.get((contest.region if shown == "region" else contest).get_absolute_url()))

    [block] = re.findall(r'<details class="fold teams">(.*?)</details>', page, re.DOTALL)
    lines = [
        " ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in re.findall(r"<li>(.*?)</li>", block, re.DOTALL)
    ]
    assert lines == [
        (
            "Liste A 8 personnes, 3 sections. À titre personnel : Alix EXEMPLE2, Alix EXEMPLE4, Alix EXEMPLE6,"
            " Alix EXEMPLE1, Alix EXEMPLE3 et 1 autre."
        ),
        "Liste B La composition n’est pas encore connue.",
    ]
    assert re.findall(r'href="([^"]+)"', block) == [
        f"{candidate_list.get_absolute_url()}#personnes" for candidate_list in (first, second)
    ]
