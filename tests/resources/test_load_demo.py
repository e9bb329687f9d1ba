import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from pledges.demonstration import WITH_ROUNDS
from pledges.enums import PledgeState, Round
from pledges.mandates import council_of
from pledges.models import CandidateList, Contest, ElectedOfficial, Election, JournalEntry, OutboxMail, Pledge
from regions.models import Region, User
from resources.enums import ResourceState
from resources.management.commands.load_demo import ACCOUNTS, PASSWORD
from resources.models import Collection, Resource, Version
from resources.starting_kit import KIT

# A whole demonstration: some two hundred pledges, each through its own doors, on a machine that tests other things.
# One process is enough.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.any_database,
    pytest.mark.timeout(300),
    pytest.mark.xdist_group("demonstration"),
]


@pytest.fixture(scope="module")
def said(django_db_setup, django_db_blocker, tmp_path_factory):
    """What the command says the first time, then the second; the rows go with the module."""
    folder = tmp_path_factory.mktemp("demonstration")
    reverse("home")  # the addresses are read once, and here: those of a real portal
    with django_db_blocker.unblock(), transaction.atomic():
        texts = []
        for _ in range(2):
            out = StringIO()
            with override_settings(DEMO=True, DATA_DIR=folder, MEDIA_ROOT=folder / "media"):
                call_command("load_demo", stdout=out)
            texts.append(out.getvalue())
        yield texts
        transaction.set_rollback(True)


def test_a_real_portal_gets_no_account_with_a_known_password(db):
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("load_demo")


def test_the_past_election_has_its_council_in_each_region_with_someone_to_decide_about(said):
    councils = ElectedOfficial.objects.filter(contest__election__slug="regionales-passees")

    assert councils.values("contest").distinct().count() == Region.objects.count()
    assert ElectedOfficial.objects.count() == councils.count() > 100
    assert sorted(councils.to_decide().values_list("contest__region", flat=True)) == ["28", "53"]


def test_after_two_rounds_the_council_is_of_the_lists_of_the_second(said):
    for contest in Contest.objects.filter(election__slug="regionales-passees", region__in=WITH_ROUNDS):
        council = council_of(contest)
        merged = contest.lists.get(round=Round.SECOND)
        origins = merged.candidates.values_list("earlier__candidate_list", flat=True)

        assert [bench.list for bench in council.benches] == list(contest.lists.of_round(Round.SECOND).in_panel_order())
        assert (council.elsewhere, council.benches[1].is_signatory) == (0, False)
        assert set(origins) == set(merged.parents.values_list("pk", flat=True))


def test_it_says_where_to_go_who_to_be_and_what_to_try(said):
    first, second = said

    for text in said:
        assert "Le portail : https://engagements.example.org/" in text
        assert all(account.username in text for account in ACCOUNTS)
        assert re.findall(r"^  [123]\. ", text, re.MULTILINE) == ["  1. ", "  2. ", "  3. "]
    assert "engagements inventés, dans 7 états." in first
    assert "La démonstration est déjà chargée : rien à changer." in second


def test_every_region_votes_and_pledges_are_in_every_state(said):
    assert set(Pledge.objects.values_list("state", flat=True)) == set(PledgeState)
    for election in Election.objects.filter(kind="regional"):
        assert election.contests.count() == Region.objects.count() == 18


def test_everything_in_it_is_plainly_invented(said):
    assert all(Election.objects.values_list("is_demonstration", flat=True))
    assert all(
        name.startswith("Liste de démonstration ")
        for name in CandidateList.objects.filter(kind="list").values_list("name", flat=True)
    )


def test_nobody_is_written_to(said):
    assert not OutboxMail.objects.owed().exists()
    assert not OutboxMail.objects.exclude(recipient="").exists()


def test_its_past_is_in_the_journal_at_its_own_dates(said):
    published = Pledge.objects.filter(published_at__isnull=False)

    for pledge in published.select_related("candidate_list__contest__election"):
        election = pledge.candidate_list.contest.election
        assert election.signing_opens_on <= pledge.published_at.date() <= election.first_round_on
    assert set(published.values_list("pk", flat=True)) == set(
        JournalEntry.objects.filter(act="pledge.published").values_list("pledge_id", flat=True)
    )


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.username)
def test_each_account_logs_in_with_its_password_alone_and_sees_its_regions(said, settings, account):
    settings.SECOND_FACTOR = False
    client = Client()

    logged_in = client.post(reverse("admin:login"), {"username": account.username, "password": PASSWORD})
    response = client.get(reverse("admin:pledges_pledge_changelist"))

    expected = Pledge.objects.waiting()
    if account.region:
        expected = expected.filter(candidate_list__contest__region=account.region)
    assert logged_in.url == reverse("admin:index")
    assert set(response.context["cl"].result_list) == set(expected)
    assert User.objects.get(username=account.username).check_password(PASSWORD)


def test_the_shelves_hold_the_kit_and_an_invented_resource_in_each_state(said):
    invented = Resource.objects.filter(slug__startswith="demonstration-")

    assert [text.split("Kit de départ : ")[1].split(" ajoutées")[0] for text in said] == ["6", "0"]
    assert Resource.objects.exclude(pk__in=invented).published().count() == len(KIT) + 1
    assert set(invented.values_list("state", flat=True)) == set(ResourceState)
    assert set(invented.values_list("region", flat=True)) == {"28"}
    assert all(title.startswith("Démonstration : ") for title in invented.values_list("title", flat=True))
    assert Version.objects.count() == Resource.objects.count() + 1
    assert Version.objects.get(number=2).resource == Version.objects.exclude(replaced_on=None).get().resource
    assert Version.objects.exclude(failing_since=None).get().url.endswith(".invalid/")
    assert [collection.shown().count() for collection in Collection.objects.order_by("slug")] == [3, len(KIT)]
