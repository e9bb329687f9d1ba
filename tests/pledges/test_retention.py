import datetime
import re

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from pledges import failures, limits, outbox, tasks
from pledges.actions import recording, signing
from pledges.actions.retention import Purged, purge_expired
from pledges.enums import Act, MailKind, PledgeState
from pledges.models import Allowance, JournalEntry, MailLink, OutboxMail, Pledge, Signatory, SpentProof
from tests.pledges.acts import headed_list, links_of, submit
from tests.pledges.factories import ElectionFactory, ListContactFactory, PledgeFactory, SignatoryFactory

pytestmark = pytest.mark.django_db

DAY = EVERY_DAY = datetime.timedelta(days=1)
SECOND = datetime.timedelta(seconds=1)
DAY = datetime.timedelta(days=1)
WEEK = datetime.timedelta(days=7)


@pytest.mark.parametrize(("after", "deleted"), [(WEEK - SECOND, 0), (WEEK + SECOND, 1)])
def test_a_signature_never_confirmed_goes_after_seven_days_to_the_second(after, deleted):
    pledge = submit(headed_list())  # its mail still waits: nobody is reminded

    with time_machine.travel(pledge.submitted_at + after, tick=False):
        purged = purge_expired()

    assert purged == Purged(pledges=deleted, contacts=0, addresses=0, requests=1)
    assert Pledge.objects.count() == Signatory.objects.count() == OutboxMail.objects.count() == 1 - deleted
    assert JournalEntry.objects.filter(act=Act.PLEDGE_EXPIRED, pledge=pledge.pk).count() == deleted


@pytest.mark.parametrize("state", [state for state in PledgeState if state != PledgeState.SUBMITTED])
def test_a_confirmed_signature_stays(state):
    PledgeFactory(**{state: True}, submitted_at=timezone.now() - 10 * WEEK)

    assert not purge_expired()


def test_a_signature_confirmed_a_moment_ago_stays():
    pledge = submit(headed_list())
    [(link, _token)] = links_of(pledge)
    with time_machine.travel(pledge.submitted_at + WEEK - SECOND, tick=False) as clock:
        signing.confirm(link)
        clock.shift(2 * SECOND)

        purged = purge_expired()

    assert purged.pledges == 0


@pytest.mark.parametrize(("days", "forgotten"), [(183, 0), (184, 1)])
def test_contacts_go_six_months_after_the_mandate(days, forgotten):
    pledge = PledgeFactory(published=True, candidate_list__contest__election=ElectionFactory(past=True))
    SignatoryFactory(pledge=pledge, phone="0600000000")
    SignatoryFactory(pledge=PledgeFactory(published=True))  # of a mandate to come
    ends_on = pledge.candidate_list.contest.election.mandate_ends_on

    with time_machine.travel(datetime.datetime.combine(ends_on, datetime.time(12)) + datetime.timedelta(days=days)):
        purged = purge_expired()

    assert purged == Purged(pledges=0, contacts=forgotten, addresses=0, requests=0)
    assert Signatory.objects.filter(email="", phone="").count() == forgotten


@pytest.mark.parametrize(("days", "forgotten"), [(183, 0), (184, 1)])
def test_what_an_archive_still_owed_leaves_no_more_and_its_links_open_nothing(smtp, days, forgotten):
    pledge = submit(headed_list())
    links_of(pledge)
    Pledge.objects.update(submitted_at=timezone.now() + 20 * 366 * DAY)  # never confirmed is another reason to go
    ends_on = pledge.candidate_list.contest.election.mandate_ends_on
    at = datetime.datetime.combine(ends_on, datetime.time(12)) + datetime.timedelta(days=days)

    with time_machine.travel(at):
        purged = purge_expired()
        again = purge_expired()

    kept = OutboxMail.objects.exclude(recipient="").count()
    assert (kept, MailLink.objects.count()) == (1 - forgotten, 1 - forgotten)
    assert (purged.addresses, purged.links, purged.contacts) == (forgotten, forgotten, forgotten)
    assert (again.addresses, again.links, again.contacts) == (0, 0, 0)
    if forgotten:
        mail = OutboxMail.objects.get()
        assert (mail.last_error, mail.abandoned_at is None) == (failures.NO_ADDRESS, False)
        assert outbox.deliver_due() == (0, 0)


@pytest.mark.parametrize(("days", "forgotten"), [(30, 0), (31, 1)])
def test_the_address_of_a_list_goes_a_month_after_the_second_round(days, forgotten):
    contact = ListContactFactory()
    voted_on = contact.candidate_list.contest.election.second_round_on
    at = datetime.datetime.combine(voted_on, datetime.time(12)) + datetime.timedelta(days=days)

    with time_machine.travel(at):
        ListContactFactory()  # of an election to come
        purged = purge_expired()
        again = purge_expired()

    contact.refresh_from_db()
    assert (purged.list_addresses, again.list_addresses) == (forgotten, 0)
    assert (contact.email == "", contact.source == "", contact.erased_at is not None) == (bool(forgotten),) * 3


def test_the_record_of_an_archive_is_kept_whole():
    pledge = PledgeFactory(published=True, signed=True, candidate_list__contest__election=ElectionFactory(past=True))
    recording.record(Act.PLEDGE_PUBLISHED, pledge, reason="Un motif.")
    before = list(JournalEntry.objects.values()), list(Pledge.objects.values())

    with time_machine.travel(datetime.datetime(2029, 1, 1, 12, tzinfo=datetime.UTC)):
        purge_expired()

    assert (list(JournalEntry.objects.values()), list(Pledge.objects.values())) == before


@pytest.mark.parametrize(("days", "forgotten"), [(29, 0), (31, 1)])
def test_the_address_of_a_mail_given_up_goes_after_thirty_days(days, forgotten):
    submit(headed_list())
    OutboxMail.objects.update(abandoned_at=timezone.now() - datetime.timedelta(days=days))

    purged = purge_expired()

    assert purged == Purged(pledges=0, contacts=0, addresses=forgotten, requests=0)
    assert OutboxMail.objects.filter(recipient="").count() == forgotten


@pytest.mark.parametrize(("after", "forgotten"), [(4 * DAY - SECOND, 0), (4 * DAY + SECOND, 1)])
def test_the_hashed_address_of_a_request_goes_once_its_limit_is_whole_again(after, forgotten):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(3):
            limits.MAILS_TO_UNPROVED.take("tete@example.org")
        clock.shift(after)

        purged = purge_expired()

    assert purged == Purged(pledges=0, contacts=0, addresses=0, requests=forgotten)
    assert Allowance.objects.count() == 1 - forgotten


def test_no_limit_keeps_a_hashed_address_for_thirty_days():
    kept = [limit.per for limit in vars(limits).values() if isinstance(limit, limits.Limit)]

    assert max(kept) + limits.DAY + EVERY_DAY < datetime.timedelta(days=30)


@pytest.mark.parametrize(("after", "forgotten"), [(DAY - SECOND, 0), (DAY + SECOND, 1)])
def test_a_spent_proof_goes_a_day_after_it_is_worth_nothing(after, forgotten):
    proof = SpentProof.objects.create(digest="0" * 64, expires_at=timezone.now())

    with time_machine.travel(proof.expires_at + after, tick=False):
        purged = purge_expired()

    assert purged == Purged(pledges=0, contacts=0, addresses=0, requests=forgotten)
    assert SpentProof.objects.count() == 1 - forgotten


def test_the_command_counts_and_can_be_repeated(capsys):
    pledge = submit(headed_list())
    with time_machine.travel(pledge.submitted_at + WEEK + SECOND):
        call_command("purge_expired")
        call_command("purge_expired")

    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("Effacés : 1 signatures jamais confirmées, les coordonnées de 0 signataires, 0 questions")
    assert second == "Rien à effacer."


# --- The reminder ---


@pytest.fixture
def mailed(smtp):
    """A signature whose confirmation mail has left."""
    pledge = submit(headed_list())
    outbox.deliver_due()
    assert len(smtp.messages) == 1
    return pledge


def purged_after(pledge, *moments):
    """What each purge does, so long after the signature."""
    outcomes = []
    for moment in moments:
        with time_machine.travel(pledge.submitted_at + moment, tick=False):
            outcomes.append((purge_expired().reminders, outbox.deliver_due()[0]))
    return outcomes


def test_a_reminder_leaves_once_two_days_before_the_signature_goes(mailed, smtp):
    outcomes = purged_after(mailed, 5 * DAY - SECOND, 5 * DAY + SECOND, 5 * DAY + SECOND, 6 * DAY, 7 * DAY - SECOND)

    assert outcomes == [(0, 0), (1, 1), (0, 0), (0, 0), (0, 0)]
    assert [message["Subject"] for message in smtp.messages] == [
        "Confirmez votre signature de la charte de l’ESS",
        "Rappel : votre signature attend votre confirmation",
    ]


def test_the_link_of_a_reminder_is_fresh_and_confirms(mailed, smtp, client):
    purged_after(mailed, 5 * DAY + SECOND)
    [link] = re.findall(r"/signer/confirmer/[\w-]+/", smtp.messages[-1].get_content())
    first = smtp.messages[0].get_content()

    with time_machine.travel(mailed.submitted_at + 6 * DAY):
        client.post(link, {"is_me": "on"})
        page = client.get(link)

    mailed.refresh_from_db()
    assert (link not in first, mailed.state, page.status_code) == (True, PledgeState.IN_REVIEW, 200)


def test_whoever_confirmed_is_not_reminded(smtp):
    pledge = PledgeFactory(submitted_at=timezone.now() - 6 * DAY)
    done = SignatoryFactory(pledge=pledge, confirmed_at=timezone.now())
    waiting = SignatoryFactory(pledge=pledge, mandatary=True, confirmed_at=None)

    assert purge_expired().reminders == 1
    assert list(OutboxMail.objects.values_list("signatory", flat=True)) == [waiting.pk] != [done.pk]


def test_a_reminder_held_by_the_silence_does_not_leave_to_whoever_confirmed_meanwhile(mailed, smtp):
    with time_machine.travel(mailed.submitted_at + 5 * DAY + SECOND, tick=False):
        purge_expired()
        for link, _token in links_of(mailed):
            signing.confirm(link)
        outbox.deliver_due()

    assert [message["Subject"] for message in smtp.messages] == [
        "Confirmez votre signature de la charte de l’ESS",
        "Signature confirmée : le réseau va vérifier",
    ]
    assert OutboxMail.objects.get(kind=MailKind.REMINDER).last_error == failures.OVERTAKEN


@pytest.mark.django_db(transaction=True)
def test_purges_at_the_same_moment_remind_once(in_threads, mailed, smtp):
    Pledge.objects.update(submitted_at=timezone.now() - 6 * DAY)

    in_threads(purge_expired, 6)

    assert OutboxMail.objects.filter(kind=MailKind.REMINDER).count() == 1
    assert len(smtp.messages) == 2


def test_the_command_counts_the_reminders(mailed, capsys):
    Allowance.objects.all().delete()  # what the mail has used up is another count
    with time_machine.travel(mailed.submitted_at + 6 * DAY):
        call_command("purge_expired")
        call_command("purge_expired")

    reminded, *nothing = capsys.readouterr().out.splitlines()
    assert reminded == "Rappels dus avant effacement : 1."
    assert nothing == ["Rien à effacer."] * 2


def test_tasks_are_forgotten_after_two_weeks_even_those_left_running_by_a_killed_worker(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    results = [tasks.send_mail.enqueue(1) for _ in range(3)]
    old = [result.id for result in results[:2]]
    DBTaskResult.objects.filter(pk__in=old).update(enqueued_at=timezone.now() - datetime.timedelta(days=15))
    DBTaskResult.objects.filter(pk=old[0]).update(status="RUNNING", started_at=timezone.now())

    purged = purge_expired()

    assert purged.tasks == 2
    assert [str(pk) for pk in DBTaskResult.objects.values_list("pk", flat=True)] == [results[2].id]
