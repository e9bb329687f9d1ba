import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from pledges import calendar
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
