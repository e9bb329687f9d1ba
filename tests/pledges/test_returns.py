"""Mails that come back: the invitation is found by a name that only we could give, and anything else is left."""

import io
import sys
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from pledges import invitation_keys, returns
from pledges.actions import campaigns
from pledges.campaign_progress import Standing, progress
from pledges.enums import Act, InvitationOutcome
from pledges.models import Campaign, Invitation, JournalEntry, ListContact
from pledges.returns import Return
from tests.pledges.factories import CampaignFactory, CandidateListFactory, ListContactFactory

NOTICE = """\
Return-Path: <>
From: MAILER-DAEMON@mx.example.org
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=utf-8

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; liste@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 unknown user

--B
Content-Type: {kind}

From: Engagements ESS <ne-pas-repondre@example.org>
Message-ID: {message_id}
Subject: Bonjour

--B--
"""


def notice(
    *, to="rebonds@example.org", action="failed", status="5.1.1", kind="text/rfc822-headers", message_id="<x@y>"
):
    text = NOTICE.format(to=to, action=action, status=status, kind=kind, message_id=message_id)
    return text.replace("\n", "\r\n").encode()


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_a_notice_is_known_by_the_message_id_of_what_it_sends_back(kind):
    found = returns.read(notice(kind=kind, message_id=invitation_keys.message_id(12)))

    assert found == Return(12, "Returned 5.1.1")


def test_a_notice_is_known_by_the_address_that_it_comes_back_to(settings):
    settings.MAIL_RETURNS = "rebonds@example.org"

    found = returns.read(notice(to=f"<{invitation_keys.return_address(12).upper()}>", status="5.2.2 (mailbox full)"))

    assert found == Return(12, "Returned 5.2.2")


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xfe\x00" * 100, id="no mail"),
        pytest.param(notice(action="delayed", status="4.4.1", message_id=invitation_keys.mail_name(1)), id="a delay"),
        pytest.param(notice(message_id="<liste-12-000000000000000000000000@x>"), id="a forged name"),
        pytest.param(notice(status="5" * 500), id="an endless status"),
        pytest.param(b"To: a@b\r\n\r\nI am away until Monday.", id="an answer"),
        pytest.param(b"Content-Type: message/delivery-status\r\n\r\n", id="a status of nobody"),
        pytest.param(b"Content-Type: multipart/mixed; boundary=B\r\n\r\n" + b"--B\r\n\r\n" * 20_000, id="many parts"),
        pytest.param(b"Content-Type: text/plain; charset=\xe9\r\nTo: \xe9\r\n\r\n", id="bytes that are no text"),
    ],
)
def test_anything_else_says_nothing(raw):
    assert returns.read(raw) is None


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 900))
def test_no_damage_to_a_notice_stops_the_reading(noise, place):
    raw = notice(message_id=invitation_keys.message_id(12))

    found = returns.read(raw[:place] + noise + raw[place:])

    assert found is None or found.invitation_id == 12


@pytest.fixture
def sent(db, smtp):
    row = CandidateListFactory(headed=True)
    ListContactFactory(candidate_list=row)
    CampaignFactory(running=True, election=row.contest.election, region=row.contest.region)
    call_command("send_outbox")
    return Invitation.objects.get()


def give(raw, monkeypatch):
    """What the command says of a message on its standard input."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    said = io.StringIO()
    call_command("record_bounce", stdout=said)
    return said.getvalue().strip()


def test_a_mail_that_comes_back_makes_its_list_work_to_do_once(sent, smtp, monkeypatch):
    raw = notice(message_id=smtp.messages[0]["Message-ID"].strip())

    said = [give(raw, monkeypatch), give(raw, monkeypatch)]

    sent.refresh_from_db()
    assert said == [
        "Noté : l’adresse n’existe pas : le courrier est revenu.",
        "C’était déjà noté : rien n’a changé.",
    ]
    assert (sent.outcome, sent.trouble) == (InvitationOutcome.UNDELIVERED, "Returned 5.1.1")
    assert ListContact.objects.usable().count() == 0
    [row] = progress(Campaign.objects.with_place().get()).rows
    assert (row.standing, row.trouble) == (Standing.UNDELIVERED, "l’adresse n’existe pas : le courrier est revenu")
    acts = JournalEntry.objects.filter(details__has_key="list").order_by("pk").values_list("act", flat=True)
    assert list(acts) == [Act.LIST_INVITED, Act.INVITATION_UNDELIVERED]


def test_a_list_whose_mail_came_back_is_asked_by_another_address_with_the_same_number(sent, smtp, monkeypatch):
    give(notice(message_id=smtp.messages[0]["Message-ID"].strip()), monkeypatch)

    ListContactFactory(candidate_list=sent.candidate_list, email="autre@example.org")
    campaigns.carry_on()
    call_command("send_outbox")

    assert smtp.messages[-1]["To"] == "autre@example.org"
    outcomes = Invitation.objects.order_by("pk").values_list("number", "outcome")
    assert list(outcomes) == [(0, InvitationOutcome.UNDELIVERED), (0, InvitationOutcome.SENT)]
