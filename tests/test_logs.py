"""What the logs keep, and what they must not."""

import io
import logging

import pytest
from django.conf import settings
from django.urls import reverse

from config.logs import HideKeys
from tests.pledges.acts import headed_list, links_of, submit
from tests.pledges.factories import PledgeFactory


@pytest.fixture
def written():
    """What goes to the console, as the settings have it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(HideKeys())
    handler.setFormatter(logging.Formatter(settings.LOGGING["formatters"]["line"]["format"]))
    logging.getLogger("django.request").addHandler(handler)
    yield stream
    logging.getLogger("django.request").removeHandler(handler)


@pytest.mark.django_db
def test_a_link_that_still_opens_something_is_not_in_the_logs(client, written):
    candidate_list = headed_list()
    [(_link, token)] = links_of(submit(candidate_list))
    PledgeFactory(candidate_list=candidate_list, in_review=True)

    response = client.post(reverse("confirm", args=[token]), {"is_me": "on"})

    assert response.status_code == 409
    assert "Conflict: /signer/confirmer/…/" in written.getvalue()
    assert token not in written.getvalue()


def test_a_traceback_keeps_no_link_either(written):
    try:
        {}["/signer/ma-page/a-secret/modifier/"]
    except KeyError:
        logging.getLogger("django.request").exception("broken")

    assert "KeyError: '/signer/ma-page/…/modifier/'" in written.getvalue()
    assert "a-secret" not in written.getvalue()


def test_the_key_of_an_account_is_not_in_the_logs(client, written):
    logging.getLogger("django.request").warning("Gone: %s", "/admin/bienvenue/MTI/d1b2-abcdef/?x=1")

    assert "Gone: /admin/bienvenue/MTI/…/?x=1" in written.getvalue()


def test_every_handler_cuts_the_links():
    assert [handler["filters"] for handler in settings.LOGGING["handlers"].values()] == [["hide_keys"]]
