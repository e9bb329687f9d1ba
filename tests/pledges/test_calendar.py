import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from pledges import calendar
from pledges.enums import Phase, What
from tests.pledges.factories import ContestFactory, ElectionFactory
from tests.regions.factories import RegionFactory

ZONES = [
    "Europe/Paris",
    "America/Guadeloupe",
    "America/Martinique",
    "America/Cayenne",
    "Indian/Reunion",
    "Indian/Mayotte",
]
SECOND = datetime.timedelta(seconds=1)


def local(zone, *when):
    return datetime.datetime(*when, tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("first_day", [19, 26])
def test_silence_runs_from_midnight_on_the_eve_to_the_close_of_polls_by_the_local_clock(zone, first_day):
    election, region = ElectionFactory.build(past=True, charter=None), RegionFactory.build(time_zone=zone)
    begins, ends = local(zone, 2021, 6, first_day), local(zone, 2021, 6, first_day + 1, 20)

    silent = [
        calendar.silence(election, region, moment) is not None
        for moment in (begins - SECOND, begins, ends - SECOND, ends)
    ]

    assert silent == [False, True, True, False]


def test_silence_in_a_region_asks_every_election_held_there(db):
    election = ElectionFactory(past=True)
    here, elsewhere = ContestFactory(election=election).region, RegionFactory()
    moment = local("Europe/Paris", 2021, 6, 19, 12)

    assert calendar.silence_in(here, moment) == calendar.Silence(
        local("Europe/Paris", 2021, 6, 19), local("Europe/Paris", 2021, 6, 20, 20)
    )
    assert calendar.silence_in(elsewhere, moment) is None


@pytest.mark.parametrize("zone", ZONES)
def test_signing_opens_and_closes_by_the_local_clock(zone):
    election, region = ElectionFactory.build(past=True, charter=None), RegionFactory.build(time_zone=zone)
    election.signing_closes_on = datetime.date(2021, 6, 1)
    opens, closes = local(zone, 2021, 4, 1), local(zone, 2021, 6, 2)

    sentences = [str(calendar.signing(election, region, at)) for at in (opens - SECOND, opens, closes - SECOND, closes)]

    assert sentences == [
        "Les signatures ouvriront le 1er avril 2021.",
        "Les signatures sont ouvertes jusqu’au 1er juin 2021.",
        "Les signatures sont ouvertes jusqu’au 1er juin 2021.",
        "Les signatures sont closes depuis le 1er juin 2021.",
    ]


def test_signing_closes_during_the_silence_and_says_until_when():
    election, region = ElectionFactory.build(past=True, charter=None), RegionFactory.build(time_zone="Indian/Reunion")

    window = calendar.signing(election, region, local("Indian/Reunion", 2021, 6, 19, 0, 0, 0))

    assert not window.is_open
    assert str(window) == "Silence électoral jusqu’au 20 juin 2021 à 20 h, heure locale."


@pytest.mark.parametrize("zone", ZONES)
def test_silence_in_a_region_follows_its_own_midnight(db, zone):
    region = ContestFactory(election=ElectionFactory(past=True), region__time_zone=zone).region
    begins, ends = local(zone, 2021, 6, 19), local(zone, 2021, 6, 20, 20)

    silent = [
        calendar.silence_in(region, moment.astimezone(datetime.UTC)) is not None
        for moment in (begins - SECOND, begins, ends - SECOND, ends)
    ]

    assert silent == [False, True, True, False]


def test_today_is_the_territorys():
    with time_machine.travel(datetime.datetime(2027, 6, 1, 21, tzinfo=datetime.UTC)):
        days = [
            calendar.today(RegionFactory.build(time_zone=zone)).day for zone in ("Indian/Reunion", "America/Cayenne")
        ]

    assert days == [2, 1]


@pytest.mark.parametrize("zone", ZONES)
def test_each_phase_begins_at_its_second_by_the_local_clock(zone):
    election = ElectionFactory.build(
        charter=None,
        signing_opens_on=datetime.date(2028, 1, 3),
        signing_closes_on=datetime.date(2028, 3, 20),
        first_round_on=datetime.date(2028, 3, 26),  # summer time starts that night in Paris
        second_round_on=datetime.date(2028, 4, 2),
        mandate_starts_on=datetime.date(2028, 4, 7),
        mandate_ends_on=datetime.date(2034, 3, 31),
    )
    region = RegionFactory.build(time_zone=zone)
    begins = {
        Phase.OPEN: local(zone, 2028, 1, 3),
        Phase.CLOSED: local(zone, 2028, 3, 21),
        Phase.FIRST_SILENCE: local(zone, 2028, 3, 25),
        Phase.BETWEEN: local(zone, 2028, 3, 26, 20),
        Phase.SECOND_SILENCE: local(zone, 2028, 4, 1),
        Phase.VOTED: local(zone, 2028, 4, 2, 20),
        Phase.MANDATE: local(zone, 2028, 4, 7),
        Phase.OVER: local(zone, 2034, 4, 1),
    }

    phases = {
        moment.astimezone(datetime.UTC): calendar.phase(election, region, moment.astimezone(datetime.UTC))
        for begun in begins.values()
        for moment in (begun.astimezone(datetime.UTC) - SECOND, begun)
    }

    expected = [Phase.PREPARED]
    for phase in begins:
        expected += [phase, phase]
    assert list(phases.values()) == expected[:-1]


def test_the_silence_of_another_election_forbids_here_what_its_own_calendar_allows(db):
    voting = ContestFactory(election=ElectionFactory(past=True))
    other = ElectionFactory(
        past=True,
        first_round_on=datetime.date(2021, 9, 19),
        second_round_on=datetime.date(2021, 9, 26),
        mandate_starts_on=datetime.date(2021, 10, 1),
        signing_closes_on=datetime.date(2021, 9, 10),
    )
    region = voting.region
    before, during = local("Europe/Paris", 2021, 6, 18, 23, 59, 59), local("Europe/Paris", 2021, 6, 19)

    allowed = [calendar.allows(What.SIGN, other, region, moment) for moment in (before, during)]

    assert (allowed, calendar.phase(other, region, during)) == ([True, False], Phase.OPEN)


@pytest.mark.parametrize(
    ("signing_closes_on", "sentence"),
    [
        (datetime.date(2021, 6, 26), "Les signatures sont closes depuis le 26 juin 2021."),
        (
            datetime.date(2021, 6, 30),
            "Les signatures sont closes depuis le second tour, le 27 juin 2021.",
        ),
    ],
    ids=str,
)
def test_nobody_signs_once_the_vote_is_over(signing_closes_on, sentence):
    election = ElectionFactory.build(past=True, charter=None, signing_closes_on=signing_closes_on)
    region = RegionFactory.build(time_zone="Europe/Paris")

    signing = calendar.signing(election, region, local("Europe/Paris", 2021, 6, 28))

    assert (signing.is_open, str(signing)) == (False, sentence)


def test_pages_of_the_country_stand_still_while_one_territory_does(db):
    election = ElectionFactory(past=True)
    for zone in ("Europe/Paris", "America/Guadeloupe"):
        ContestFactory(election=election, region__time_zone=zone)
    with time_machine.travel(local("America/Guadeloupe", 2021, 6, 20, 19, 59, 59), tick=False) as clock:
        still = calendar.shown_at()
        clock.shift(SECOND)
        resumed = calendar.shown_at()

    assert still == local("America/Guadeloupe", 2021, 6, 18, 23, 59, 59)  # Paris votes no more: it was over at 20 h
    assert resumed == local("America/Guadeloupe", 2021, 6, 20, 20)
