"""The first page of the desk: what to do next, in one's own territory alone, with as many queries for many rows."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from desk.dashboard import LATEST_SHOWN, SHOWN, dashboard
from pledges.actions.recording import record_at_large
from pledges.enums import Act, MailKind
from pledges.models import JournalEntry, OutboxMail, Pledge
from regions.models import User
from tests.desk.acts import enter
from tests.desk.rows import MAKERS
from tests.pledges.factories import (
    CampaignFactory,
    CandidateListFactory,
    ContestFactory,
    ElectionFactory,
    PledgeFactory,
    SignatoryFactory,
)
from tests.pledges.rounds import merge, second_round
from tests.pledges.test_views import text_of
from tests.regions.factories import RegionFactory, UserFactory

pytestmark = pytest.mark.django_db

HOME = reverse("admin:index")
HOUR = datetime.timedelta(hours=1)


def board_of(user):
    return dashboard(User.objects.get(pk=user.pk))


def waiting(contest, hours, **kwargs):
    pledge = PledgeFactory(in_review=True, candidate_list__contest=contest, **kwargs)
    Pledge.objects.filter(pk=pledge.pk).update(confirmed_at=timezone.now() - hours * HOUR)
    return pledge


def owed(pledge, **fields):
    return OutboxMail.objects.create(
        key=f"{pledge.pk}-{fields.get('last_error')}",
        kind=MailKind.PUBLISHED,
        signatory=SignatoryFactory(pledge=pledge, mandatary=True, candidate=None),
        pledge=pledge,
        region=pledge.candidate_list.contest.region,
        recipient="alix@example.org",
        **fields,
    )


def test_lists_that_wait_for_a_person_are_counted_by_campaign(client, moderator, place):
    elsewhere = ContestFactory()
    for contest in (place.contest, elsewhere):
        CandidateListFactory.create_batch(2, contest=contest)
        CampaignFactory(running=True, election=contest.election, region=contest.region)
    enter(client, moderator)

    page = text_of(client.get(HOME))

    [found] = board_of(moderator).campaigns
    assert (found.campaign.region, len(found.to_do)) == (place.region, 2)
    assert "Listes à joindre vous-même" in page


def test_what_waits_is_the_oldest_first_and_of_ones_own_territory(moderator, place):
    ages = [waiting(place.contest, hours) for hours in (5, 30, 2, 50, 4, 1, 3)]
    PledgeFactory(published=True, candidate_list__contest=place.contest)
    waiting(ContestFactory(), 99)

    board = board_of(moderator)

    assert list(board.waiting.rows) == [ages[3], ages[1], ages[0], ages[4], ages[6]]
    assert (board.waiting.count, board.waiting.rest) == (7, 7 - SHOWN)


def test_what_an_official_list_lets_one_match_comes_first(moderator, place):
    old = waiting(place.contest, 90)
    CandidateListFactory(contest=place.contest)
    to_match = waiting(place.contest, 1, candidate_list__declared_at=timezone.now(), **NOTHING_OFFICIAL)
    without_list = ContestFactory(region=place.region)
    too_early = waiting(without_list, 2, candidate_list__declared_at=timezone.now(), **NOTHING_OFFICIAL)

    board = board_of(moderator)

    assert list(board.waiting.rows) == [to_match, old, too_early]
    assert [(pledge, pledge.to_match_first) for pledge in board.declared.rows] == [(to_match, True), (too_early, False)]


NOTHING_OFFICIAL = {"candidate_list__official_code": "", "candidate_list__panel_number": None}


def test_the_silence_says_what_it_holds_where_and_until_when(moderator, place, time_machine):
    election = place.contest.election
    waiting(place.contest, 5)
    owed(PledgeFactory(published=True, candidate_list__contest=place.contest))
    waiting(ContestFactory(election=election), 5)
    time_machine.move_to(datetime.datetime.combine(election.first_round_on, datetime.time(12), place.region.zone))

    [hold] = board_of(moderator).holds

    assert (hold.regions, hold.pledges, hold.mails) == ([place.region], 1, 1)
    assert hold.silence.ends_at.date() == election.first_round_on


def test_the_silence_of_each_region_follows_its_own_clock(place, time_machine):
    island = RegionFactory(time_zone="Indian/Reunion")
    ContestFactory(election=place.contest.election, region=island)
    administrator = UserFactory(is_staff=True, is_superuser=True)
    eve = place.contest.election.first_round_on - datetime.timedelta(days=1)
    # Already Saturday on the island, still Friday evening in Paris.
    time_machine.move_to(datetime.datetime.combine(eve, datetime.time(1), island.zone))

    assert [hold.regions for hold in board_of(administrator).holds] == [[island]]


def test_the_lists_not_yet_asked_are_counted_by_contest(moderator, place):
    MAKERS_LISTS(place, 3)
    MAKERS_LISTS(type(place)(place.region, ContestFactory(), moderator), 2)
    CandidateListFactory(contest=place.contest, departed=True)

    board = board_of(moderator)

    assert [(contest.pk, contest.unasked_count, contest.list_count) for contest in board.unasked.contests.rows] == [
        (place.contest.pk, 1, 3)
    ]
    assert board.unasked.lists == 1


def test_a_list_that_has_answered_is_not_to_be_asked(moderator, place):
    PledgeFactory(in_review=True, candidate_list__contest=place.contest)
    CandidateListFactory(contest=place.contest)

    board = board_of(moderator)

    assert [(contest.unasked_count, contest.list_count) for contest in board.unasked.contests.rows] == [(1, 2)]
    assert board.unasked.lists == 1


@pytest.fixture
def vote(moderator):
    """A second round in the moderator's territory."""
    election = ElectionFactory(past=True, signing_closes_on=datetime.date(2021, 6, 18))
    return second_round(region=moderator.regions_here[0], election=election)


def test_between_the_rounds_the_lists_of_the_second_are_to_be_asked(moderator, vote, time_machine):
    by_mail = merge(CandidateListFactory(contest=vote.contest, headed=True), vote.out, name="Autre fusion")
    time_machine.move_to("2021-06-20 22:00:00+00:00")
    before = board_of(moderator).unasked
    record_at_large(Act.HEAD_ASKED, region=vote.contest.region, election=vote.contest.election, list=by_mail.pk)
    after = board_of(moderator).unasked

    # The kept list has signed; the two merged ones have not.
    assert [(contest.unasked_count, contest.list_count) for contest in before.contests.rows] == [(2, 3)]
    assert (before.lists, after.lists, after.is_over) == (2, 1, False)


@pytest.mark.parametrize("at", ["2021-06-19 12:00:00+00:00", "2021-06-26 12:00:00+00:00"])
def test_once_nothing_may_be_signed_the_first_page_says_so(client, moderator, vote, time_machine, at):
    time_machine.move_to(at)
    enter(client, moderator)

    page = text_of(client.get(HOME))

    assert "Les signatures sont closes" in page
    assert "ont été sollicitées" not in page


MAKERS_LISTS = next(make for model, make in MAKERS.items() if model.__name__ == "CandidateList")


def test_nobody_is_to_be_asked_once_the_signatures_are_closed(moderator, place):
    MAKERS_LISTS(place, 3)
    type(place.contest.election).objects.update(signing_closes_on=timezone.localdate() - datetime.timedelta(days=1))

    board = board_of(moderator)

    assert (board.unasked.contests.count, board.unasked.lists, board.unasked.is_over) == (0, 0, True)


def test_mails_that_do_not_arrive_are_counted_apart_with_the_age_of_the_oldest(moderator, place):
    pledge = PledgeFactory(published=True, candidate_list__contest=place.contest)
    owed(pledge, abandoned_at=timezone.now(), last_error="SMTPRecipientsRefused 550")
    pledges = [PledgeFactory(published=True, candidate_list__contest=place.contest) for _ in range(2)]
    failing = owed(pledges[0], last_error="TimeoutError")
    OutboxMail.objects.filter(pk=failing.pk).update(created_at=timezone.now() - 9 * HOUR)
    owed(pledges[1], last_error="")
    owed(PledgeFactory(published=True), abandoned_at=timezone.now(), last_error="TimeoutError")

    board = board_of(moderator)

    failing.refresh_from_db()
    assert (board.mails, board.troubled_mails) == ({"given_up": 1, "failing": 1, "waiting": 1}, 2)
    assert board.oldest_mail == failing.created_at


def test_the_dates_to_come_are_said_once_for_elections_of_the_same_days(moderator, place):
    first = place.contest.election
    dates = {field.name: getattr(first, field.name) for field in first._meta.fields if field.name.endswith("_on")}
    other = ElectionFactory(**dates, kind="departmental")

    [calendar] = board_of(moderator).calendars

    assert set(calendar.elections) == {first, other}
    assert [(milestone.on, milestone.sentence) for milestone in calendar.milestones] == [
        (first.signing_closes_on, "dernier jour pour signer, jusqu’à minuit"),
        (first.first_round_on - datetime.timedelta(days=1), "silence électoral, jusqu’au lendemain à 20 h"),
        (first.first_round_on, "premier tour"),
        (first.second_round_on - datetime.timedelta(days=1), "silence électoral, jusqu’au lendemain à 20 h"),
        (first.second_round_on, "second tour"),
    ]


def test_the_latest_decisions_are_those_of_ones_own_territory(moderator, place):
    old = timezone.now() - datetime.timedelta(days=30)
    fields = [
        {"act": Act.PLEDGE_PUBLISHED, "at": timezone.now(), "region": place.region},
        {"act": Act.PLEDGE_SUBMITTED, "at": timezone.now(), "region": place.region},
        {"act": Act.PLEDGE_DECLINED, "at": old, "region": place.region},
        {"act": Act.PLEDGE_DECLINED, "at": timezone.now(), "region": RegionFactory()},
    ]
    entries = [JournalEntry.objects.create(**its) for its in fields]

    assert board_of(moderator).latest == entries[:1]


@pytest.mark.parametrize("role", ["moderator", "administrator"])
@pytest.mark.parametrize("count", [10, 1_000])
def test_the_first_page_asks_as_many_questions_for_many_rows(
    client, moderator, place, role, count, django_assert_num_queries
):
    for model in MAKERS:
        if model.__name__ in {"Pledge", "CandidateList", "OutboxMail", "JournalEntry", "Resource"}:
            MAKERS[model](place, count)
    administrator = UserFactory(is_staff=True, is_superuser=True)
    enter(client, moderator if role == "moderator" else administrator)

    with django_assert_num_queries(28 if role == "moderator" else 27):
        response = client.get(HOME)

    board = response.context["dashboard"]
    assert (board.waiting.count >= count, len(board.latest)) == (True, LATEST_SHOWN)
    assert board.shelves.faults.count == count


def test_an_empty_desk_says_what_will_come(desk):
    page = text_of(desk.get(HOME))

    sentences = [
        "Rien n’attend : chaque engagement confirmé par son signataire arrivera ici",
        "Toutes les listes connues ont été sollicitées, ou aucune n’est encore officielle.",
        "Aucune : qui signe avant la liste officielle attendra ici",
        "Aucun courrier en échec.",
        "Aucune élection n’est encore connue",
        "Aucune décision depuis deux semaines.",
    ]
    assert [
        sentence for sentence in sentences if sentence not in page.replace("\u202f", " ").replace("\xa0", " ")
    ] == []


def test_the_first_page_names_what_to_open(desk, place):
    pledge = waiting(place.contest, 30)
    CandidateListFactory(contest=place.contest)

    page = text_of(desk.get(HOME))

    assert reverse("admin:pledges_pledge_change", args=[pledge.pk]) in page
    assert reverse("admin:pledges_contest_invite", args=[place.contest.pk]) in page
    assert "attend depuis 1 jour" in page.replace("\u202f", " ").replace("\xa0", " ")


def test_all_registers_are_on_one_page_for_administrators_alone(client, desk):
    refused = desk.get(reverse("admin:everything")).status_code
    enter(client, UserFactory(is_staff=True, is_superuser=True))
    shown = client.get(reverse("admin:everything"))

    assert (refused, shown.status_code) == (404, 200)
    assert len(shown.context["app_list"]) == 3


def test_a_page_that_is_not_there_keeps_the_frame_of_the_desk(desk):
    response = desk.get(f"{HOME}introuvable/")

    page = text_of(response)
    assert (response.status_code, "Revenir au tableau de bord" in page, "desk-nav" in page) == (404, True, True)


def test_a_visitor_learns_nothing_of_the_desk_from_a_page_that_is_not_there(client):
    assert "desk-nav" not in text_of(client.get("/introuvable/"))
