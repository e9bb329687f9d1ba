"""What the calendar, the campaigns, the second round and the mandates must say alike."""

import datetime
import io
import sys
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse

from pledges import calendar, invitation_keys, outbox, returns, second_round
from pledges.actions import campaigns, personal_data, preparing
from pledges.actions.contacts import Address, add_contacts, erase_contact
from pledges.actions.elections import prepare_election
from pledges.actions.prepared import carry_out_prepared
from pledges.actions.signing import SigningClosedError
from pledges.enums import (
    Act,
    AddressKind,
    CampaignState,
    Decision,
    Fate,
    IdentityCheck,
    InvitationOutcome,
    PreparedState,
)
from pledges.models import Contest, Invitation, JournalEntry, ListContact, OutboxMail, PreparedDecision
from regions.models import Revision
from tests.pledges.acts import headed_list, submit
from tests.pledges.factories import (
    CampaignFactory,
    CandidateListFactory,
    ContestFactory,
    ElectedOfficialFactory,
    ElectionFactory,
    ListContactFactory,
    PledgeFactory,
)
from tests.pledges.rounds import say
from tests.pledges.test_views import text_of
from tests.regions.factories import DepartmentFactory, MembershipFactory, NetworkFactory, UserFactory

pytestmark = pytest.mark.django_db

PARIS = ZoneInfo("Europe/Paris")
SECOND, DAY = datetime.timedelta(seconds=1), datetime.timedelta(days=1)
SUNDAY = datetime.date(2028, 6, 11)
EVE = datetime.datetime(2028, 6, 10, tzinfo=PARIS)  # the silence of the by-election begins


def election_on(first, **dates):
    """An election a week apart, whose signatures close on the Friday before."""
    return ElectionFactory(
        **{
            "signing_opens_on": first - 60 * DAY,
            "signing_closes_on": first - 2 * DAY,
            "first_round_on": first,
            "second_round_on": first + 7 * DAY,
            "mandate_starts_on": first + 12 * DAY,
            "mandate_ends_on": first + 2000 * DAY,
            **dates,
        }
    )


@pytest.fixture
def by_election(bretagne):
    """A vote on 11 June 2028, in Bretagne."""
    contest = ContestFactory(region=bretagne, election=election_on(SUNDAY, name="Partielle"), slug="partielle")
    CandidateListFactory(contest=contest, headed=True)
    return contest


# --- Another election in a silence ---


@pytest.mark.parametrize("dates", [
    {"mandate_starts_on": SUNDAY - DAY},
    {"mandate_starts_on": SUNDAY - 60 * DAY, "mandate_ends_on": SUNDAY - 2 * DAY},
])  # fmt: skip
def test_the_mandate_of_another_election_begins_and_ends_outside_a_silence(client, bretagne, by_election, dates):
    other = election_on(datetime.date(2028, 3, 12), name="Régionales", **dates)
    contest = ContestFactory(region=bretagne, election=other, code="r", slug="regionales")
    elected = CandidateListFactory(contest=contest, headed=True)
    head = elected.candidates.get()
    ElectedOfficialFactory(contest=contest, candidate=head)
    addresses = [contest.get_absolute_url(), elected.get_absolute_url(), head.get_absolute_url(),
                 bretagne.get_absolute_url()]  # fmt: skip

    with time_machine.travel(EVE - SECOND, tick=False) as clock:
        before = [text_of(client.get(address)) for address in addresses]
        clock.move_to(EVE)
        first = [text_of(client.get(address)) for address in addresses]
        clock.move_to(EVE + 40 * SECOND * 3600)
        last = [text_of(client.get(address)) for address in addresses]

    assert first == last
    assert ["élue" in page.lower() for page in before] == ["élue" in page.lower() for page in first]


def test_an_election_that_opens_in_a_silence_takes_no_page_over(client, bretagne, by_election):
    later = election_on(datetime.date(2028, 9, 10), name="Suivante", signing_opens_on=SUNDAY)
    ContestFactory(region=bretagne, election=later, code="s", slug="suivante")

    with time_machine.travel(EVE, tick=False) as clock:
        before = [text_of(client.get(address)) for address in ("/", bretagne.get_absolute_url())]
        clock.move_to(datetime.datetime(2028, 6, 11, 12, tzinfo=PARIS))
        during = [text_of(client.get(address)) for address in ("/", bretagne.get_absolute_url())]
        clock.move_to(datetime.datetime(2028, 6, 11, 20, tzinfo=PARIS))
        after = text_of(client.get(bretagne.get_absolute_url()))

    assert during == before
    assert "Suivante" in after


def test_nobody_signs_for_another_election_in_a_silence(client, bretagne, by_election):
    open_list = headed_list(
        contest=ContestFactory(
            region=bretagne, election=election_on(datetime.date(2028, 7, 9)), code="j", slug="juillet"
        )
    )

    with time_machine.travel(EVE, tick=False):
        page = text_of(client.get(reverse("sign-list", args=[open_list.pk])))
        with pytest.raises(SigningClosedError, match="Silence électoral"):
            submit(open_list)

    assert "Silence électoral" in page


# --- Campaigns between the rounds ---


@pytest.fixture
def between(bretagne):
    """Four lists the Wednesday after a first round: kept, withdrawn, merged, eliminated; each has an address."""
    election = election_on(SUNDAY)
    contest = ContestFactory(region=bretagne, election=election)
    lists = CandidateListFactory.create_batch(4, contest=contest, headed=True)
    for fate, each in zip((Fate.KEPT, Fate.WITHDRAWN, Fate.MERGED, Fate.ELIMINATED), lists, strict=True):
        say(fate, each)
        ListContactFactory(candidate_list=each, email=f"{fate}@example.org")
    with time_machine.travel(datetime.datetime(2028, 6, 14, 10, tzinfo=PARIS), tick=False) as clock:
        yield contest, lists, clock


def test_a_campaign_between_the_rounds_asks_those_whom_voters_may_choose(smtp, between, bretagne):
    contest, _lists, _clock = between
    campaign = CampaignFactory(election=contest.election, region=bretagne, tested=True)

    campaigns.launch(campaign, by=UserFactory())
    call_command("send_outbox", stdout=io.StringIO())

    assert [mail["X-Envelope-To"] for mail in smtp.messages] == ["kept@example.org"]


def test_no_reminder_goes_to_a_list_that_voters_may_no_longer_choose(smtp, between, bretagne):
    contest, lists, clock = between
    contest.election.signing_closes_on = SUNDAY + 5 * DAY
    contest.election.save()
    clock.move_to(datetime.datetime(2028, 6, 5, 10, tzinfo=PARIS))
    contest.lists.update(fate="", fate_at=None)
    campaigns.launch(CampaignFactory(election=contest.election, region=bretagne, tested=True), by=UserFactory())
    call_command("send_outbox", stdout=io.StringIO())
    for fate, each in zip((Fate.KEPT, Fate.WITHDRAWN, Fate.MERGED, Fate.ELIMINATED), lists, strict=True):
        say(fate, each)

    clock.move_to(datetime.datetime(2028, 6, 13, 10, tzinfo=PARIS))
    call_command("send_outbox", stdout=io.StringIO())

    reminders = Invitation.objects.filter(number=1, outcome=InvitationOutcome.SENT)
    assert (len(smtp.messages), [each.candidate_list for each in reminders]) == (5, lists[:1])


def test_a_campaign_of_the_first_round_ends_with_its_signatures(between, bretagne):
    contest, _lists, clock = between
    clock.move_to(datetime.datetime(2028, 6, 5, 10, tzinfo=PARIS))
    campaign = CampaignFactory(election=contest.election, region=bretagne, tested=True)
    campaigns.launch(campaign, by=UserFactory())

    clock.move_to(datetime.datetime(2028, 6, 10, tzinfo=PARIS))
    campaigns.carry_on()

    campaign.refresh_from_db()
    assert campaign.state == CampaignState.OVER


def test_the_link_of_a_list_that_may_sign_between_the_rounds_leads_to_its_form(client, between, bretagne):
    contest, lists, _clock = between
    campaign = CampaignFactory(election=contest.election, region=bretagne, tested=True)
    campaigns.launch(campaign, by=UserFactory())
    [asked] = Invitation.objects.filter(candidate_list=lists[0])

    response = client.post(reverse("invitation", args=[invitation_keys.link_key(asked.pk)]))

    assert response.status_code == 302


@pytest.mark.parametrize(("number", "is_open"), [(0, True), (1, False), (2, False), (3, False)])
def test_only_those_whom_voters_may_choose_sign_between_the_rounds(between, number, is_open):
    _contest, lists, _clock = between

    window = second_round.signing_of(lists[number])

    assert window.is_open == is_open
    assert is_open or str(window).startswith("Les signatures sont closes")


# --- One request, one mail ---


def test_a_mail_that_came_back_and_was_made_again_does_not_leave_twice(smtp, bretagne):
    contest = ContestFactory(region=bretagne, election=election_on(SUNDAY))
    row = CandidateListFactory(contest=contest, headed=True)
    ListContactFactory(candidate_list=row, email="liste@example.org")
    by = UserFactory()
    with time_machine.travel(datetime.datetime(2028, 5, 1, 10, tzinfo=PARIS), tick=False):
        campaigns.launch(CampaignFactory(election=contest.election, region=bretagne, tested=True), by=by)
        smtp.refusal = "550 5.1.1 no such user"
        call_command("send_outbox", stdout=io.StringIO())
        smtp.refusal = ""
        again = Address(row, "liste@example.org", AddressKind.OFFICIAL, "Le site", datetime.date(2028, 5, 1))
        add_contacts([again], by=by)
        OutboxMail.objects.filter(sent_at=None).update(abandoned_at=None, recipient="liste@example.org")
        outbox.deliver_due()
        outbox.deliver_due()

    assert len(smtp.messages) == 1


def test_a_return_moves_the_public_pages(bretagne):
    contest = ContestFactory(region=bretagne, election=election_on(SUNDAY))
    contact = ListContactFactory(candidate_list=CandidateListFactory(contest=contest))
    at = datetime.datetime(2028, 5, 1, 10, tzinfo=PARIS)
    campaign = CampaignFactory(election=contest.election, region=bretagne, running=True)
    asked = Invitation.objects.create(
        candidate_list=contact.candidate_list,
        campaign=campaign,
        contact=contact,
        number=0,
        outcome=InvitationOutcome.SENT,
        fingerprint="ab" * 32,
        channel="email",
        recorded_at=at,
        recorded_by=campaign.launched_by,
        sent_at=at,
        asked_on=at.date(),
    )
    before = Revision.current()

    campaigns.note_return(asked, "returned 5.1.1")

    assert Revision.current() == before + 1


@pytest.mark.parametrize("depth", [1_500, 20_000])
def test_messages_in_messages_without_end_say_nothing(depth):
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth))

    assert returns.read(nested) is None
    assert sys.getrecursionlimit() < 20_000


# --- Addresses ---


@pytest.mark.parametrize("way", ["desk", "owner"])
def test_an_address_goes_with_the_mail_that_no_server_took(smtp, bretagne, way):
    contest = ContestFactory(region=bretagne, election=election_on(SUNDAY))
    contact = ListContactFactory(
        candidate_list=CandidateListFactory(contest=contest, headed=True), email="a@example.org"
    )
    with time_machine.travel(datetime.datetime(2028, 5, 1, 10, tzinfo=PARIS), tick=False):
        campaigns.launch(CampaignFactory(election=contest.election, region=bretagne, tested=True), by=UserFactory())
        smtp.refusal = "550 5.1.1 no such user"
        call_command("send_outbox", stdout=io.StringIO())

        if way == "desk":
            erase_contact(contact, by=UserFactory())
        else:
            assert personal_data.erase("a@example.org").addresses == 1

    assert not OutboxMail.objects.filter(recipient="a@example.org").exists()
    assert list(ListContact.objects.values_list("email", flat=True)) == [""]
    assert JournalEntry.objects.filter(act=Act.CONTACT_ERASED).count() == 1


# --- Who decides, and where ---


@pytest.mark.parametrize(("leaves", "state"), [(False, PreparedState.DONE), (True, PreparedState.REFUSED)])
def test_a_decision_is_done_in_the_name_of_who_may_still_decide(bretagne, by_election, leaves, state):
    membership = MembershipFactory(network=NetworkFactory(regions=[bretagne]))
    pledge = PledgeFactory(in_review=True, signed=True, candidate_list=by_election.lists.get())
    with time_machine.travel(EVE, tick=False) as clock:
        preparing.prepare(pledge, Decision.PUBLISH, by=membership.user, identity_check=IdentityCheck.CALL_BACK)
        if leaves:
            membership.delete()
        clock.move_to(datetime.datetime(2028, 6, 11, 20, tzinfo=PARIS))
        carry_out_prepared()

    assert PreparedDecision.objects.get().state == state


def test_the_cantons_of_the_next_election_keep_their_department(bretagne):
    department = DepartmentFactory(region=bretagne)
    last = election_on(SUNDAY)
    canton = ContestFactory(region=bretagne, department=department, election=last, code="3501", slug="canton")
    following = election_on(datetime.date(2034, 6, 11))

    made = prepare_election(
        type(last)(
            **{
                field.attname: getattr(following, field.attname)
                for field in following._meta.concrete_fields
                if field.name not in {"id", "slug"}
            },
            slug="suivante",
        ),
        like=last,
        contests=[canton],
        by=UserFactory(),
    )

    assert list(Contest.objects.filter(election=made).values_list("code", "department")) == [("3501", department.pk)]


def test_the_table_is_asked(by_election):
    here = by_election.election, by_election.region

    assert not calendar.allows(calendar.What.SORT, *here, at=EVE - SECOND)
    assert calendar.allows(calendar.What.SORT, *here, at=datetime.datetime(2028, 6, 12, tzinfo=PARIS))
