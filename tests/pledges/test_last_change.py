"""« Dernière modification le … »: the last act that the public sees, and never one that it does not."""

import datetime
import re

import pytest
import time_machine

from pledges.actions.recording import record, record_at_large
from pledges.enums import Act
from tests.pledges.factories import CandidateListFactory, ContestFactory, PledgeFactory

pytestmark = pytest.mark.django_db

WHEN = datetime.datetime(2026, 5, 2, 10, tzinfo=datetime.UTC)


@pytest.fixture
def contest():
    return ContestFactory(region__name="Bretagne", region__name_type=0)


@pytest.fixture
def candidate_list(contest):
    return CandidateListFactory(contest=contest, headed=True)


def write(act, pledge, *, days=0):
    with time_machine.travel(WHEN + datetime.timedelta(days)):
        record(act, pledge)


def pages(candidate_list):
    contest = candidate_list.contest
    return contest.region, contest, candidate_list, candidate_list.candidates.get(is_head=True)


def dates(client, candidate_list):
    """What the pages of the region, the contest, the list and its head say; None of one that says nothing."""
    found = []
    for page in pages(candidate_list):
        html = client.get(page.get_absolute_url()).content.decode().replace("\N{NO-BREAK SPACE}", " ")
        match = re.search(r"Dernière modification le <time datetime=\"[^\"]+\">([^<]+)</time>", html)
        found.append(match and match[1])
    return found


def test_a_page_bears_the_date_of_the_last_public_act(client, candidate_list):
    pledge = PledgeFactory(candidate_list=candidate_list, suspended=True, signed=True)
    write(Act.PLEDGE_PUBLISHED, pledge)
    write(Act.PLEDGE_SUSPENDED, pledge, days=3)

    assert dates(client, candidate_list) == ["5 mai 2026"] * 4


def test_a_page_of_which_nothing_has_changed_bears_no_date(client, candidate_list):
    assert dates(client, candidate_list) == [None] * 4


@pytest.mark.parametrize(
    ("act", "state"),
    [
        (Act.PLEDGE_SUBMITTED, "in_review"),
        (Act.PLEDGE_DECLINED, "declined"),
        (Act.PLEDGE_WITHDRAWN, "in_review"),
        (Act.PLEDGE_NOTED, "published"),
        (Act.QUESTION_ASKED, "published"),
    ],
)
def test_what_the_public_does_not_see_leaves_no_date(client, candidate_list, act, state):
    write(act, PledgeFactory(candidate_list=candidate_list, **{state: True}))

    assert dates(client, candidate_list) == [None] * 4


def test_an_act_dates_the_pages_that_show_it_and_no_other(client, contest, candidate_list):
    other = CandidateListFactory(contest=contest, headed=True)
    write(Act.PLEDGE_PUBLISHED, PledgeFactory(candidate_list=other, published=True, signed=True))
    write(Act.PLEDGE_PUBLISHED, PledgeFactory(candidate_list=candidate_list, personal=True, published=True), days=1)

    # A list shows who signed for themselves; its head's page shows neither another person's pledge nor another list's.
    assert dates(client, candidate_list) == ["3 mai 2026", "3 mai 2026", "3 mai 2026", None]
    assert dates(client, other) == ["3 mai 2026", "3 mai 2026", "2 mai 2026", "2 mai 2026"]


def test_an_official_file_dates_its_contest_and_not_the_canton_beside_it(client, contest, candidate_list):
    canton = ContestFactory(election=contest.election, region=contest.region, code="C1", name="Canton", slug="canton")
    beside = CandidateListFactory(contest=canton, headed=True)

    record_at_large(
        Act.CANDIDATES_IMPORTED, at=WHEN, region=contest.region, election=contest.election, contest=contest.pk
    )

    assert dates(client, candidate_list) == ["2 mai 2026"] * 4
    assert dates(client, beside) == ["2 mai 2026", None, None, None]
