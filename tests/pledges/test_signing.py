import contextlib
import datetime

import pytest
import time_machine
from django.utils import timezone

from pledges.actions import signing
from pledges.actions.transitions import TransitionError
from pledges.enums import Act, Answer, CandidateRole, Capacity, ListKind, MailKind, PledgeState
from pledges.models import Commitment, MailLink, OutboxMail, Pledge, Signatory
from regions.models import Revision
from tests.pledges.acts import confirm, head_of, headed_list, links_of, replies, submit
from tests.pledges.factories import CandidateFactory, PledgeFactory, SignatoryFactory

pytestmark = pytest.mark.django_db


def acts(pledge):
    """What became of it, in order; what was agreed to has its own tests, in test_consents.py."""
    entries = pledge.entries.exclude(act__in=(Act.CONSENT_GIVEN, Act.CONSENT_WITHDRAWN)).order_by("pk")
    return list(entries.values_list("act", flat=True))


def test_a_submitted_signature_keeps_answers_and_owes_a_link():
    candidate_list = headed_list()

    pledge = submit(candidate_list, numbers=(1, 3), statement="Dès le premier budget.")

    assert (pledge.state, pledge.charter, pledge.candidate) == (
        PledgeState.SUBMITTED,
        candidate_list.contest.election.charter,
        None,
    )
    assert list(pledge.commitments.values_list("principle__number", "answer", "statement")) == [
        (1, Answer.COMMITS, "Dès le premier budget."),
        (3, Answer.COMMITS, "Dès le premier budget."),
    ]
    assert list(OutboxMail.objects.values_list("kind", "recipient")) == [(MailKind.CONFIRM, "tete@example.org")]
    assert acts(pledge) == [Act.PLEDGE_SUBMITTED]


def test_the_two_consents_are_apart_and_dated():
    submit(headed_list())

    signatory = Signatory.objects.get()
    assert signatory.consented_to_publication_at is not None
    assert signatory.consented_to_contact_at is None


def test_the_address_is_not_in_the_fingerprint_of_the_sender():
    pledge = submit(headed_list(), email="Tete@Example.org")

    assert len(pledge.sender_digest) == 64
    assert "tete" not in pledge.sender_digest


def test_the_same_signature_sent_twice_is_one_and_owes_one_mail():
    candidate_list = headed_list()

    first, second = submit(candidate_list), submit(candidate_list, email="TETE@example.org")

    assert first == second
    assert OutboxMail.objects.count() == 1


def test_the_mail_goes_again_to_who_signs_again_ten_minutes_later():
    candidate_list = headed_list()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        submit(candidate_list)
        clock.shift(signing.SEND_AGAIN_AFTER - datetime.timedelta(seconds=1))
        submit(candidate_list)
        too_soon = OutboxMail.objects.count()
        clock.shift(datetime.timedelta(seconds=2))

        submit(candidate_list)

    assert (too_soon, OutboxMail.objects.count(), Pledge.objects.count()) == (1, 2, 1)


def test_other_answers_from_the_same_mailbox_undo_nothing_that_was_sent():
    candidate_list = headed_list()
    first = submit(candidate_list, numbers=(1,))
    [(link, _token)] = links_of(first)

    second = submit(candidate_list, numbers=(1, 2))

    assert set(Pledge.objects.all()) == {first, second}
    assert MailLink.objects.usable().filter(pk=link.pk).exists()
    assert confirm(first).state == PledgeState.IN_REVIEW  # the one that is confirmed counts
    assert second.state == PledgeState.SUBMITTED


def test_a_stranger_who_knows_both_addresses_undoes_no_confirmation_of_a_pair():
    pledge = submit_for_pair()
    (first, _token), (second, _other) = links_of(pledge)
    signing.confirm(first)

    submit_for_pair(pledge.candidate_list, statement="Des mots d’un autre.")

    assert signing.confirm(second).state == PledgeState.IN_REVIEW


def test_two_mailboxes_given_the_wrong_way_round_are_put_right():
    pledge = submit_for_pair()
    emails = [one.email for one in pledge.signatories.order_by("pk")]

    corrected = submit_for_pair(pledge.candidate_list, emails=emails[::-1])

    assert [one.email for one in corrected.signatories.order_by("pk")] == emails[::-1]


def test_a_pledge_that_goes_while_its_link_is_open_is_said_to_be_over():
    pledge = submit(headed_list())
    [(link, _token)] = links_of(pledge)
    pledge.delete()

    with pytest.raises(signing.LinkUnusableError):
        signing.confirm(link)


def test_a_stranger_cannot_hold_a_list_by_signing_first():
    candidate_list = headed_list()
    submit(candidate_list, email="farceur@example.org")

    pledge = confirm(submit(candidate_list))

    assert pledge.state == PledgeState.IN_REVIEW


def test_signing_is_refused_when_signatures_are_closed():
    candidate_list = headed_list()
    closes_on = candidate_list.contest.election.signing_closes_on

    with (
        time_machine.travel(timezone.now() + datetime.timedelta(days=60)),
        pytest.raises(signing.SigningClosedError, match=str(closes_on.year)),
    ):
        submit(candidate_list)

    assert not Pledge.objects.exists()


def test_confirming_starts_the_review_and_tells_the_signer():
    pledge = submit(headed_list())

    pledge = confirm(pledge)

    assert (pledge.state, pledge.sender_digest) == (PledgeState.IN_REVIEW, "")
    assert pledge.confirmed_at == pledge.signatories.get().confirmed_at
    assert acts(pledge) == [Act.PLEDGE_SUBMITTED, Act.SIGNATURE_CONFIRMED, Act.PLEDGE_IN_REVIEW]
    assert OutboxMail.objects.filter(kind=MailKind.IN_REVIEW).count() == 1


def test_a_spent_link_changes_nothing():
    pledge = submit(headed_list())
    [(link, _token)] = links_of(pledge)
    signing.confirm(link)

    with pytest.raises(signing.LinkUnusableError):
        signing.confirm(link)

    assert acts(pledge).count(Act.SIGNATURE_CONFIRMED) == 1


def test_two_links_of_the_same_person_confirm_once():
    pledge = submit(headed_list())
    [(first, _)], [(second, _)] = links_of(pledge), links_of(pledge)
    signing.confirm(first)

    with pytest.raises(signing.LinkUnusableError):
        signing.confirm(second)

    assert acts(pledge).count(Act.SIGNATURE_CONFIRMED) == 1


@pytest.mark.parametrize(("seconds", "works"), [(-1, True), (1, False)])
def test_a_link_lives_seven_days_to_the_second(seconds, works):
    pledge = submit(headed_list())
    [(link, _token)] = links_of(pledge)

    with (
        time_machine.travel(link.expires_at + datetime.timedelta(seconds=seconds), tick=False),
        contextlib.suppress(signing.LinkUnusableError),
    ):
        signing.confirm(link)

    pledge.refresh_from_db()
    assert (pledge.state == PledgeState.IN_REVIEW) is works


def submit_for_pair(pair=None, *, emails=(), statement=""):
    if pair is None:
        pair = headed_list(kind=ListKind.PAIR)
        pair.candidates.all().delete()
        for _ in range(2):
            CandidateFactory(candidate_list=pair, role=CandidateRole.CANDIDATE)
    members = list(pair.candidates.order_by("pk"))
    emails = emails or [f"m{member.pk}@example.org" for member in members]
    return signing.submit(
        pair,
        signers=[
            signing.Signer(
                Capacity.MEMBER,
                member.full_name,
                email,
                candidate=member,
                accepts_publication=False,
            )
            for member, email in zip(members, emails, strict=True)
        ],
        replies=replies(pair, statement=statement),
    )


def test_both_members_of_a_pair_confirm_before_the_review():
    (first, _), (second, _) = links_of(submit_for_pair())

    halfway = signing.confirm(first).state
    whole = signing.confirm(second).state

    assert (halfway, whole) == (PledgeState.SUBMITTED, PledgeState.IN_REVIEW)


def test_each_member_of_a_pair_consents_when_confirming_and_not_before():
    (first, _), (_second, _) = links_of(submit_for_pair())

    signing.confirm(first, accepts_contact=True)

    assert [
        (signatory.consented_to_publication_at is not None, signatory.consented_to_contact_at is not None)
        for signatory in Signatory.objects.order_by("pk")
    ] == [(True, True), (False, False)]


@pytest.mark.parametrize("state", ["in_review", "published", "suspended"])
def test_a_second_pledge_of_the_same_list_is_not_confirmed_and_its_link_stays_good(state):
    candidate_list = headed_list()
    PledgeFactory(candidate_list=candidate_list, **{state: True})
    [(link, _token)] = links_of(submit(candidate_list))

    with pytest.raises(signing.AlreadySignedError):
        signing.confirm(link)

    link.refresh_from_db()
    assert link.is_usable


@pytest.mark.parametrize("state", ["declined", "withdrawn", "superseded"])
def test_a_list_may_sign_again_once_its_pledge_has_ended(state):
    candidate_list = headed_list()
    PledgeFactory(candidate_list=candidate_list, **{state: True})

    pledge = confirm(submit(candidate_list))

    assert pledge.state == PledgeState.IN_REVIEW


def test_a_personal_pledge_and_the_lists_are_different_things():
    candidate_list = headed_list()
    PledgeFactory(candidate_list=candidate_list, published=True)
    candidate = CandidateFactory(candidate_list=candidate_list)
    pledge = signing.submit(
        candidate_list,
        candidate=candidate,
        signers=[signing.Signer(Capacity.SELF, candidate.full_name, "moi@example.org", candidate=candidate)],
        replies=replies(candidate_list),
    )

    pledge = confirm(pledge)

    assert (pledge.state, pledge.signer) == (PledgeState.IN_REVIEW, candidate)


@pytest.mark.parametrize("state", ["in_review", "published", "suspended"])
def test_withdrawing_keeps_the_dated_fact_and_forgets_the_contact(state):
    pledge = PledgeFactory(**{state: True})
    SignatoryFactory(pledge=pledge, email="tete@example.org", phone="0600000000")
    before = Revision.current()

    signing.withdraw(pledge, reason="La liste a changé d’avis.")

    pledge.refresh_from_db()
    assert pledge.state == PledgeState.WITHDRAWN
    assert pledge.withdrawn_at is not None
    assert list(pledge.signatories.values_list("email", "phone")) == [("", "")]
    assert list(pledge.mails.values_list("kind", "recipient")) == [(MailKind.WITHDRAWN, "tete@example.org")]
    assert list(pledge.entries.values_list("act", "wording__reason")) == [
        (Act.PLEDGE_WITHDRAWN, "La liste a changé d’avis.")
    ]
    assert Revision.current() > before


@pytest.mark.parametrize("state", [None, "declined", "withdrawn", "superseded"])
def test_what_is_not_confirmed_or_has_ended_cannot_be_withdrawn(state):
    pledge = PledgeFactory(**({state: True} if state else {}))

    with pytest.raises(TransitionError):
        signing.withdraw(pledge)

    assert not pledge.entries.exists()


def test_an_unconfirmed_pledge_takes_everything_with_it_but_the_journal():
    pledge = submit(headed_list())
    key = pledge.pk

    pledge.delete()

    assert not Signatory.objects.exists()
    assert not Commitment.objects.exists()
    assert not OutboxMail.objects.exists()
    assert acts(Pledge(pk=key)) == [Act.PLEDGE_SUBMITTED]


def test_a_consent_given_in_the_form_keeps_its_date_when_it_is_confirmed():
    pledge = submit(headed_list())
    given_at = pledge.signatories.get().consented_to_publication_at

    with time_machine.travel(timezone.now() + datetime.timedelta(days=1)):
        confirm(pledge)

    assert pledge.signatories.get().consented_to_publication_at == given_at


@pytest.mark.parametrize("change", ["statement", "phone"])
def test_the_least_change_in_what_is_signed_is_another_signature(change):
    candidate_list = headed_list()
    first = submit(candidate_list, numbers=(1,))

    if change == "statement":
        second = submit(candidate_list, numbers=(1,), statement="Une précision.")
    else:
        signers = [head_of(candidate_list, phone="06 00 00 00 00")]
        second = signing.submit(candidate_list, signers=signers, replies=replies(candidate_list, 1))

    assert second.pk != first.pk
    assert set(Pledge.objects.all()) == {first, second}


def test_a_candidate_and_their_list_may_both_be_signed_for_from_one_mailbox():
    candidate_list = headed_list()
    head = candidate_list.candidates.get()
    of_list = submit(candidate_list)

    alone = signing.submit(
        candidate_list,
        candidate=head,
        signers=[signing.Signer(Capacity.SELF, head.full_name, "tete@example.org", candidate=head)],
        replies=replies(candidate_list),
    )

    assert set(Pledge.objects.all()) == {of_list, alone}


def test_only_who_has_not_confirmed_is_written_to_again():
    pledge = submit_for_pair()
    (first, _), (second, _) = links_of(pledge)
    signing.confirm(first)
    signers = [
        signing.Signer(
            Capacity.MEMBER, member.full_name, member.email, candidate=member.candidate, accepts_publication=False
        )
        for member in pledge.signatories.order_by("pk")
    ]

    with time_machine.travel(timezone.now() + signing.SEND_AGAIN_AFTER + datetime.timedelta(seconds=1)):
        signing.submit(pledge.candidate_list, signers=signers, replies=replies(pledge.candidate_list))

    mails = OutboxMail.objects.filter(kind=MailKind.CONFIRM)
    assert mails.filter(signatory=first.signatory).count() == 1
    assert mails.filter(signatory=second.signatory).count() == 2
