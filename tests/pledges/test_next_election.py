"""Preparing an election by copying the last one."""

import datetime

import pytest
import time_machine
from django.urls import reverse

from pledges.actions.elections import proposed_after
from pledges.enums import Act
from pledges.models import Contest, Election, JournalEntry
from regions.models import Revision
from tests.desk.acts import enter
from tests.pledges.factories import CandidateListFactory, ContestFactory, ElectionFactory
from tests.pledges.test_views import text_of
from tests.regions.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def last():
    return ElectionFactory(
        past=True,
        name="Élections régionales 2021",
        slug="regionales-2021",
        candidacies_close_on=datetime.date(2021, 5, 17),
        second_candidacies_close_on=datetime.date(2021, 6, 22),
    )


@pytest.fixture
def contests(last):
    contests = ContestFactory.create_batch(2, election=last)
    CandidateListFactory(contest=contests[0], headed=True)
    return contests


@pytest.fixture
def administration(client):
    return enter(client, UserFactory(is_staff=True, is_superuser=True))


def typed_in(response, **changes):
    """What the form proposes, as a browser sends it back."""
    form = response.context["form"]
    values = {bound.name: bound.value() for bound in form}
    return {name: value for name, value in (values | changes).items() if value not in (None, False)}


def next_page(election):
    return reverse("admin:pledges_election_next", args=[election.pk])


def test_the_next_election_is_proposed_on_sundays_with_its_year_in_its_name(last):
    proposed = proposed_after(last)

    assert (proposed.name, proposed.slug) == ("Élections régionales 2028", "elections-regionales-2028")
    assert [proposed.first_round_on.isoformat(), proposed.second_round_on.isoformat()] == ["2028-03-19", "2028-03-26"]
    assert {on.weekday() for on in proposed.rounds} == {6}
    assert (proposed.candidacies_close_on, proposed.second_candidacies_close_on) == (
        datetime.date(2028, 2, 14),
        datetime.date(2028, 3, 21),
    )
    assert (proposed.mandate_starts_on, proposed.mandate_ends_on) == (
        datetime.date(2028, 3, 31),
        datetime.date(2034, 3, 31),
    )
    assert proposed.pk is None


def test_an_administrator_corrects_it_and_its_territories_come_without_their_lists(administration, last, contests):
    before = Revision.current()
    page = administration.get(next_page(last))

    answer = administration.post(
        next_page(last), typed_in(page, first_round_on="2028-03-12", contests=[contests[1].pk])
    )

    made = Election.objects.exclude(pk=last.pk).get()
    assert answer.url == reverse("admin:pledges_election_change", args=[made.pk])
    assert (made.first_round_on, made.charter) == (datetime.date(2028, 3, 12), last.charter)
    copied = Contest.objects.get(election=made)
    assert (copied.region, copied.code, copied.lists.count()) == (contests[1].region, contests[1].code, 0)
    entry = JournalEntry.objects.get(act=Act.ELECTION_PREPARED)
    assert (entry.election, entry.details) == (made, {"like": last.pk, "contests": 1})
    assert Revision.current() == before + 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"slug": "regionales-2021"}, "Un objet Élection avec ce champ Adresse existe déjà."),
        ({"contests": []}, "Cochez au moins un territoire."),
        ({"second_round_on": "2028-03-12"}, "Les dates se suivent : ouverture puis clôture des signatures"),
        ({"candidacies_close_on": "2028-03-20"}, "Le dépôt des candidatures se termine avant le premier tour."),
        (
            {"second_candidacies_close_on": "2028-03-27"},
            "Le dépôt des candidatures pour le second tour se termine entre les deux tours.",
        ),
    ],
    ids=["same address", "no territory", "rounds", "filing", "second filing"],
)
def test_what_cannot_be_is_refused_in_words_and_what_was_typed_stays(administration, last, contests, changes, sentence):
    page = administration.get(next_page(last))

    answer = administration.post(next_page(last), typed_in(page, name="Un nom à garder", **changes))

    assert sentence in text_of(answer)
    assert answer.context["form"]["name"].value() == "Un nom à garder"
    assert Election.objects.count() == 1


def test_no_election_is_prepared_for_a_territory_in_silence(administration, last, contests):
    with time_machine.travel(datetime.datetime(2021, 6, 19, 12, tzinfo=datetime.UTC)):
        enter(administration, UserFactory(is_staff=True, is_superuser=True))
        page = administration.get(next_page(last))
        answer = administration.post(next_page(last), typed_in(page))

    assert "Silence électoral jusqu’au 20 juin 2021 à 20 h" in text_of(answer)
    assert Election.objects.count() == 1


def test_it_is_not_there_for_a_member_of_a_network(client, last, contests):
    member = UserFactory(is_staff=True)
    MembershipFactory(user=member).network.regions.add(contests[0].region)

    assert enter(client, member).get(next_page(last)).status_code == 404
