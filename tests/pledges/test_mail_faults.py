"""Mail servers that refuse, hang, cut, or dawdle: nothing lost, nothing blocked, and words at the desk."""

import asyncio
import datetime
import socket
import time
from collections.abc import Iterator

import pytest
import time_machine
from django.core.management import call_command
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from pledges import failures, outbox
from pledges.management.commands import send_outbox
from pledges.models import OutboxMail, Pledge
from tests.conftest import Mailbox, free_port, smtp_server
from tests.pledges.acts import headed_list, submit

pytestmark = pytest.mark.django_db

TIME_OUT = 0.4  # seconds: the portal's own is of 20


class FaultyMailbox(Mailbox):
    """A mail server that misbehaves at one step of the conversation: ``fault`` says which."""

    def __init__(self, fault: str = "", code: str = "") -> None:
        super().__init__()
        self.fault, self.code = fault, code

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.fault == "RCPT":
            return f"{self.code} <{address}> refused"
        if self.fault == "hang":
            await asyncio.sleep(3 * TIME_OUT)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        if self.fault == "slow":
            await asyncio.sleep(TIME_OUT / 2)
        if self.fault == "MAIL":
            return f"{self.code} refused"
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.fault == "DATA":
            return f"{self.code} tete@example.org refused"
        answer = await super().handle_DATA(server, session, envelope)
        if self.fault == "slow":
            await asyncio.sleep(TIME_OUT / 2)
        if self.fault == "cut":  # after it took the message, before it says so
            server.transport.abort()
        return answer

    async def handle_QUIT(self, server, session, envelope):  # noqa: N802
        if self.fault == "goodbye":
            await asyncio.sleep(3 * TIME_OUT)
        return "221 Bye"


def send_to(settings, port):
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": TIME_OUT},
        }
    }


@pytest.fixture
def server(settings) -> Iterator[FaultyMailbox]:
    mailbox = FaultyMailbox()
    with smtp_server(mailbox) as port:
        send_to(settings, port)
        yield mailbox


@pytest.fixture
def silent_server(settings) -> Iterator[socket.socket]:
    """A port where somebody listens, and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        send_to(settings, listener.getsockname()[1])
        yield listener


@pytest.fixture
def mail():
    submit(headed_list())
    return OutboxMail.objects.get()


@pytest.mark.parametrize(
    ("fault", "code", "kept", "is_final"),
    [
        ("RCPT", "450", "SMTPRecipientsRefused 450", False),
        ("RCPT", "550", "SMTPRecipientsRefused 550", True),
        ("DATA", "451", "SMTPDataError 451", False),
        ("DATA", "554", "SMTPDataError 554", True),
        ("MAIL", "530", "SMTPSenderRefused 530", False),  # our own fault, not the recipient's: it can be mended
        ("hang", "", "TimeoutError", False),
        ("cut", "", "SMTPServerDisconnected", False),
    ],
)
def test_a_fault_is_kept_as_a_code_and_tried_again_unless_it_is_final(server, mail, fault, code, kept, is_final):
    server.fault, server.code = fault, code

    gone = outbox.deliver(mail.pk)

    mail.refresh_from_db()
    assert (gone, mail.last_error, mail.abandoned_at is not None) == (False, kept, is_final)
    assert (mail.recipient, mail.leased_until, mail.attempts) == ("tete@example.org", None, 1)
    assert failures.in_words(kept) != failures.in_words("Jamais vu")


def test_a_server_that_says_nothing_at_all_is_left_after_the_time_out(silent_server, mail):
    began = time.monotonic()

    gone = outbox.deliver(mail.pk)

    mail.refresh_from_db()
    assert (gone, mail.last_error) == (False, "TimeoutError")
    assert time.monotonic() - began < 3 * TIME_OUT


def test_nobody_at_the_port_is_tried_again(settings, mail):
    send_to(settings, free_port())

    outbox.deliver(mail.pk)

    mail.refresh_from_db()
    assert (mail.last_error, mail.abandoned_at) == ("ConnectionRefusedError", None)


def test_a_slow_server_gets_its_mail(server, mail):
    server.fault = "slow"

    assert outbox.deliver(mail.pk)
    assert len(server.messages) == 1


def test_a_server_that_does_not_say_goodbye_has_its_mail_all_the_same(server, mail):
    server.fault = "goodbye"

    gone = outbox.deliver(mail.pk)

    mail.refresh_from_db()
    assert (gone, mail.sent_at is not None, mail.last_error) == (True, True, "")
    assert outbox.deliver_due() == (0, 0)
    assert len(server.messages) == 1


def test_a_message_cut_after_it_was_taken_is_one_for_a_mailbox_that_folds(server, mail):
    server.fault = "cut"
    outbox.deliver(mail.pk)
    server.fault = ""

    with time_machine.travel(timezone.now() + outbox.RETRY_AFTER[0] + datetime.timedelta(seconds=1)):
        assert outbox.deliver(mail.pk)

    first, second = server.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert first.get_content() != second.get_content()  # each has its own link, and either confirms


def test_a_server_that_never_mends_has_its_mail_parked_at_the_desk_then_sent_again(server, mail, admin_client):
    server.fault, server.code = "RCPT", "451"
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for wait in [*outbox.RETRY_AFTER, datetime.timedelta()]:
            outbox.deliver_due()
            clock.shift(wait)
    mail.refresh_from_db()
    register = reverse("admin:pledges_outboxmail_changelist")
    parked = list(admin_client.get(register, {"envoi": "abandonnes"}).context["cl"].result_list)
    server.fault = ""

    admin_client.post(reverse("admin:pledges_outboxmail_change", args=[mail.pk]), {"send_again": "1"})
    outbox.deliver_due()

    assert (parked, mail.attempts) == ([mail], len(outbox.RETRY_AFTER) + 1)
    assert len(server.messages) == 1


def test_one_mail_in_trouble_does_not_stop_the_others(server):
    submit(headed_list(), email="premiere@example.org")
    submit(headed_list(), email="seconde@example.org")
    OutboxMail.objects.filter(recipient="premiere@example.org").update(recipient="pas une adresse, <vraiment>")

    outcome = outbox.deliver_due()

    assert outcome == (1, 1)
    assert [message["To"] for message in server.messages] == ["seconde@example.org"]
    assert list(OutboxMail.objects.filter(sent_at=None).values_list("last_error", flat=True)) == ["ValueError"]


def test_a_mail_without_an_address_is_set_aside(server, mail):
    OutboxMail.objects.update(recipient="")

    outbox.deliver(mail.pk)

    mail.refresh_from_db()
    assert (mail.last_error, mail.abandoned_at is not None, mail.sent_at) == (failures.NO_ADDRESS, True, None)


@pytest.mark.django_db(transaction=True)
def test_a_signature_waits_for_no_mail_server(silent_server, settings, client):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    silent_server.setblocking(False)
    candidate_list = headed_list()
    began = time.monotonic()

    submit(candidate_list)

    assert time.monotonic() - began < TIME_OUT
    assert (Pledge.objects.count(), OutboxMail.objects.due().count()) == (1, 1)
    with pytest.raises(BlockingIOError):  # nobody has knocked
        silent_server.accept()


@pytest.mark.django_db(transaction=True)
def test_a_queue_that_fails_does_not_fail_the_act(smtp, monkeypatch, caplog):
    def fail(*args):
        raise DatabaseError("no queue")

    monkeypatch.setattr("django.tasks.backends.immediate.ImmediateBackend.enqueue", fail)

    submit(headed_list())

    assert "no queue" in caplog.text
    assert outbox.deliver_due() == (1, 0)


def test_the_loop_outlives_a_database_that_stops(monkeypatch, caplog):
    outcomes = [DatabaseError("the server has gone"), (0, 0)]
    naps = []

    def deliver_due():
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def sleep(seconds):
        naps.append(seconds)
        if not outcomes:
            raise KeyboardInterrupt

    for name in ("seal_journal", "carry_on", "write_down"):
        monkeypatch.setattr(send_outbox, name, lambda: None)
    monkeypatch.setattr(send_outbox, "carry_out_prepared", lambda: (0, 0))
    monkeypatch.setattr(outbox, "deliver_due", deliver_due)
    monkeypatch.setattr(time, "sleep", sleep)

    call_command("send_outbox", "--every", "30")

    assert naps == [30, 30]
    assert "the server has gone" in caplog.text


def test_a_single_run_says_that_the_database_has_stopped(monkeypatch):
    def deliver_due():
        raise DatabaseError("the server has gone")

    monkeypatch.setattr(outbox, "deliver_due", deliver_due)

    with pytest.raises(DatabaseError):
        call_command("send_outbox")
