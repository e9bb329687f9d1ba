"""A calendar played in minutes, on invented elections alone."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from pledges import calendar
from pledges.actions.rehearsing import DAYS, dates_of
from pledges.enums import Phase
from pledges.management.commands import rehearse
from pledges.models import Election
from tests.pledges.factories import ContestFactory, ElectionFactory
from tests.regions.factories import RegionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def demonstration(settings):
    settings.DEMO = True


@pytest.fixture
def contest():
    return ContestFactory(
        election=ElectionFactory(is_demonstration=True, slug="inventee"),
        region=RegionFactory(time_zone="Europe/Paris", name="Bretagne"),
    )


def played(*args, **options):
    out = StringIO()
    call_command("rehearse", *args, stdout=out, **options)
    return out.getvalue()


def test_each_phase_is_played_in_turn_and_the_dates_are_put_back(demonstration, contest, monkeypatch):
    before, seen = dates_of(contest.election), []
    monkeypatch.setattr(
        rehearse.time,
        "sleep",
        lambda _seconds: seen.append(calendar.phase(Election.objects.get(pk=contest.election.pk), contest.region)),
    )

    said = played()

    assert seen == list(DAYS) == [phase for phase in Phase if phase != Phase.OVER]
    assert [line[2:] for line in said.splitlines() if line.startswith("— ")] == [str(phase.label) for phase in DAYS]
    assert dates_of(Election.objects.get(pk=contest.election.pk)) == before


def test_a_rehearsal_may_stay_in_one_phase(demonstration, contest):
    said = played("inventee", phase="first_silence")

    assert calendar.silence_in(contest.region)
    assert "Permis : rien de nouveau." in said


@pytest.mark.parametrize("why", ["no demonstration", "a real election"])
def test_no_real_election_is_ever_touched(settings, contest, why):
    settings.DEMO = why != "no demonstration"
    if why == "a real election":
        ElectionFactory()
    before = dates_of(contest.election)

    with pytest.raises(CommandError):
        played("inventee", phase="between")

    assert dates_of(Election.objects.get(pk=contest.election.pk)) == before


def test_there_must_be_an_invented_election(demonstration):
    ElectionFactory(slug="reelle")

    with pytest.raises(CommandError, match="Aucune élection de démonstration"):
        played("reelle")
