"""The nine contests of June 2021 whose official files are at hand, from their lists to their councils."""

import datetime
import re
from collections import Counter
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from pledges import calendar
from pledges.actions import campaigns, review
from pledges.actions.contacts import Address, add_contacts
from pledges.enums import AddressKind, Fate, IdentityCheck, InvitationOutcome, MandateMatch, Round
from pledges.models import (
    Candidate,
    CandidateList,
    Contest,
    ElectedOfficial,
    Invitation,
    JournalEntry,
    Pledge,
    Result,
)
from pledges.requests_table import requests_of
from tests.pledges.acts import confirm, submit
from tests.pledges.factories import CampaignFactory, ElectionFactory
from tests.pledges.official_2021 import CANDIDATES, ELECTED, RESULTS, needs_official_files, second_round_file
from tests.pledges.test_views import text_of
from tests.regions.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600), needs_official_files]

UTC = datetime.UTC
HOUR, WEEK = datetime.timedelta(hours=1), datetime.timedelta(days=7)
LISTED = datetime.datetime(2021, 5, 21, 8, tzinfo=UTC)
ASKED = datetime.datetime(2021, 5, 25, 10, tzinfo=UTC)
EVE = datetime.datetime(2021, 6, 19, 10, tzinfo=UTC)  # silence in all nine
# The polls of Martinique, the last of the nine, close at midnight UTC.
SUNDAY_NIGHT = datetime.datetime(2021, 6, 20, 23, 30, tzinfo=UTC)
MONDAY = datetime.datetime(2021, 6, 21, 6, tzinfo=UTC)
TUESDAY = datetime.datetime(2021, 6, 22, 18, tzinfo=UTC)
SECOND_MONDAY = datetime.datetime(2021, 6, 28, 6, tzinfo=UTC)
COUNCILS = datetime.datetime(2021, 7, 5, 8, tzinfo=UTC)
WITHOUT_ADDRESS = 4  # of the 89 lists, nobody has found how to write to these


def command(name, *arguments):
    out = StringIO()
    call_command(name, *arguments, "--election", "regionales-2021", stdout=out)
    return out.getvalue().replace("\u202f", " ").replace("\xa0", " ")


def send():
    call_command("send_outbox", stdout=StringIO())


@pytest.fixture
def administrator():
    return UserFactory(is_superuser=True)


@pytest.fixture
def election():
    call_command("load_territories", stdout=StringIO())
    return ElectionFactory(
        slug="regionales-2021",
        name="Régionales 2021",
        past=True,
        signing_opens_on=datetime.date(2021, 4, 1),
        signing_closes_on=datetime.date(2021, 6, 18),
    )


@pytest.fixture
def clock():
    with time_machine.travel(LISTED, tick=False) as travel:
        yield travel


def first_lists():
    return CandidateList.objects.standing().filter(round=Round.FIRST)


def register_lists():
    command("import_candidates", CANDIDATES)
    assert (Contest.objects.count(), first_lists().count(), Candidate.objects.count()) == (9, 89, 8741)


def ask_them_all(clock, smtp, election, administrator):
    """Each contest by its campaign, at one minute, with one text: the lists that were reached."""
    reached = list(first_lists().with_contest().in_panel_order())[:-WITHOUT_ADDRESS]
    found = (AddressKind.OFFICIAL, "Profession de foi", LISTED.date())
    add_contacts([Address(each, f"liste-{each.pk}@example.org", *found) for each in reached], by=administrator)
    for contest in Contest.objects.select_related("region"):
        campaign = CampaignFactory(election=election, region=contest.region, tested=True)
        campaigns.launch(campaign, by=administrator, at=ASKED)
    send()
    assert smtp.messages == []

    clock.move_to(ASKED)
    send()
    sent = Invitation.objects.values_list("sent_at", "number", "outcome")
    assert {mail["X-Envelope-To"] for mail in smtp.messages} == {f"liste-{each.pk}@example.org" for each in reached}
    assert len(smtp.messages) == len(reached) == 85
    assert set(sent) == {(ASKED, 0, InvitationOutcome.SENT)}
    assert Invitation.objects.values("fingerprint").distinct().count() == 1
    # Each mail has a link of its own, and says nothing else that another does not, but the names.
    links = [re.findall(r"https?://\S+/signer/\S+", mail.get_content())[0] for mail in smtp.messages]
    assert len(set(links)) == len(links)
    return reached


def some_sign_the_others_are_asked_again(clock, administrator, reached):
    """The first list of each contest signs and is published; the others have three reminders, a week apart."""
    signed = [contest.lists.standing().in_panel_order().with_contest()[0] for contest in Contest.objects.all()]
    for each in signed:
        pledge = confirm(submit(each, email=f"tete-{each.pk}@example.org"))
        review.publish(pledge, by=administrator, identity_check=IdentityCheck.OFFICIAL_LIST)
    for week in (1, 2, 3):
        clock.move_to(ASKED + week * WEEK)
        send()
    clock.move_to(EVE - 14 * HOUR)
    send()
    asked = Counter(Invitation.objects.filter(outcome=InvitationOutcome.SENT).values_list("number", flat=True))
    assert asked == {0: 85, 1: 76, 2: 76, 3: 76}
    assert len(set(reached) - set(signed)) == 76
    # One table a contest says it all, the list that nobody could write to included.
    contests = Contest.objects.select_related("election", "region")
    assert sum(len({row.candidate_list.pk for row in requests_of(contest)}) for contest in contests) == 89
    return signed


def nothing_moves_on_the_eve(clock, smtp, administrator):
    clock.move_to(EVE)
    before = len(smtp.messages)
    assert all(calendar.silence_in(contest.region) for contest in Contest.objects.select_related("region"))
    with pytest.raises(calendar.SilenceError):
        review.suspend(Pledge.objects.all()[0], by=administrator, reason="Essai")
    send()
    assert len(smtp.messages) == before


def the_first_round_is_counted(clock):
    clock.move_to(SUNDAY_NIGHT)
    with pytest.raises(CommandError, match="Martinique"):
        command("import_results", RESULTS, "--round", "1")
    assert Result.objects.count() == 0

    clock.move_to(MONDAY)
    command("import_results", RESULTS, "--round", "1")
    assert Result.objects.count() == 89


def some_go_on_and_two_merge(clock, folder):
    clock.move_to(TUESDAY)
    file = folder / "second-tour.txt"
    file.write_bytes(second_round_file())
    command("import_candidates", file, "--round", "2")
    # Three more had reached 10 %: the ministry's own file, which is not at hand, says into which lists they merged.
    fates = {Fate.KEPT: 31, Fate.MERGED: 2, Fate.WITHDRAWN: 3, Fate.ELIMINATED: 53}
    [merged] = CandidateList.objects.standing().filter(round=Round.SECOND)
    assert Counter(first_lists().values_list("fate", flat=True)) == fates
    assert CandidateList.objects.standing().of_round(Round.SECOND).count() == 32
    assert sorted(merged.parents.values_list("panel_number", flat=True)) == [1, 7]
    assert (merged.candidates.count(), merged.candidates.filter(earlier=None).count()) == (103, 0)
    assert not merged.pledges.exists()
    assert "Rien à changer" in command("import_candidates", file, "--round", "2")
    return merged


def the_second_round_is_counted(clock, merged):
    clock.move_to(SECOND_MONDAY)
    command("import_results", RESULTS)
    assert Counter(Result.objects.values_list("round", flat=True)) == {Round.FIRST: 89, Round.SECOND: 32}
    assert merged.results.get().votes == 294_705  # the file has them on the row of the parent that stayed


def councils_sit(clock):
    clock.move_to(COUNCILS)
    said = command("import_elected", ELECTED)
    # 732 rows name 724 people: eight say a second function of someone. 16 stood in another section, or under a name
    # that is near: a person decides. One stood on no list of the first round.
    assert "qui répètent une personne, pour une autre fonction : 8." in said
    assert Counter(ElectedOfficial.objects.values_list("match", flat=True)) == {
        MandateMatch.SURE: 707,
        MandateMatch.UNSURE: 16,
        MandateMatch.UNMATCHED: 1,
    }
    assert "Rien à changer" in command("import_elected", ELECTED)


def test_the_elections_of_2021_live_their_whole_calendar(election, clock, smtp, administrator, tmp_path, client):
    register_lists()
    reached = ask_them_all(clock, smtp, election, administrator)
    signed = some_sign_the_others_are_asked_again(clock, administrator, reached)
    nothing_moves_on_the_eve(clock, smtp, administrator)
    the_first_round_is_counted(clock)
    merged = some_go_on_and_two_merge(clock, tmp_path)
    the_second_round_is_counted(clock, merged)
    councils_sit(clock)

    page = text_of(client.get(merged.contest.get_absolute_url()))
    earlier = client.get(f"{merged.contest.get_absolute_url()}premier-tour/").content.decode()
    assert "Au second tour" in page
    assert all(each.get_absolute_url() in earlier for each in merged.parents.all())
    assert {each.pk for each in signed} == set(Pledge.objects.published().values_list("candidate_list", flat=True))
    call_command("verify_journal", stdout=StringIO())
    assert JournalEntry.objects.count() > 89
