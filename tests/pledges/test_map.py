"""The map: what each region counts, in a pattern, a figure and words."""

import re
from html import unescape

import pytest
from django.urls import reverse

from pledges.map import VIEW_BOX, MapRegion, legend, middles
from tests.pledges.factories import CandidateListFactory, ContestFactory, ElectionFactory, PledgeFactory
from tests.regions.factories import RegionFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("signed", "total", "level"),
    [(0, 6, 0), (1, 6, 1), (2, 6, 2), (3, 6, 2), (4, 6, 2), (5, 6, 3), (6, 6, 3), (1, 1, 3), (4, 13, 1), (9, 13, 3)],
)
def test_the_pattern_is_that_which_the_legend_says(signed, total, level):
    assert MapRegion(RegionFactory.build(), "", total, signed).level == level


def test_the_legend_counts_regions_and_sets_apart_those_whose_lists_are_unknown():
    places = [MapRegion(RegionFactory.build(), "", total, signed) for total, signed in [(6, 0), (6, 1), (6, 2), (0, 0)]]

    lines = legend(places)

    assert [(line.level, line.words, line.count, line.total, line.is_known) for line in lines] == [
        (0, "aucune à ce jour", 1, 4, True),
        (1, "moins d’un tiers", 1, 4, True),
        (2, "d’un tiers à deux tiers", 1, 4, True),
        (3, "plus de deux tiers", 0, 4, True),
        (0, "candidatures pas encore connues", 1, 4, False),
    ]


def test_each_of_the_eighteen_regions_has_its_place_in_the_drawing():
    left, top, width, height = map(int, VIEW_BOX.split())

    places = middles()

    assert len(places) == len(set(places.values())) == 18
    assert all(left < x < left + width and top < y < top + height for x, y in places.values())


def test_the_list_of_regions_comes_first_and_the_map_says_the_same(client):
    election = ElectionFactory()
    for code, name in [("53", "Bretagne"), ("04", "La Réunion")]:
        contest = ContestFactory(election=election, region=RegionFactory(code=code, name=name))
        PledgeFactory(candidate_list=CandidateListFactory(contest=contest), published=True)
        CandidateListFactory.create_batch(2, contest=contest)
    RegionFactory(code="06", name="Mayotte")

    page = unescape(client.get(reverse("home")).content.decode())

    assert page.index('class="region-list"') < page.index('class="map"')
    assert re.findall(r'<a href="[^"]+" aria-label="([^"]+)">', page.replace("\N{NO-BREAK SPACE}", " ")) == [
        "Bretagne : 1 liste signataire sur 3",
        "La Réunion : 1 liste signataire sur 3",
        "Mayotte : aucune candidature connue",
    ]
    assert re.findall(r'class="map__count"[^>]*>([^<]*)<', page) == ["1/3", "1/3"]
    assert re.findall(r'class="map__name"[^>]*>([^<]*)<', page) == ["La Réunion", "Mayotte"]
