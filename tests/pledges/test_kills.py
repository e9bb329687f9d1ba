"""Workers killed for good, as by a power cut: no mail is lost, and none is twice in a mailbox that folds."""

import datetime
import json
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings as portal
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from pledges import emails, invitation_keys, outbox
from pledges.enums import Act, LinkPurpose, MailKind
from pledges.models import Invitation, JournalEntry, MailLink, OutboxMail
from tests.pledges.acts import headed_list, submit
from tests.pledges.factories import (
    CampaignFactory,
    CandidateListFactory,
    ContestFactory,
    ListContactFactory,
    PledgeFactory,
    SignatoryFactory,
)

# A dozen seconds on a quiet machine of two cores; several times that on one that does other things.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]

KILLED = -9
POINTS = ["before the lease", "after the lease", "after composing", "accepted, not marked", "marked"]
IN_THE_DATABASE = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
A_LOOP = datetime.timedelta(seconds=30)  # between two rounds of `make outbox`


@pytest.fixture
def worker(smtp, settings) -> Iterator[Callable[..., int]]:
    """Start a worker on this test's own database and mail server: how it ended."""
    database, port = connection.settings_dict["NAME"], settings.MAILERS["default"]["OPTIONS"]["port"]
    command = [sys.executable, "-m", "tests.pledges.worker_to_kill", str(database), str(port)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=portal.BASE_DIR, **pipes) as nursery:
        assert nursery.stdout.readline() == "ready\n"

        def run(**order: object) -> int:
            nursery.stdin.write(json.dumps(order) + "\n")
            nursery.stdin.flush()
            return int(nursery.stdout.readline())

        yield run
        nursery.stdin.close()


def owe(count: int) -> list[OutboxMail]:
    """So many mails, each to a mailbox of its own, each with a link."""
    signatory = SignatoryFactory(pledge=PledgeFactory())
    contest = signatory.pledge.candidate_list.contest
    return OutboxMail.objects.bulk_create(
        OutboxMail(
            key=f"confirm:{number}",
            kind=MailKind.CONFIRM,
            signatory=signatory,
            pledge=signatory.pledge,
            region=contest.region,
            recipient=f"signataire{number}@example.org",
        )
        for number in range(count)
    )


def let_leases_end() -> None:
    OutboxMail.objects.exclude(leased_until=None).update(leased_until=timezone.now() - datetime.timedelta(seconds=1))


def received(smtp) -> Counter[str]:
    """How many times each mail came."""
    return Counter(message["Message-ID"] for message in smtp.messages)


def test_a_hundred_workers_killed_at_five_points_lose_nothing(worker, smtp):
    mails = owe(100)
    killed_at = {mail: POINTS[number % len(POINTS)] for number, mail in enumerate(mails)}

    ends = [worker(mail=mail.pk, point=point) for mail, point in killed_at.items()]
    held = OutboxMail.objects.filter(leased_until__gt=timezone.now()).count()
    let_leases_end()
    last = worker()

    assert (ends, held, last) == ([KILLED] * 100, 60, 0)
    assert not OutboxMail.objects.filter(sent_at=None).exists()
    # A mailbox that folds what has one Message-ID keeps one of each; the rest is the moment that cannot be closed,
    # between the server's « accepted » and our mark.
    twice = {"accepted, not marked"}
    assert received(smtp) == {emails.message_id(mail): 1 + (point in twice) for mail, point in killed_at.items()}


def test_workers_killed_at_any_moment_lose_nothing(worker, smtp):
    mails = owe(300)
    dice = random.Random(2028)
    kills = 0

    while OutboxMail.objects.owed().exists():
        hurry = {"killed_after": dice.uniform(0.03, 0.4)} if kills < 25 else {}
        kills += worker(**hurry) == KILLED
        let_leases_end()

    copies = received(smtp)
    doubles = copies.total() - len(copies)
    print(f"{len(mails)} mails, {kills} kills, {doubles} raw doubles")
    assert copies.keys() == {emails.message_id(mail) for mail in mails}
    assert kills >= 3
    assert doubles <= kills


def test_whichever_copy_of_a_mail_is_kept_its_link_opens(worker, smtp, settings, client):
    settings.TASKS = IN_THE_DATABASE
    submit(headed_list())
    worker(point="accepted, not marked")
    let_leases_end()
    worker()

    links = [re.search(r"/signer/confirmer/[\w-]+/", message.get_content())[0] for message in smtp.messages]

    assert [client.get(link).status_code for link in links] == [200, 200]
    assert MailLink.objects.filter(purpose=LinkPurpose.CONFIRM).count() == 2


def test_a_task_left_running_for_ever_keeps_no_mail_the_loop_sends_it(worker, smtp, settings):
    settings.TASKS = IN_THE_DATABASE
    submit(headed_list())
    tasks = ["db_worker", "--batch", "--no-startup-delay", "--interval", "0"]

    killed = worker(command=tasks, point="after the lease")
    status = DBTaskResult.objects.get().status
    next_worker = worker(command=tasks)
    still_owed = OutboxMail.objects.owed().count()
    let_leases_end()
    loop = worker(command=["send_outbox", "--every", "1"], killed_after=2)

    assert (killed, status, next_worker, still_owed, loop) == (KILLED, "RUNNING", 0, 1, KILLED)
    assert DBTaskResult.objects.get().status == "RUNNING"  # nobody will ever run it: nothing leans on it
    assert list(received(smtp).values()) == [1]


@pytest.mark.parametrize("state", ["scheduled", "running"])
def test_a_campaign_killed_at_any_moment_asks_everyone_once(worker, smtp, state):
    contest = ContestFactory()
    for row in CandidateListFactory.create_batch(40, contest=contest):
        ListContactFactory(candidate_list=row, email=f"liste{row.pk}@example.org")
    moment = {"launch_at": timezone.now()} if state == "scheduled" else {}
    CampaignFactory(election=contest.election, region=contest.region, running=True, **{**moment, "state": state})
    dice = random.Random(2028)
    kills = 0

    while not kills or Invitation.objects.waiting().exists() or OutboxMail.objects.owed().exists():
        hurry = {"killed_after": dice.uniform(0.03, 0.6)} if kills < 12 else {}
        kills += worker(command=["send_outbox"], **hurry) == KILLED
        let_leases_end()
    worker(command=["send_outbox"])  # nothing is left to do, but the journal of what the last one killed had sent

    copies = received(smtp)
    print(f"40 lists, {kills} kills, {copies.total() - len(copies)} raw doubles")
    assert copies.keys() == {invitation_keys.message_id(key) for key in Invitation.objects.values_list("pk", flat=True)}
    assert (len(copies), Invitation.objects.made().count()) == (40, 40)
    entries = JournalEntry.objects.filter(act=Act.LIST_INVITED)
    assert sorted(entry.details["list"] for entry in entries) == sorted(contest.lists.values_list("pk", flat=True))
    assert copies.total() - len(copies) <= kills


def test_a_mail_whose_worker_died_leaves_within_five_minutes():
    loops = re.findall(r"send_outbox[\s,]*--every[\s,]*\"?(\d+)", (portal.BASE_DIR / "Makefile").read_text())
    loops += re.findall(r"send_outbox, --every, \"(\d+)\"", (portal.BASE_DIR / "docker-compose.yml").read_text())

    assert [datetime.timedelta(seconds=int(seconds)) for seconds in loops] == [A_LOOP, A_LOOP]
    assert datetime.timedelta(minutes=5) >= outbox.LEASE + A_LOOP
