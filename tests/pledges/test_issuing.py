"""Receipts are made once for each content, kept, and forgotten with what they say."""

import datetime
import hashlib
import logging
from pathlib import Path

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from pledges import issuing, receipts
from pledges.actions import retention, review, signing
from pledges.actions.receipts import delete_stray_receipts
from pledges.enums import Capacity, IdentityCheck, ListKind, PledgeState
from pledges.models import Pledge, Receipt
from tests.pledges.acts import confirm, headed_list, links_of, replies, submit
from tests.pledges.factories import (
    CandidateFactory,
    CandidateListFactory,
    PledgeFactory,
    SignatoryFactory,
)
from tests.pledges.test_receipts import WORDS, said_of, signed, text_of
from tests.regions.factories import UserFactory

pytestmark = pytest.mark.django_db


def files():
    try:
        return sorted(default_storage.listdir("receipts")[1])
    except FileNotFoundError:
        return []


def test_a_receipt_is_made_once_for_each_content():
    pledge = signed("in_review")

    first, again = issuing.issue(pledge.pk), issuing.issue(pledge.pk)
    review.publish(pledge, by=UserFactory(), identity_check=IdentityCheck.CALL_BACK)
    second = issuing.issue(pledge.pk)

    assert first == again
    assert first != second
    assert files() == sorted(f"{receipt.content_sha256}.pdf" for receipt in Receipt.objects.all())
    for receipt in Receipt.objects.all():
        pdf = receipt.pdf()
        assert (hashlib.sha256(pdf).hexdigest(), len(pdf)) == (receipt.pdf_sha256, receipt.size)


def test_what_comes_back_to_what_it_said_comes_back_to_its_receipt():
    pledge, moderator = signed(), UserFactory()
    first = issuing.issue(pledge.pk)

    review.suspend(pledge, by=moderator, reason="Un doute.")
    suspended = issuing.issue(pledge.pk)
    review.resume(pledge, by=moderator)

    assert issuing.issue(pledge.pk) == first
    assert suspended != first


@pytest.mark.django_db(transaction=True)
def test_twenty_who_ask_at_once_get_the_same_receipt(in_threads):
    pledge = signed()

    answers = in_threads(lambda: issuing.issue(pledge.pk).pdf_sha256, 20)

    receipt = Receipt.objects.get()
    assert answers == [receipt.pdf_sha256] * 20
    assert files() == [f"{receipt.content_sha256}.pdf"]


@pytest.mark.django_db(transaction=True)
def test_the_task_makes_it_at_each_turn_of_a_pledges_life():
    made = []
    pledge, moderator = submit(headed_list(), statement=WORDS), UserFactory()
    steps = [
        lambda: confirm(pledge),
        lambda: review.publish(pledge, by=moderator, identity_check=IdentityCheck.CALL_BACK),
        lambda: review.suspend(pledge, by=moderator, reason="Un doute."),
        lambda: review.resume(pledge, by=moderator),
    ]

    for step in steps:
        step()
        made.append(pledge.receipts.count())
    amendment = signing.amend(pledge.signatories.get(), replies=replies(pledge.candidate_list, 1))
    review.publish(amendment, by=moderator, identity_check=IdentityCheck.CALL_BACK)
    made += [amendment.receipts.count(), pledge.receipts.count()]

    assert made == [1, 2, 3, 3, 2, 4]


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_takes_away_the_receipts_of_all_that_the_signer_said():
    pledge, moderator = confirm(submit(headed_list())), UserFactory()
    review.publish(pledge, by=moderator, identity_check=IdentityCheck.CALL_BACK)
    amendment = signing.amend(pledge.signatories.get(), replies=replies(pledge.candidate_list, 1))
    review.publish(amendment, by=moderator, identity_check=IdentityCheck.CALL_BACK)
    other = signed()
    issuing.issue(other.pk)
    before = len(files())

    signing.withdraw(amendment)

    assert before == 6
    assert [receipt.pledge for receipt in Receipt.objects.all()] == [other]
    assert files() == [f"{other.receipts.get().content_sha256}.pdf"]
    assert [issuing.issue(pledge.pk), issuing.issue(amendment.pk)] == [None, None]


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_that_fails_keeps_the_files():
    pledge = signed()
    issuing.issue(pledge.pk)

    with transaction.atomic():
        signing.withdraw(pledge)
        transaction.set_rollback(True)

    assert len(files()) == Receipt.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_during_the_making_leaves_nothing(monkeypatch):
    pledge = signed()
    render = receipts.render

    def render_slowly(said):
        pdf = render(said)
        signing.withdraw(Pledge.objects.get(pk=pledge.pk))
        return pdf

    monkeypatch.setattr(receipts, "render", render_slowly)

    assert issuing.issue(pledge.pk) is None
    assert (Receipt.objects.count(), files()) == (0, [])


@pytest.mark.django_db(transaction=True)
def test_a_change_during_the_making_makes_the_receipt_of_what_is_said_now(monkeypatch):
    pledge, moderator, render, renders = signed("in_review"), UserFactory(), receipts.render, []

    def render_slowly(said):
        renders.append(said)
        if len(renders) == 1:
            Pledge.objects.filter(pk=pledge.pk).update(
                state=PledgeState.PUBLISHED,
                published_at=timezone.now(),
                decided_at=timezone.now(),
                decided_by=moderator,
                identity_check=IdentityCheck.CALL_BACK,
            )
        return render(said)

    monkeypatch.setattr(receipts, "render", render_slowly)
    receipt = issuing.issue(pledge.pk)

    assert "Publié le" in text_of(receipt.pdf())
    assert Receipt.objects.get() == receipt


@pytest.mark.parametrize("state", ["withdrawn", "declined"])
def test_nothing_is_made_of_what_has_ended(state):
    assert issuing.issue(signed(state).pk) is None
    assert files() == []


@pytest.mark.django_db(transaction=True)
def test_a_signature_that_waits_for_the_other_member_has_no_receipt_and_leaves_no_file():
    pair = CandidateListFactory(kind=ListKind.PAIR)
    pledge = PledgeFactory(candidate_list=pair)
    for number in range(2):
        SignatoryFactory(
            pledge=pledge,
            capacity=Capacity.MEMBER,
            candidate=CandidateFactory(candidate_list=pair),
            email=f"{number}@example.org",
        )
    signing.confirm(links_of(pledge)[0][0])

    assert issuing.issue(pledge.pk) is None
    with time_machine.travel(timezone.now() + datetime.timedelta(days=8), tick=False):
        purged = retention.purge_expired()

    assert (purged.pledges, purged.stray_receipts, files()) == (1, 0, [])


def test_a_lost_file_is_made_again_the_same():
    pledge = signed()
    receipt = issuing.issue(pledge.pk)
    default_storage.delete(receipt.file.name)

    again = issuing.issue(pledge.pk)

    assert again == receipt
    assert hashlib.sha256(again.pdf()).hexdigest() == receipt.pdf_sha256


def test_a_file_left_by_a_crash_is_replaced_then_swept():
    pledge = signed()
    digest = receipts.content_sha256(said_of(pledge))
    folder = Path(default_storage.path("receipts"))
    folder.mkdir(parents=True)
    (folder / f"{digest}.pdf").write_bytes(b"%PDF half")
    (folder / "stray.pdf").write_bytes(b"%PDF of nobody")

    receipt = issuing.issue(pledge.pk)
    fresh = delete_stray_receipts()
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=2), tick=False):
        purged = retention.purge_expired()

    assert len(receipt.pdf()) == receipt.size
    assert (fresh, purged.stray_receipts) == (0, 1)
    assert files() == [f"{digest}.pdf"]


def test_a_full_disk_fails_the_task_in_one_line_and_leaves_nothing(monkeypatch, caplog):
    pledge = signed()

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setattr("django.core.files.storage.FileSystemStorage._save", full)
        done = issuing.try_to_issue(pledge.pk)

    assert (done, Receipt.objects.count(), files()) == (False, 0, [])
    assert [record.getMessage() for record in caplog.records] == [
        f"receipt of pledge {pledge.pk} not made: OSError: [Errno 28] No space left on device"
    ]
    assert issuing.try_to_issue(pledge.pk)


def test_a_template_that_does_not_compile_is_said_in_the_log_and_not_to_the_signer(monkeypatch, tmp_path, caplog):
    broken = tmp_path / "receipt.typ"
    broken.write_text("= A heading\n=== A level was skipped")
    monkeypatch.setattr(receipts, "TEMPLATE", broken)

    assert not issuing.try_to_issue(signed().pk)
    assert "DrawingError" in caplog.text
    assert WORDS not in caplog.text


# --- The database's own rules ---


def row(pledge, **changes):
    digest = "a" * 64
    values = {"content_sha256": digest, "pdf_sha256": "b" * 64, "file": f"receipts/{digest}.pdf", "size": 1}
    return Receipt.objects.create(pledge=pledge, made_at=timezone.now(), **{**values, **changes})


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"file": "receipts/other.pdf"}, "receipt_is_named_after_its_content"),
        ({"pdf_sha256": ""}, "receipt_file_has_a_fingerprint"),
    ],
)
def test_the_database_refuses_a_receipt_that_proves_nothing(changes, rule):
    with pytest.raises(IntegrityError, match=rule):
        row(signed(), **changes)


def test_a_content_has_one_receipt():
    pledge = signed()
    row(pledge)

    with pytest.raises(IntegrityError):
        row(pledge)


def test_a_pledge_with_receipts_is_not_deleted_with_their_files_left_behind():
    pledge = signed()
    issuing.issue(pledge.pk)

    with pytest.raises(ProtectedError):
        pledge.delete()


def test_withdrawing_answers_that_wait_leaves_the_receipts_of_what_is_published():
    published = PledgeFactory(published=True, signed=True)
    issuing.issue(published.pk)
    amendment = PledgeFactory(
        candidate_list=published.candidate_list,
        charter=published.charter,
        amends=published,
        in_review=True,
        signed=True,
    )
    issuing.issue(amendment.pk)

    signing.withdraw(amendment)

    assert list(Receipt.objects.values_list("pledge", flat=True)) == [published.pk]
