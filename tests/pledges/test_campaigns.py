"""A campaign: everyone is asked alike, at the same moment, by one rule, and nobody twice."""

import datetime
import re

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from pledges import emails, invitation_keys, outbox
from pledges.actions import campaigns, personal_data, signing
from pledges.actions.campaigns import CampaignError
from pledges.actions.contacts import Address, add_contacts, erase_contact
from pledges.campaign_text import text_of
from pledges.dossier import way_in_words
from pledges.enums import Act, AddressKind, CampaignState, InvitationOutcome, PledgeState
from pledges.models import Campaign, Invitation, JournalEntry, ListContact, OutboxMail, Pledge
from tests.pledges.acts import confirm, head_of, headed_list, replies, sign_online, submit
from tests.pledges.factories import (
    CampaignFactory,
    CandidateListFactory,
    ContestFactory,
    ElectionFactory,
    ListContactFactory,
    PledgeFactory,
)
from tests.regions.factories import UserFactory

pytestmark = pytest.mark.django_db

PARIS_NOON = datetime.datetime(2028, 2, 1, 11, tzinfo=datetime.UTC)
DAYS = datetime.timedelta(days=1)


def election_of_2028(**kwargs):
    """Signatures from 1 January to 10 March 2028, rounds on 12 and 19 March."""
    dates = {
        "signing_opens_on": datetime.date(2028, 1, 1),
        "signing_closes_on": datetime.date(2028, 3, 10),
        "first_round_on": datetime.date(2028, 3, 12),
        "second_round_on": datetime.date(2028, 3, 19),
        "mandate_starts_on": datetime.date(2028, 3, 24),
        "mandate_ends_on": datetime.date(2034, 3, 24),
    }
    return ElectionFactory(**{**dates, **kwargs})


def place(bretagne, lists=3, contacts=None, **kwargs):
    """A contest of so many lists, each with its address unless fewer are told, and a campaign that was tried."""
    contest = ContestFactory(region=bretagne, election=kwargs.pop("election", None) or election_of_2028())
    rows = CandidateListFactory.create_batch(lists, contest=contest, headed=True)
    for row in rows[: lists if contacts is None else contacts]:
        ListContactFactory(candidate_list=row, email=f"liste{row.panel_number}@example.org")
    campaign = CampaignFactory(election=contest.election, region=bretagne, tested=True, **kwargs)
    return contest, rows, campaign


def launched(campaign):
    return campaigns.launch(campaign, by=UserFactory())


def round_of_the_sender():
    """What `send_outbox` does each half minute."""
    call_command("send_outbox")


def numbers():
    """What was asked: by list, the numbers of its requests and what became of them."""
    rows = Invitation.objects.order_by("candidate_list__panel_number", "pk")
    return [(row.candidate_list.panel_number, row.number, row.outcome) for row in rows.select_related("candidate_list")]


@pytest.fixture
def noon():
    with time_machine.travel(PARIS_NOON, tick=False) as clock:
        yield clock


def test_every_list_with_an_address_is_asked_at_the_same_moment_with_the_same_text(smtp, noon, bretagne):
    _contest, rows, campaign = place(bretagne, lists=3)

    launched(campaign)
    round_of_the_sender()

    assert [message["To"] for message in smtp.messages] == [f"liste{row.panel_number}@example.org" for row in rows]
    fingerprint = text_of(campaign, 0).fingerprint
    asked = Invitation.objects.order_by().values_list("asked_on", "sent_at", "fingerprint").distinct()
    assert list(asked) == [(datetime.date(2028, 2, 1), PARIS_NOON, fingerprint)]
    entries = JournalEntry.objects.filter(act=Act.LIST_INVITED).order_by("pk")
    assert [(entry.at, entry.details) for entry in entries] == [
        (
            PARIS_NOON,
            {
                "list": row.pk,
                "campaign": campaign.pk,
                "number": 0,
                "channel": "email",
                "text_sha256": fingerprint,
            },
        )
        for row in rows
    ]


def test_the_mail_names_the_list_its_address_s_source_and_how_to_refuse(smtp, noon, bretagne, settings):
    settings.MAIL_RETURNS = "rebonds@example.org"
    _contest, [row], campaign = place(bretagne, lists=1, reply_to="cress@example.org")

    launched(campaign)
    round_of_the_sender()

    [message] = smtp.messages
    invitation = Invitation.objects.get()
    text = message.get_content()
    assert row.name in text
    assert "Le site de la liste, le" in " ".join(text.split())
    link, refusal = re.findall(r"https://engagements\.example\.org(/signer/invitation/\S+)", text)
    assert refusal == f"{link}refuser/"
    assert message["List-Unsubscribe"] == f"<https://engagements.example.org{refusal}>"
    assert message["Reply-To"] == "cress@example.org"
    assert re.fullmatch(rf"<liste-{invitation.pk}-[0-9a-f]{{24}}@engagements\.example\.org>", message["Message-ID"])
    assert message["From"] == settings.DEFAULT_FROM_EMAIL


def test_reminders_follow_at_set_intervals_to_silent_lists_alone_and_then_stop(smtp, noon, bretagne):
    _contest, rows, campaign = place(bretagne, lists=2)
    launched(campaign)
    round_of_the_sender()
    confirm(submit_for(rows[0]))
    sent = []

    for _day in range(30):
        noon.shift(DAYS)
        smtp.messages.clear()
        round_of_the_sender()
        round_of_the_sender()
        sent += [timezone.localdate() for message in smtp.messages if message["To"].startswith("liste")]

    assert sent == [datetime.date(2028, 2, 8), datetime.date(2028, 2, 15), datetime.date(2028, 2, 22)]
    assert [row for row in numbers() if row[0] == rows[0].panel_number] == [
        (rows[0].panel_number, 0, InvitationOutcome.SENT)
    ]


def submit_for(candidate_list):
    """The head of this very list signs."""
    loaded = type(candidate_list).objects.with_contest().get(pk=candidate_list.pk)
    return signing.submit(loaded, signers=[head_of(loaded)], replies=replies(loaded))


def test_a_list_without_an_address_is_asked_the_moment_it_has_one(smtp, noon, bretagne):
    _contest, rows, campaign = place(bretagne, lists=2, contacts=1)
    launched(campaign)
    round_of_the_sender()
    noon.shift(DAYS)
    late = type(rows[1]).objects.with_contest().get(pk=rows[1].pk)

    add_contacts(
        [Address(late, "tard@example.org", AddressKind.PARTY, "https://parti.example.org", timezone.localdate())],
        by=UserFactory(),
    )
    round_of_the_sender()

    assert [message["To"] for message in smtp.messages][-1] == "tard@example.org"
    asked = Invitation.objects.get(candidate_list=late)
    assert (asked.number, asked.fingerprint) == (0, text_of(campaign, 0).fingerprint)


def test_a_list_that_joins_is_asked_on_the_same_terms(smtp, noon, bretagne):
    contest, _rows, campaign = place(bretagne, lists=1)
    launched(campaign)
    round_of_the_sender()

    ListContactFactory(candidate_list=CandidateListFactory(contest=contest, headed=True), email="neuve@example.org")
    round_of_the_sender()

    assert [message["To"] for message in smtp.messages][-1] == "neuve@example.org"


def test_a_campaign_leaves_only_once_its_very_text_was_tried(noon, bretagne):
    _contest, _rows, campaign = place(bretagne)
    campaign.body = campaign.body.replace("Madame", "Bonjour madame")

    campaigns.rewrite(campaign, by=UserFactory())

    with pytest.raises(CampaignError, match="Envoyez-vous d’abord un essai"):
        launched(campaign)
    assert Invitation.objects.count() == 0


def test_a_trial_goes_to_who_asks_for_it_and_opens_no_list(smtp, noon, bretagne, client):
    _contest, [row, *_others], campaign = place(bretagne)
    Campaign.objects.update(state=CampaignState.DRAFT)
    me = UserFactory(email="moi@example.org")

    mail = campaigns.try_on(campaign, by=me)
    outbox.deliver(mail.pk)

    [message] = smtp.messages
    assert (message["To"], message["Subject"].startswith("Essai")) == ("moi@example.org", True)
    assert row.name in message.get_content()
    [link, _refusal] = re.findall(r"(/signer/invitation/\S+)", message.get_content())
    assert "celui d’un essai" in client.get(link).content.decode()
    assert Invitation.objects.count() == 0
    assert Campaign.objects.get().state == CampaignState.TESTED


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        (datetime.datetime(2028, 3, 11, 12, tzinfo=datetime.UTC), "Les signatures sont closes depuis le 10 mars 2028."),
        (datetime.datetime(2027, 12, 31, 12, tzinfo=datetime.UTC), "Les signatures ouvriront le 1er janvier 2028"),
    ],
)
def test_nothing_leaves_when_nobody_may_sign(bretagne, at, sentence):
    with time_machine.travel(at, tick=False):
        _contest, _rows, campaign = place(bretagne)

        with pytest.raises(CampaignError, match=sentence):
            launched(campaign)

    assert Invitation.objects.count() == 0


def test_a_scheduled_campaign_leaves_at_its_moment_and_not_before(smtp, noon, bretagne):
    _contest, _rows, campaign = place(bretagne, lists=2)
    campaigns.launch(campaign, by=UserFactory(), at=PARIS_NOON + datetime.timedelta(hours=2))

    noon.shift(datetime.timedelta(hours=1, minutes=59))
    round_of_the_sender()
    before = len(smtp.messages)
    noon.shift(datetime.timedelta(minutes=1))
    round_of_the_sender()
    round_of_the_sender()

    assert (before, len(smtp.messages)) == (0, 2)
    assert Campaign.objects.get().state == CampaignState.RUNNING


def test_the_silence_holds_invitations_until_its_end(smtp, bretagne):
    with time_machine.travel(datetime.datetime(2028, 3, 10, 22, 59, tzinfo=datetime.UTC), tick=False) as clock:
        election = election_of_2028(signing_closes_on=datetime.date(2028, 3, 17))
        _contest, _rows, campaign = place(bretagne, lists=2, election=election)
        launched(campaign)
        clock.shift(datetime.timedelta(minutes=1))  # midnight in Paris, on the eve of the first round
        round_of_the_sender()
        during = len(smtp.messages)
        clock.move_to(datetime.datetime(2028, 3, 12, 18, 59, 59, tzinfo=datetime.UTC))
        round_of_the_sender()
        still = len(smtp.messages)
        clock.move_to(datetime.datetime(2028, 3, 12, 19, 0, 0, tzinfo=datetime.UTC))
        round_of_the_sender()

    assert (during, still, len(smtp.messages)) == (0, 0, 2)


def test_a_pause_holds_what_has_not_left_and_resuming_brings_no_two_reminders_at_once(smtp, noon, bretagne):
    _contest, _rows, campaign = place(bretagne, lists=1)
    launched(campaign)
    campaigns.pause(campaign, by=UserFactory())
    round_of_the_sender()
    held = len(smtp.messages)
    noon.shift(20 * DAYS)
    round_of_the_sender()

    campaigns.resume(campaign, by=UserFactory())
    round_of_the_sender()
    round_of_the_sender()

    assert (held, len(smtp.messages)) == (0, 1)
    assert [number for _panel, number, _outcome in numbers()] == [0]


def test_a_cancelled_campaign_writes_no_more(smtp, noon, bretagne):
    _contest, _rows, campaign = place(bretagne, lists=2)
    launched(campaign)

    campaigns.cancel(campaign, by=UserFactory())
    round_of_the_sender()

    assert smtp.messages == []
    assert {outcome for _panel, _number, outcome in numbers()} == {InvitationOutcome.DROPPED}
    assert not OutboxMail.objects.owed().exists()


def test_a_campaign_ends_with_the_signatures(smtp, noon, bretagne):
    _contest, _rows, campaign = place(bretagne, lists=1)
    launched(campaign)
    round_of_the_sender()

    noon.move_to(datetime.datetime(2028, 3, 11, 0, 0, tzinfo=bretagne.zone))
    round_of_the_sender()

    assert Campaign.objects.get().state == CampaignState.OVER
    assert len(smtp.messages) == 1


def test_an_address_that_the_server_refuses_becomes_work_and_the_next_one_serves(smtp, noon, bretagne):
    _contest, [row], campaign = place(bretagne, lists=1)
    launched(campaign)
    smtp.refusal = "550 5.1.1 unknown"
    round_of_the_sender()
    refused = Invitation.objects.get()
    smtp.refusal = ""

    ListContactFactory(candidate_list=row, kind=AddressKind.PARTY, email="autre@example.org")
    round_of_the_sender()
    round_of_the_sender()

    assert (refused.outcome, refused.asked_on, refused.trouble) == (
        InvitationOutcome.UNDELIVERED,
        None,
        "SMTPDataError 550",
    )
    assert [message["To"] for message in smtp.messages] == ["autre@example.org"]
    acts = JournalEntry.objects.filter(details__list=row.pk).order_by("pk").values_list("act", flat=True)
    assert list(acts) == [Act.INVITATION_UNDELIVERED, Act.LIST_INVITED]


def test_an_address_erased_while_its_mail_waits_is_never_written_to(smtp, noon, bretagne):
    _contest, _rows, campaign = place(bretagne, lists=1)
    launched(campaign)

    erase_contact(
        ListContact.objects.select_related(
            "candidate_list__contest__election__charter", "candidate_list__contest__region"
        ).get(),
        by=UserFactory(),
    )
    round_of_the_sender()

    assert smtp.messages == []
    assert list(ListContact.objects.values_list("email", "source")) == [("", "")]
    assert not JournalEntry.objects.filter(details__icontains="example.org").exists()


def test_the_database_refuses_a_second_request_of_the_same_number(noon, bretagne):
    _contest, _rows, campaign = place(bretagne, lists=1)
    launched(campaign)
    invitation = Invitation.objects.get()

    invitation.pk = None
    with pytest.raises(IntegrityError):
        invitation.save(force_insert=True)


def test_so_many_mails_leave_in_a_minute_and_who_signs_goes_first(smtp, noon, bretagne, settings):
    settings.MAILS_PER_MINUTE = 4
    contest, _rows, campaign = place(bretagne, lists=7)
    launched(campaign)
    submit(headed_list(contest__election=contest.election))
    left = []

    for _minute in range(4):
        smtp.messages.clear()
        round_of_the_sender()
        round_of_the_sender()
        left.append([message["To"].split("@")[0][:4] for message in smtp.messages])
        noon.shift(datetime.timedelta(seconds=61))

    assert left == [["tete", "list", "list"], ["list"] * 3, ["list"] * 2, []]


@pytest.mark.django_db(transaction=True)
def test_several_rounds_at_once_owe_each_list_one_request(in_threads, bretagne):
    contest = ContestFactory(region=bretagne)
    for row in CandidateListFactory.create_batch(5, contest=contest):
        ListContactFactory(candidate_list=row)
    CampaignFactory(election=contest.election, region=bretagne, running=True)

    owed = in_threads(campaigns.carry_on, 4)

    assert sorted(owed) == [0, 0, 0, 5]
    assert (Invitation.objects.count(), OutboxMail.objects.count()) == (5, 5)


def test_a_mail_that_cannot_be_delivered_comes_back_under_its_own_name(noon, bretagne, settings):
    settings.MAIL_RETURNS = "rebonds@example.org"
    _contest, _rows, campaign = place(bretagne, lists=1)
    launched(campaign)
    mail = OutboxMail.objects.select_related(
        "invitation__campaign__election",
        "invitation__campaign__region",
        "invitation__contact",
        "invitation__candidate_list__contest__election__charter",
        "invitation__candidate_list__contest__region",
    ).get(invitation__isnull=False)

    message = emails.compose(mail)

    assert message.from_email == invitation_keys.return_address(mail.invitation_id)
    assert message.message()["From"] == settings.DEFAULT_FROM_EMAIL


def test_a_list_s_address_is_part_of_what_its_owner_may_ask_for_and_have_erased(noon, bretagne):
    _contest, [row], campaign = place(bretagne, lists=1)
    launched(campaign)
    email = ListContact.objects.get().email

    found = personal_data.export(email.upper())["adresse d’une liste"]
    personal_data.erase(email)

    assert [(each["liste"], each["trouvée ici"]) for each in found] == [(row.name, "Le site de la liste")]
    assert (ListContact.objects.get().email, OutboxMail.objects.owed().count()) == ("", 0)
    campaigns.carry_on()
    assert [outcome for _panel, _number, outcome in numbers()] == [InvitationOutcome.DROPPED]


# --- The links ---


@pytest.fixture
def link(smtp, noon, bretagne):
    """The address in the mail that one list received."""
    _contest, _rows, campaign = place(bretagne, lists=1)
    launched(campaign)
    round_of_the_sender()
    text = smtp.messages[0].get_content()
    return re.search(r"https://engagements\.example\.org(/signer/invitation/\S+)", text)[1]


def test_a_scanner_that_opens_everything_changes_nothing(client, link):
    before = (list(Invitation.objects.values()), Pledge.objects.count(), JournalEntry.objects.count())

    answers = [client.get(address) for address in (link, f"{link}refuser/")]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert not client.cookies.keys() - {"csrftoken"}
    assert (list(Invitation.objects.values()), Pledge.objects.count(), JournalEntry.objects.count()) == before


def test_the_link_leads_to_the_form_of_its_list_and_the_pledge_says_by_which_mail(client, link):
    invitation = Invitation.objects.get()
    address = reverse("sign-list", args=[invitation.candidate_list_id])

    answer = client.post(link)
    sign_online(client, address)

    assert (answer.status_code, answer["Location"]) == (302, address)
    pledge = Pledge.objects.get()
    assert (pledge.came_by, pledge.state, pledge.identity_check) == (invitation, PledgeState.SUBMITTED, "")
    assert JournalEntry.objects.get(act=Act.PLEDGE_SUBMITTED).details["invitation"] == invitation.pk
    assert way_in_words(pledge) == (
        "par le lien de la sollicitation envoyée le 1er\N{NO-BREAK SPACE}février 2028 (adresse officielle de la liste)."
        " Qui a reçu ce courriel a pu le faire suivre : un indice, pas une preuve."
    ).replace("\N{NO-BREAK SPACE}", " ")


def test_the_link_of_one_list_proves_nothing_for_another(client, link):
    invitation = Invitation.objects.get()
    other = CandidateListFactory(headed=True, contest=invitation.candidate_list.contest)
    client.post(link)

    sign_online(client, reverse("sign-list", args=[other.pk]))

    assert Pledge.objects.get().came_by is None


def test_a_refusal_stops_reminders_and_is_in_the_journal_once(client, link, smtp, noon):
    client.post(f"{link}refuser/")
    again = client.post(f"{link}refuser/", follow=True)
    noon.shift(8 * DAYS)
    round_of_the_sender()

    assert "nous n’écrirons plus" in again.content.decode()
    assert len(smtp.messages) == 1
    assert JournalEntry.objects.filter(act=Act.INVITATION_REFUSED).count() == 1


def test_the_link_of_a_list_that_left_explains(client, link):
    row = Invitation.objects.get().candidate_list
    type(row).objects.filter(pk=row.pk).update(left_at=timezone.now())

    answer = client.post(link)

    assert (answer.status_code, "n’est plus sur la liste officielle" in answer.content.decode()) == (410, True)


def test_the_link_says_when_signatures_are_closed(client, link, noon):
    noon.move_to(datetime.datetime(2028, 3, 14, 12, tzinfo=datetime.UTC))

    answer = client.post(link)

    assert (answer.status_code, "closes depuis le 10\N{NO-BREAK SPACE}mars 2028" in answer.content.decode()) == (
        200,
        True,
    )


@pytest.mark.parametrize("key", ["x", "1.x", "essai", "99999999999999999999.abc"])
def test_a_key_that_nobody_made_opens_nothing(client, db, key):
    answers = [client.get(reverse(name, args=[key])).status_code for name in ("invitation", "invitation-refuse")]

    assert answers == [404, 404]


def test_a_list_that_has_answered_already_is_not_asked(smtp, noon, bretagne):
    _contest, rows, campaign = place(bretagne, lists=2)
    PledgeFactory(candidate_list=rows[0], published=True)

    launched(campaign)
    round_of_the_sender()

    assert [message["To"] for message in smtp.messages] == [f"liste{rows[1].panel_number}@example.org"]
