"""Fifty people at the same second, over the pages: one effect each, and a page for everyone."""

import itertools
import threading

import pytest
from django.test import Client
from django.urls import reverse

from pledges.enums import LIVE, PledgeState
from pledges.models import MailLink, OutboxMail, Pledge
from tests.pledges.acts import fill, headed_list, links_of, send, submit
from tests.pledges.guarded import guard_data
from tests.pledges.test_views import text_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]

CROWD = 50


def each(things):
    """A function that gives each thread one of these."""
    lock, iterator = threading.Lock(), iter(things)

    def one():
        with lock:
            return next(iterator)

    return one


def test_fifty_people_who_sign_at_once_are_all_taken_in(in_threads, smtp):
    candidate_list = headed_list()
    mailbox = each(f"tete{number}@example.org" for number in itertools.count())
    address = reverse("sign-list", args=[candidate_list.pk])

    guard = guard_data()

    def sign():
        client = Client()
        fill(client, address, capacity="head", email_0=mailbox())
        return send(client, address, guard=guard)

    answers = in_threads(sign, CROWD)

    assert {getattr(answer, "status_code", answer) for answer in answers} == {302}
    assert Pledge.objects.filter(state=PledgeState.SUBMITTED).count() == CROWD
    assert len({message["To"] for message in smtp.messages}) == CROWD
    assert not OutboxMail.objects.owed().exists()


def test_fifty_people_who_confirm_for_the_same_list_leave_one_pledge_and_each_a_clear_page(in_threads, smtp):
    candidate_list = headed_list()
    tokens = [links_of(submit(candidate_list, email=f"tete{number}@example.org"))[0][1] for number in range(CROWD)]
    token = each(tokens)

    answers = in_threads(lambda: Client().post(reverse("confirm", args=[token()]), {"is_me": "on"}), CROWD)

    statuses = sorted(answer.status_code for answer in answers)
    refused = {text_of(answer).split("<main", 1)[1] for answer in answers if answer.status_code == 409}
    assert statuses == [302, *[409] * (CROWD - 1)]
    assert Pledge.objects.filter(state__in=LIVE).count() == 1
    assert len(refused) == 1  # the same words for everyone
    assert "Un engagement a déjà été signé et confirmé pour cette candidature." in refused.pop()
    assert MailLink.objects.exclude(used_at=None).count() == 1
