"""Floods, and people who are asked nothing of theirs: attacks 8, 15, 16 and 28 of the table."""

import datetime
import gc
import ipaddress
import re
import statistics
import time

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from pledges import limits
from pledges.actions import signing
from pledges.enums import ListKind, MailKind
from pledges.models import CandidateList, OutboxMail, Pledge
from tests.pledges.acts import at_last_page, confirm, headed_list, replies, submit
from tests.pledges.factories import CandidateFactory, PledgeFactory, SignatoryFactory
from tests.pledges.guarded import guard_data
from tests.pledges.test_views import text_of

pytestmark = pytest.mark.django_db

START = datetime.datetime(2027, 5, 3, 9, tzinfo=datetime.UTC)
SECOND, MINUTE, HOUR, DAY = (datetime.timedelta(seconds=seconds) for seconds in (1, 60, 3600, 86400))
VICTIM = "victime@example.org"


@pytest.fixture
def candidate_list():
    return headed_list()


def sign(candidate_list, *, network="192.0.2.1", headers=None, guard=None, email="tete@example.org", words=""):
    client, address, data = at_last_page(candidate_list, email=email, words=words)
    return client.post(address, {**(guard or guard_data()), **data}, REMOTE_ADDR=network, headers=headers)


def ask(client, email, *, network="192.0.2.1", guard=None):
    data = {**(guard or guard_data()), "email": email}
    return client.post(reverse("private-ask"), data, REMOTE_ADDR=network)


def networks(count):
    """So many networks that have nothing to do with one another."""
    return [str(ipaddress.IPv4Address("10.0.0.0") + number) for number in range(count)]


# --- 28. The portal used to flood somebody's mailbox ---


@pytest.mark.timeout(240)  # so many whole requests, on a machine that may have other work
@pytest.mark.any_database
def test_two_hundred_requests_for_one_address_in_a_day_are_three_mails(
    client, smtp, monkeypatch, django_capture_on_commit_callbacks
):
    lists = [headed_list() for _ in range(20)]
    spellings = [VICTIM, "VICTIME@example.org", '"victime"@example.org', "victime+ess@example.org"]
    # The limit on signatures would stop most of them before: the three mails must hold by themselves.
    monkeypatch.setattr(limits, "SIGNATURES_FOR_MAILBOX", limits.Limit("lenient", 200, HOUR))

    answers = set()
    with time_machine.travel(datetime.datetime.now(datetime.UTC), tick=False) as clock:
        for number, network in enumerate(networks(200)):
            email = spellings[number // 20 % 4]
            with django_capture_on_commit_callbacks(execute=True):
                if number % 2:
                    response = ask(client, email, network=network)
                else:
                    words = f"Essai {number // 50}"
                    response = sign(lists[number // 2 % 20], network=network, email=email, words=words)
            answers.add((response.status_code, response.headers["Location"].rsplit("/", 2)[1]))
            clock.shift(DAY / 200)

    assert answers == {(302, "envoye")}
    assert len(smtp.messages) == 3


def test_beyond_three_mails_the_answer_stays_the_same(client):
    answers = [sign(headed_list(), email=VICTIM) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [302] * 5
    assert {re.sub(r"\d+", "N", answer.headers["Location"]) for answer in answers} == {"/signer/liste/N/envoye/"}
    assert (Pledge.objects.count(), OutboxMail.objects.count()) == (5, 3)


def test_a_mail_that_was_not_owed_is_owed_when_asked_for_the_next_day(client):
    lists = [headed_list() for _ in range(4)]
    for candidate_list in lists:
        submit(candidate_list, email=VICTIM)

    with time_machine.travel(datetime.datetime.now(datetime.UTC) + DAY + SECOND):
        pledge = submit(lists[-1], email=VICTIM)

    assert Pledge.objects.count() == 4
    assert pledge.mails.get().recipient == VICTIM


def test_signing_in_someones_name_leaves_them_the_link_by_which_they_withdraw(client):
    pledge = confirm(submit(headed_list(), email=VICTIM))
    for _ in range(10):
        submit(headed_list(), email=VICTIM)

    ask(client, VICTIM)

    assert pledge.mails.filter(kind=MailKind.PRIVATE).count() == 1


def test_a_mailbox_that_signed_several_times_gets_three_links_a_day_and_each_in_turn(client):
    pledges = [confirm(submit(headed_list(), email=VICTIM)) for _ in range(3)]
    personal = PledgeFactory(personal=True, published=True)
    SignatoryFactory(pledge=personal, email=VICTIM)
    counts = []

    with time_machine.travel(datetime.datetime.now(datetime.UTC), tick=False) as clock:
        for _ in range(2):
            ask(client, VICTIM)
            counts.append([pledge.mails.filter(kind=MailKind.PRIVATE).count() for pledge in (*pledges, personal)])
            clock.shift(DAY)

    assert counts == [[1, 1, 1, 0], [1, 1, 1, 1]]


def test_whoever_is_asked_to_confirm_an_amendment_is_asked_whatever_others_did():
    pair = headed_list(kind=ListKind.PAIR)
    pledge = PledgeFactory(candidate_list=pair, published=True)
    first = SignatoryFactory(pledge=pledge, email="un@example.org")
    SignatoryFactory(pledge=pledge, candidate=CandidateFactory(candidate_list=pair), email=VICTIM)
    for _ in range(5):
        submit(headed_list(), email=VICTIM)

    amendment = signing.amend(first, replies=replies(pair, 5))

    assert [mail.recipient for mail in amendment.mails.all()] == [VICTIM]


# --- 15. Ways round a limit ---


@pytest.mark.parametrize("proxies", [0, 1])
@pytest.mark.any_database
def test_what_a_client_says_of_itself_changes_no_limit(client, settings, proxies):
    settings.PROXY_COUNT = proxies
    statuses = []
    for number, invented in enumerate(networks(100)):
        headers = {
            "X-Forwarded-For": f"{invented}, 192.0.2.1" if proxies else invented,
            "X-Real-IP": invented,
            "Forwarded": f"for={invented}",
        }
        response = sign(headed_list(), headers=headers, email=f"a{number}@example.org")
        statuses.append(response.status_code)

    assert statuses == [302] * 60 + [429] * 40


def test_one_subscriber_is_one_network_whatever_address_they_take(client):
    first = ipaddress.IPv6Address("2001:db8:1:2::")
    statuses = [ask(client, "a@example.org", network=str(first + number * 2**40)).status_code for number in range(30)]
    neighbour = ask(client, "a@example.org", network="2001:db8:1:3::1").status_code

    assert (statuses, neighbour) == ([302] * 20 + [429] * 10, 302)


@pytest.mark.django_db(transaction=True)
def test_a_thousand_signatures_at_once_from_one_network_pass_as_many_as_the_limit(rf, in_threads):
    lists = [CandidateList(pk=pk) for pk in range(1000)]
    request = rf.post("/", REMOTE_ADDR="192.0.2.1")
    limit = limits.UNPROVED_SIGNATURES_FROM_NETWORK

    def flood():
        outcomes = []
        for _ in range(50):
            try:
                limits.admit_signature(request, lists.pop(), [], proved=False)
            except limits.TooManyError:
                outcomes.append(False)
            else:
                outcomes.append(True)
        return outcomes

    with time_machine.travel(START, tick=False):
        outcomes = [outcome for of_thread in in_threads(flood, 20) for outcome in of_thread]

    assert (len(outcomes), sum(outcomes)) == (1000, limit.burst)


# --- 16. Robots ---


@pytest.mark.parametrize(
    "guard",
    [
        pytest.param(guard_data(seconds=0), id="at once"),
        pytest.param({}, id="without the guard's fields"),
        pytest.param({"website": "https://spam.example"}, id="trap filled"),
    ],
)
@pytest.mark.parametrize("door", ["sign", "ask"])
def test_a_robot_is_refused_and_nothing_typed_is_lost(client, candidate_list, door, guard):
    SignatoryFactory(pledge=PledgeFactory(published=True), email=VICTIM)
    address, typed = reverse("private-ask"), {"email": VICTIM}
    if door == "sign":
        client, address, typed = at_last_page(candidate_list, email=VICTIM)
    data = {**(guard_data() if "website" in guard else {}), **guard, **typed}
    if "started" in guard:
        data["started"] = guard_data(seconds=0)["started"]

    response = client.post(address, data)

    assert response.status_code == 422
    assert VICTIM in text_of(response)
    assert "rien n’est perdu" in text_of(response)
    assert not OutboxMail.objects.exists()


def test_a_spent_proof_opens_no_more_than_no_proof(client, candidate_list, monkeypatch):
    monkeypatch.setattr(limits, "UNPROVED_SIGNATURES_FROM_NETWORK", limits.Limit("few", 2, HOUR))
    guard = guard_data(proved=True)

    statuses = [sign(headed_list(), guard=guard, email=f"a{number}@example.org").status_code for number in range(5)]

    assert statuses == [302, 302, 302, 429, 429]


def test_whoever_has_done_the_proof_is_not_stopped_by_those_who_have_not(client, candidate_list):
    for _ in range(60):
        limits.UNPROVED_SIGNATURES_FROM_NETWORK.take("192.0.2.1")

    without, with_it = sign(candidate_list), sign(candidate_list, guard=guard_data(proved=True))

    assert (without.status_code, with_it.status_code) == (429, 302)


# --- What the refused are told ---


@pytest.mark.parametrize(
    ("limit", "value", "words", "retry_after"),
    [
        (limits.UNPROVED_SIGNATURES_FROM_NETWORK, "192.0.2.1", "de votre réseau. Réessayez dans 1 minute", "60"),
        (limits.SIGNATURES_FOR_MAILBOX, "tete@example.org", "cette adresse électronique. Réessayez dans 6 min", "360"),
        (limits.SIGNATURES_TO_LIST, None, "pour cette liste. Réessayez dans 1 minute", "36"),
    ],
)
def test_too_many_signatures_are_said_in_words_and_nothing_is_lost(
    client, candidate_list, limit, value, words, retry_after
):
    with time_machine.travel(datetime.datetime.now(datetime.UTC), tick=False):
        for _ in range(limit.burst):
            limit.take(value or candidate_list.pk)

        response = sign(candidate_list, words="Une phrase à ne pas perdre")

    assert (response.status_code, response.headers["Retry-After"]) == (429, retry_after)
    assert words in text_of(response)
    assert "Une phrase à ne pas perdre" in text_of(response)
    assert not Pledge.objects.exists()


def test_too_many_askings_are_said_in_words_and_nothing_is_lost(client):
    for _ in range(20):
        ask(client, VICTIM)

    response = ask(client, VICTIM)

    assert (response.status_code, response.headers["Retry-After"]) == (429, "180")
    assert "Beaucoup de demandes arrivent de votre réseau. Réessayez dans 3 minutes" in text_of(response)
    assert f'value="{VICTIM}"' in text_of(response)


def test_what_one_network_or_mailbox_is_refused_is_not_counted_against_the_list(client, candidate_list):
    for number in range(30):
        sign(candidate_list, network=f"192.0.2.{number}", words=str(number))

    assert limits.SIGNATURES_TO_LIST.wait(candidate_list.pk) == datetime.timedelta()
    assert sum(limits.SIGNATURES_TO_LIST.take(candidate_list.pk) for _ in range(100)) == 90


# --- 8. Guessing who has signed ---


def without_secrets(response):
    """The whole answer but what is drawn anew for everyone: the form's key and its guard."""
    body = re.sub(r'(name="(csrfmiddlewaretoken|started)" [^>]*?value|data-challenge)="[^"]*"', "", response.text)
    cookies = sorted(response.cookies)
    return response.status_code, {**response.headers, "Content-Length": "", "Expires": ""}, cookies, body


@pytest.mark.parametrize("faulty", [False, True])
def test_a_known_and_an_unknown_address_get_the_same_answer(client, faulty):
    SignatoryFactory(pledge=PledgeFactory(published=True), email="connu@example.org")
    guard = guard_data(seconds=0 if faulty else 10)

    known, unknown = (ask(client, f"{name}@example.org", guard=guard) for name in ("connu", "autre"))

    if faulty:
        assert "connu@example.org" in known.text
        known._text = None
    answers = [without_secrets(answer) for answer in (known, unknown)]
    bodies = [answer[-1].replace("connu@", "autre@") for answer in answers]
    assert answers[0][:-1] == answers[1][:-1]
    assert bodies[0] == bodies[1]


@pytest.mark.django_db(transaction=True)
def test_the_time_of_an_answer_does_not_tell_a_known_address(client, settings):
    """Two hundred of each, one after the other, each known one owing its mail: the medians are compared."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}  # a worker sends, as in production
    pledge = PledgeFactory(published=True, signed=True)
    count = 200
    people = [CandidateFactory(candidate_list=pledge.candidate_list) for _ in range(count)]
    for number, person in enumerate(people):
        SignatoryFactory(
            pledge=PledgeFactory(candidate_list=pledge.candidate_list, candidate=person, published=True),
            candidate=person,
            email=f"connu{number}@example.org",
        )
    times = {"connu": [], "autre": []}
    client.get(reverse("private-ask"))  # what the first request alone loads
    gc.collect()
    gc.disable()
    try:
        for number, network in enumerate(networks(count)):
            order = ("connu", "autre") if number % 2 else ("autre", "connu")
            for name in order:
                guard = guard_data()
                begun = time.perf_counter()
                ask(client, f"{name}{number}@example.org", network=network, guard=guard)
                times[name].append(time.perf_counter() - begun)
    finally:
        gc.enable()

    known, unknown = (statistics.median(of_name) * 1000 for of_name in times.values())
    found = [len(task.args_kwargs["args"][0]) for task in DBTaskResult.objects.all()]
    assert sorted(found) == [0] * count + [1] * count
    assert abs(known - unknown) <= 10, f"{known:.1f} ms known, {unknown:.1f} ms unknown"


@pytest.mark.django_db(transaction=True)
def test_a_worker_sends_the_link_to_whoever_asked_and_its_task_knows_no_address(client, settings, smtp):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    SignatoryFactory(pledge=PledgeFactory(published=True), email=VICTIM)
    ask(client, VICTIM)
    ask(client, "autre@example.org")
    asked = str(list(DBTaskResult.objects.values()))

    call_command("db_worker", batch=True, verbosity=0)

    assert "example.org" not in asked
    assert [message["To"] for message in smtp.messages] == [VICTIM]
