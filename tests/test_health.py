"""What `/sante/` tells whoever watches the portal."""

import datetime

import pytest
from django.db import DatabaseError
from django.utils import timezone

from pledges.models import OutboxMail
from tests.pledges.acts import headed_list, submit

pytestmark = pytest.mark.django_db


def test_a_portal_that_can_serve_says_so_and_that_no_mail_is_late(client):
    response = client.get("/sante/")

    assert (response.status_code, response.json()) == (
        200,
        {
            "ready": True,
            "database": True,
            "migrations": True,
            "mail_late_seconds": 0,
            "journal_unsealed_seconds": 0,
        },
    )


def test_mails_that_wait_are_told_and_stop_no_page(client):
    for hours in (1, 2):
        submit(headed_list())
        OutboxMail.objects.filter(pk=OutboxMail.objects.latest("pk").pk).update(
            next_try_at=timezone.now() - datetime.timedelta(hours=hours)
        )

    response = client.get("/sante/")

    assert response.status_code == 200
    assert 7200 <= response.json()["mail_late_seconds"] < 7260


def test_a_database_that_does_not_answer_is_told(client, monkeypatch):
    def fail(*args):
        raise DatabaseError("gone")

    monkeypatch.setattr("config.views.MigrationExecutor", fail)

    response = client.get("/sante/")

    assert (response.status_code, response.json()) == (
        503,
        {
            "ready": False,
            "database": False,
            "migrations": False,
            "mail_late_seconds": None,
            "journal_unsealed_seconds": None,
        },
    )
