"""Several people, and workers that die, at the same import: one effect, whole or nothing, on real connections."""

import datetime
import subprocess
import sys

import pytest
from django.conf import settings as portal
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from pledges.actions import import_job, imports
from pledges.actions.import_state import ImportMovedError
from pledges.enums import ImportState
from pledges.models import Candidate, CandidateImport, JournalEntry
from regions.models import Revision
from tests.pledges.factories import ElectionFactory
from tests.pledges.official_files import follower, person, text_file
from tests.regions.factories import MembershipFactory, NetworkFactory, RegionFactory

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 8
ROWS = [person("EXEMPLE"), follower("ESSAI")]
KILLED = -9


@pytest.fixture
def member():
    return MembershipFactory(network=NetworkFactory(regions=[RegionFactory(code="53", name="Bretagne")])).user


@pytest.fixture
def election(member):
    return ElectionFactory()


def send(election, member, rows=ROWS):
    return CandidateImport.objects.get(
        pk=imports.send(election, SimpleUploadedFile("a.csv", text_file(rows)), by=member).pk
    )


def states():
    return sorted(CandidateImport.objects.values_list("state", flat=True))


def test_an_import_accepted_by_several_at_once_is_written_once(in_threads, election, member):
    sent, before = send(election, member), Revision.current()

    outcomes = in_threads(lambda: imports.accept(sent, fingerprint=sent.fingerprint, by=member), THREADS)

    refused = [outcome for outcome in outcomes if isinstance(outcome, ImportMovedError)]
    assert len(refused) == THREADS - 1
    assert (states(), JournalEntry.objects.count(), Candidate.objects.count()) == ([ImportState.DONE], 1, 2)
    assert Revision.current() == before + 1


def test_two_imports_of_an_election_at_once_one_is_written_and_the_other_shown_again(in_threads, election, member):
    sent = [send(election, member), send(election, member, [*ROWS, follower("TROIS", rank="3")])]
    waiting = list(sent)

    in_threads(lambda: imports.accept((one := waiting.pop()), fingerprint=one.fingerprint, by=member), 2)

    assert states() == [ImportState.DONE, ImportState.READY]
    assert CandidateImport.objects.get(state=ImportState.READY).is_renewed
    assert JournalEntry.objects.count() == 1


def test_accepted_and_given_up_at_once_is_one_of_the_two(in_threads, election, member):
    sent = send(election, member)
    acts = [lambda: imports.cancel(sent, by=member)] * 4
    acts += [lambda: imports.accept(sent, fingerprint=sent.fingerprint, by=member)] * 4

    in_threads(lambda: acts.pop()(), THREADS)  # noqa: PLW0108  each thread takes its own

    [state] = states()
    written = Candidate.objects.count()
    assert (state, written) in [(ImportState.DONE, 2), (ImportState.CANCELLED, 0)]


def test_several_workers_at_one_import_do_it_once(in_threads, election, member, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(imports, "_enqueue", lambda candidate_import: None)
        sent = send(election, member)

    outcomes = in_threads(lambda: import_job.work(sent.pk), THREADS)

    assert (sorted(outcomes), states()) == ([False] * (THREADS - 1) + [True], [ImportState.READY])


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("point", "left"), [("reading", ImportState.ACCEPTED), ("written, not committed", ImportState.WRITING)]
)
def test_a_worker_killed_leaves_nothing_and_another_does_it_all(election, member, monkeypatch, settings, point, left):
    sent = send(election, member)
    with monkeypatch.context() as patch:
        patch.setattr(imports, "_enqueue", lambda candidate_import: None)
        imports.accept(sent, fingerprint=sent.fingerprint, by=member)
    database, folder = connection.settings_dict["NAME"], settings.DATA_DIR
    command = [sys.executable, "-m", "tests.pledges.import_worker_to_kill", database, folder, sent.pk, point]

    ended = subprocess.run(list(map(str, command)), cwd=portal.BASE_DIR, check=False).returncode

    sent.refresh_from_db()
    assert (ended, sent.state, sent.is_stalled) == (KILLED, left, False)
    assert (Candidate.objects.count(), JournalEntry.objects.count()) == (0, 0)
    with pytest.raises(ImportMovedError):
        imports.restart(sent)

    # Its lease runs out, and someone starts it again.
    CandidateImport.objects.update(leased_until=timezone.now() - datetime.timedelta(seconds=1))
    sent.refresh_from_db()
    assert sent.is_stalled
    imports.restart(sent)

    assert (states(), Candidate.objects.count(), JournalEntry.objects.count()) == ([ImportState.DONE], 2, 1)
