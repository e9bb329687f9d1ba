"""The second round: which lists are shown, until when they sign, who could stay; each round counts its own lists."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from pledges import last_change, second_round
from pledges.actions.recording import record_at_large
from pledges.enums import Act, Fate, ListKind, Round
from pledges.matrix import matrix
from pledges.models import CandidateList, Contest, Election, Result
from pledges.press import figures_of
from pledges.search import find_candidates
from pledges.totals import election_totals
from tests.desk.acts import enter
from tests.pledges import rounds
from tests.pledges.factories import CandidateListFactory, ContestFactory, ElectionFactory
from tests.regions.factories import RegionFactory, UserFactory

pytestmark = pytest.mark.django_db

PARIS = ZoneInfo("Europe/Paris")


# --- Which lists ---


def test_each_round_has_its_own_lists():
    place = rounds.second_round()

    lists = place.contest.lists.standing()
    assert list(lists.of_round(Round.FIRST).in_panel_order()) == [place.kept, *place.parents, place.out]
    assert set(lists.of_round(Round.SECOND)) == {place.kept, place.merged}


def test_the_second_round_is_shown_once_the_fate_of_every_list_is_known():
    place = rounds.second_round()
    CandidateList.objects.filter(pk=place.out.pk).update(fate="", fate_at=None)

    before = second_round.round_shown_in(place.contest)
    rounds.say(Fate.WITHDRAWN, place.out)

    assert (before, second_round.round_shown_in(place.contest)) == (Round.FIRST, Round.SECOND)


def test_a_contest_without_a_second_round_keeps_its_first():
    place = CandidateListFactory()
    rounds.say(Fate.ABSENT, place)

    assert second_round.round_shown_in(place.contest) == Round.FIRST


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"fate": Fate.KEPT}, "list_fate_has_its_date"),
        (
            {"round": Round.SECOND, "fate": Fate.KEPT, "fate_at": timezone.now()},
            "list_of_the_second_round",
        ),
    ],
)
def test_the_database_refuses_a_fate_that_cannot_be(changes, name):
    row = CandidateListFactory()

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        CandidateList.objects.filter(pk=row.pk).update(**changes)


def test_a_merged_list_may_bear_the_code_of_a_parent():
    place = rounds.second_round()

    CandidateList.objects.filter(pk=place.merged.pk).update(official_code=place.parents[0].official_code)

    with pytest.raises(IntegrityError), transaction.atomic():
        CandidateListFactory(contest=place.contest, round=Round.SECOND, official_code=place.parents[0].official_code)


# --- What is counted ---


def counts(election):
    """Every count of lists that a page of the first round, the map or the press shows."""
    contests = list(election.contests.public().select_related("region", "election").with_counts())
    totals = election_totals(election, contests)
    whole = figures_of(election).whole
    counted = Election.objects.with_counts().get(pk=election.pk)
    return {
        "contests": [(one.list_count, one.signed_count) for one in contests],
        "asked": [one.list_count for one in Contest.objects.with_asked_counts()],
        "election": (counted.list_count, counted.signed_count),
        "totals": [(total.count, total.total) for total in totals.totals],
        "press": (whole.count, whole.total),
    }


def test_counts_do_not_move_when_the_lists_of_the_second_round_come_and_sign():
    place = rounds.second_round()
    rounds.signed(place.merged, 1, 2, 3, 4, 5)

    assert counts(place.contest.election) == {
        "contests": [(4, 2)],
        "asked": [4],
        "election": (4, 2),
        "totals": [(2, 4), (2, 4), (1, 4), (0, 4), (0, 4)],
        "press": (2, 4),
    }


def test_the_matrix_of_each_round_has_its_own_denominator():
    place = rounds.second_round()

    first, second = matrix(place.contest, Round.FIRST), matrix(place.contest)

    assert (first.summary, second.summary) == (
        "2 listes sur 4 ont signé la charte.",
        "Au second tour : 1 liste sur 2 a signé la charte.",
    )
    assert [total.count for total in second.totals] == [1, 1, 0, 0, 0]


def test_what_the_parents_signed_is_shown_as_theirs_and_never_counted_as_the_merged_lists():
    place = rounds.second_round()

    [_kept, merged] = matrix(place.contest).rows

    assert (merged.list, merged.pledge, [cell.answer for cell in merged.cells]) == (place.merged, None, [""] * 5)
    signed, silent = map(str, merged.origins)
    assert signed == ("La liste « Liste d’essai 2 », dont elle est issue, s’est engagée sur les principes 1, 2 et 3.")
    assert silent.startswith("La liste « Liste d’essai 3 », dont elle est issue : pas de réponse au ")


@pytest.mark.parametrize("count", [1, 5])
def test_a_matrix_of_the_second_round_costs_the_same_for_all_numbers_of_lists(count, django_assert_num_queries):
    place = rounds.second_round()
    for _number in range(count):
        parents = CandidateListFactory.create_batch(2, contest=place.contest, headed=True)
        rounds.merge(*parents, panel=None).parents.add(place.out)
    contest = Contest.objects.select_related("election__charter", "region").get()

    with django_assert_num_queries(7):
        matrix(contest)


# --- Until when they sign ---


@pytest.fixture
def election():
    """The calendar of June 2021, its signatures over before the first round."""
    return ElectionFactory(past=True, signing_closes_on=datetime.date(2021, 6, 18))


def at(day, hour, second=0, zone=PARIS):
    return datetime.datetime(2021, 6, day, hour, tzinfo=zone) + datetime.timedelta(seconds=second)


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Guadeloupe", "Indian/Mayotte"])
def test_the_lists_of_the_second_round_sign_from_the_close_of_the_first_to_the_silence_of_the_second(election, zone):
    contest = ContestFactory(election=election, region__time_zone=zone)
    local = ZoneInfo(zone)
    edges = [
        at(20, 20, -1, local),
        at(20, 20, 0, local),
        at(26, 0, -1, local),
        at(26, 0, 0, local),
        at(27, 21, 0, local),
    ]

    said = {each: [second_round.signing(contest, each, edge).is_open for edge in edges] for each in Round}

    assert said == {Round.FIRST: [False] * 5, Round.SECOND: [False, True, True, False, False]}
    assert [str(second_round.signing(contest, Round.SECOND, edge)) for edge in (edges[1], edges[4])] == [
        "Entre les deux tours, les listes du second tour peuvent signer jusqu’au 25 juin 2021.",
        "Les signatures sont closes depuis le 25 juin 2021.",
    ]


def test_kept_and_merged_lists_may_sign_alike_and_a_list_that_is_out_may_not(election):
    place = rounds.second_round(election=election)
    lists = CandidateList.objects.with_contest().in_panel_order()

    said = {row.pk: second_round.signing_of(row, at(22, 12)).is_open for row in lists}

    assert said == {
        place.kept.pk: True, place.merged.pk: True, place.out.pk: False, **{one.pk: False for one in place.parents},
    }  # fmt: skip


# --- Who could stay ---


@pytest.mark.parametrize(
    ("votes", "stay"),
    [
        ({1: 500, 2: 400, 3: 100}, {1, 2, 3}),  # 10 %, exactly
        ({1: 500, 2: 401, 3: 99}, {1, 2}),
        ({1: 950, 2: 40, 3: 10}, {1, 2}),  # one alone reaches the threshold: the next may stay
        (dict.fromkeys(range(12), 9), set(range(12))),  # nobody does: the first two, here all equal
        ({1: 9, 2: 8, **dict.fromkeys(range(3, 15), 7)}, {1, 2}),
        ({}, set()),
    ],
)
def test_ten_per_cent_of_the_votes_cast_let_a_list_stay(votes, stay):
    assert second_round.could_stay(votes) == stay


@pytest.mark.parametrize(("code", "share"), [("53", 10), ("02", 10), ("94", 7)])
def test_corse_lets_a_list_stay_from_seven_per_cent(code, share):
    contest = ContestFactory(region=RegionFactory(code=code))
    votes = {1: 500, 2: 430, 3: 70}

    assert second_round.stays_from(contest) == share
    assert (3 in second_round.could_stay(votes, share)) == (share == 7)


def test_a_list_without_a_place_withdrew_was_out_or_nobody_can_tell():
    votes = {1: 500, 2: 401, 3: 99}

    said = [second_round.fate_without_place(*known) for known in ((2, votes), (3, votes), (3, {}))]

    assert said == [Fate.WITHDRAWN, Fate.ELIMINATED, Fate.ABSENT]


# --- What the public reads ---


def page(client, address):
    response = client.get(address)
    return response.status_code, " ".join(strip_tags(response.content.decode()).split())


def test_the_page_of_a_contest_goes_on_to_the_second_round_and_the_first_keeps_an_address(client):
    place = rounds.second_round()
    first = reverse("contest-first-round", args=[place.contest.election.slug, place.contest.slug])

    now, then = page(client, place.contest.get_absolute_url())[1], page(client, first)[1]

    assert [name in now for name in ("Liste d’essai 1", "Liste fusionnée", "Liste d’essai 4")] == [True, True, False]
    assert [name in then for name in ("Liste d’essai 1", "Liste fusionnée", "Liste d’essai 4")] == [True, False, True]
    assert "Non qualifiée pour le second tour" in then


def test_before_the_second_round_is_known_its_address_leads_to_the_contest(client):
    contest = CandidateListFactory().contest

    response = client.get(reverse("contest-first-round", args=[contest.election.slug, contest.slug]))

    assert (response.status_code, response.url) == (302, contest.get_absolute_url())


def test_each_list_says_what_became_of_it(client):
    place = rounds.second_round()

    said = {row.pk: page(client, row.get_absolute_url())[1] for row in place.contest.lists.all()}

    assert "Maintenue au second tour." in said[place.kept.pk]
    assert "Non qualifiée pour le second tour." in said[place.out.pk]
    for parent in place.parents:
        assert "Fusionnée pour le second tour dans la liste" in said[parent.pk]
    assert "dont elle est issue, s’est engagée sur les principes 1, 2 et 3." in said[place.merged.pk]
    assert "Pas de réponse au" in said[place.merged.pk]


def test_a_person_of_both_rounds_leads_from_each_page_to_the_other_and_is_found_once(client):
    head = rounds.second_round().head

    then, now = (client.get(each.get_absolute_url()).content.decode() for each in (head.earlier, head))

    assert (head.get_absolute_url() in then, head.earlier.get_absolute_url() in now) == (True, True)
    assert find_candidates(head.last_name) == [head.earlier]


def test_lists_of_two_rounds_are_not_compared(client):
    place = rounds.second_round()

    def compared(*lists):
        keys = ",".join(str(each.pk) for each in lists)
        return page(client, f"{reverse('compare')}?listes={keys}")[1]

    assert "2 listes côte à côte" in compared(place.kept, place.merged)
    assert "2 listes côte à côte" in compared(place.kept, place.out)
    assert "Ces listes ne sont pas du même tour" in compared(place.out, place.merged)


def test_the_table_and_the_picture_follow_the_page(client, monkeypatch):
    place = rounds.second_round()
    contest = place.contest
    drawings = []
    monkeypatch.setattr(
        "pledges.views.shares.drawn", lambda _request, drawing: drawings.append(drawing) or HttpResponse()
    )

    table = client.get(reverse("contest-table", args=[contest.election.slug, contest.slug])).content.decode()
    client.get(reverse("share-contest", args=[contest.election.slug, contest.slug]))

    assert [line.split(";")[1] for line in table.splitlines()[1:]] == ["Liste d’essai 1", "Liste fusionnée"]
    assert drawings[0].content["line"] == "1 liste sur 2 a signé la charte"


def test_a_fate_said_by_hand_dates_the_page(client):
    place = rounds.second_round()
    entry = record_at_large(
        Act.LIST_FATE_SAID,
        region=place.contest.region,
        election=place.contest.election,
        contest=place.contest.pk,
        list=place.kept.pk,
        fate=Fate.KEPT,
    )

    assert last_change.of_contest(place.contest) == entry.at
    assert last_change.of_list(place.merged) == entry.at


# --- At the desk ---


def test_the_desk_shows_results_and_fates_on_the_page_of_a_list(client):
    place = rounds.second_round(election=ElectionFactory(past=True))
    Result.objects.create(candidate_list=place.kept, round=1, votes=300, imported_at=timezone.now())
    Result.objects.create(candidate_list=place.kept, round=2, votes=400, seats=20, imported_at=timezone.now())
    enter(client, UserFactory(is_staff=True, is_superuser=True))

    shown = page(client, reverse("admin:pledges_candidatelist_change", args=[place.kept.pk]))[1]

    assert "Maintenue au second tour" in shown
    assert "300 voix, 100,0 % des suffrages exprimés" in shown
    assert "20 sièges" in shown


def test_what_is_said_of_a_binome_agrees_with_it():
    pair = CandidateListFactory(kind=ListKind.PAIR)
    rounds.say(Fate.KEPT, pair)

    assert pair.fate_in_words == "maintenu au second tour"
