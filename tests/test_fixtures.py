"""The tools of the tests themselves: each guards something that other tests lean on."""

import socket
import threading
import urllib.request

import pytest
from django.contrib.auth.models import Group
from django.core.mail import EmailMessage
from django.db import connection
from django.urls import reverse

from tests.conftest import LeftThisMachineError


def test_a_test_cannot_leave_this_machine():
    with pytest.raises(LeftThisMachineError):
        urllib.request.urlopen("http://example.org", timeout=1)
    with pytest.raises(LeftThisMachineError), socket.socket() as outside:
        outside.connect(("192.0.2.1", 80))


def test_mail_goes_through_a_real_server(smtp):
    EmailMessage("Écrit à l’été", "Bonjour, ça va ?", to=["jeanne@example.org"]).send()

    [message] = smtp.messages
    assert message["Subject"] == "Écrit à l’été"
    assert message["X-Envelope-To"] == "jeanne@example.org"
    assert message.get_content() == "Bonjour, ça va ?\n"


@pytest.mark.django_db(transaction=True)
def test_threads_have_their_own_connections_and_start_together(in_threads):
    alive = threading.Barrier(8, timeout=10)

    def add():
        alive.wait()  # passes only if all eight run at once
        return Group.objects.create(name="unique").pk

    outcomes = in_threads(add, 8)

    assert Group.objects.count() == 1
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["IntegrityError"] * 7 + ["int"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_an_append_only_table_is_empty_at_the_start_of_each_test(turn):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pledges_journalentry")
        [before] = cursor.fetchone()
        cursor.execute(
            "INSERT INTO pledges_journalentry (uid, mac, act, at, reason, details)"
            " VALUES ('00000000000000000000000000000001', '', 'charter.loaded', '2021-06-20 08:00:00+00:00', '', '{}')"
        )

    assert before == 0


def test_live_server_and_test_share_the_database(live_server):
    Group.objects.create(name="seen by the server")

    with urllib.request.urlopen(f"{live_server.url}{reverse('admin:login')}") as response:
        assert response.status == 200
