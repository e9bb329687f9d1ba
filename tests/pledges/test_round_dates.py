"""What pages say between the two rounds: until when one signs, and of which round a figure is."""

import datetime

import pytest
import time_machine

from pledges import calendar, campaign_text, shares, sheets
from pledges.enums import ElectionKind
from pledges.models import CandidateList, Contest
from tests.pledges import rounds
from tests.pledges.factories import ContestFactory, ElectionFactory
from tests.pledges.test_views import text_of
from tests.regions.factories import DepartmentFactory

pytestmark = pytest.mark.django_db

BEFORE = "2028-03-08 09:00:00+00:00"
BETWEEN = "2028-03-14 09:00:00+00:00"


@pytest.fixture
def election():
    """Signatures end two days before each round: on 10 March, and on 17 March between the two."""
    return ElectionFactory(
        slug="essai",
        name="Élection d’essai",
        in_2028=True,
        signing_opens_on=datetime.date(2027, 11, 14),
    )


def page(client, address, at):
    with time_machine.travel(at, tick=False):
        return text_of(client.get(address))


def plain(words):
    return words.replace("\xa0", " ")


# --- Until when one signs ---


def test_pages_say_both_last_days_of_signatures(client, election):
    contest = ContestFactory(election=election)

    of_contest, of_election, of_all = (
        page(client, address, BETWEEN)
        for address in (contest.get_absolute_url(), election.get_absolute_url(), "/elections/")
    )

    dates = "<dt>Signatures entre les deux tours</dt><dd>jusqu’au 17 mars 2028, pour les listes du second tour</dd>"
    assert dates in of_contest
    assert dates in of_election
    assert "Signatures du 14 novembre 2027 au 10 mars 2028, puis jusqu’au 17 mars 2028 entre les deux tours" in of_all


def test_signatures_that_stay_open_have_one_last_day(client, election):
    election.signing_closes_on = datetime.date(2028, 3, 18)
    election.save()

    assert "entre les deux tours" not in page(client, election.get_absolute_url(), BETWEEN)
    assert "entre les deux tours" not in page(client, "/elections/", BETWEEN)


def test_the_first_page_says_the_last_day_that_is_to_come(client, election):
    ContestFactory(election=election)

    before, between = (page(client, "/", at) for at in (BEFORE, BETWEEN))

    assert '<dt>signatures jusqu’au</dt><dd><time datetime="2028-03-10">' in before
    assert '<dt>signatures du second tour jusqu’au</dt><dd><time datetime="2028-03-17">' in between


def test_a_department_says_what_its_binomes_may_sign_between_the_rounds(client, election):
    election.kind = ElectionKind.DEPARTMENTAL
    election.save()
    department = DepartmentFactory()
    ContestFactory(election=election, region=department.region, department=department)
    address = f"/elections/essai/departements/{department.code}/"

    assert "Les signatures sont ouvertes jusqu’au 10 mars 2028." in page(client, address, BEFORE)
    assert "du second tour peuvent signer jusqu’au 17 mars 2028." in page(client, address, BETWEEN)


def test_a_sheet_and_a_letter_bear_the_last_day_of_the_second_round(election):
    place = rounds.second_round(election=election)
    loaded = CandidateList.objects.with_contest()

    with time_machine.travel(BETWEEN, tick=False):
        facts = dict(sheets.contest_sheet(place.contest).content["facts"])
        merged, out = (
            campaign_text.values(loaded.get(pk=each.pk), [], [])["cloture"] for each in (place.merged, place.out)
        )

    assert plain(facts["Entre les deux tours"]) == "jusqu’au 17 mars 2028"
    assert (plain(merged), plain(out)) == ("17 mars 2028", "10 mars 2028")


# --- Of which round a figure is ---


def test_figures_of_a_whole_election_are_said_to_be_of_the_first_round_once_it_is_over(client, election):
    rounds.second_round(election=election)
    addresses = ("/", election.get_absolute_url(), "/presse/")

    before = [page(client, address, BEFORE) for address in addresses]
    between = [page(client, address, BETWEEN) for address in addresses]

    counted = '<dt>listes signataires{}</dt><dd>2 <span class="of">sur 4</span>'
    whole = "Ces chiffres sont ceux du premier tour."
    assert [counted.format("") in said for said in before] == [True] * 3
    assert [counted.format(" au premier tour") in said for said in between] == [True] * 3
    assert [whole in said for said in before + between] == [False, False, False, True, True, False]
    assert "Élection d’essai : au 8 mars 2028 à 10 h 00, 2 listes sur 4 ont signé la charte." in before[2]
    assert (
        "Élection d’essai, premier tour : au 14 mars 2028 à 10 h 00, 2 listes sur 4 ont signé la charte." in between[2]
    )


def test_the_first_round_is_over_when_the_last_territory_has_voted(election):
    midnight = datetime.datetime(2028, 3, 13, tzinfo=datetime.UTC)  # 20 h in Martinique

    told = [calendar.is_past_first_round(election, at) for at in (midnight - datetime.timedelta(seconds=1), midnight)]

    assert told == [False, True]


def test_pictures_say_of_which_round_their_figures_are(election):
    region = rounds.second_round(election=election).contest.region
    contests = Contest.objects.select_related("election").with_counts()

    def notes(at):
        with time_machine.travel(at, tick=False):
            drawn = shares.of_election(election, contests), shares.of_region(region, contests)
        return [[plain(note) for note in each.content["notes"]] for each in drawn]

    assert notes(BEFORE) == [["Au 8 mars 2028"]] * 2
    assert notes(BETWEEN) == [["Premier tour", "Au 14 mars 2028"]] * 2
