"""Several people at the same moment, on real connections: one effect, and words for the others."""

import pytest

from pledges.actions import asking, email_change, personal_data, review, signing
from pledges.actions.links import owe_links
from pledges.actions.signing import Signer
from pledges.actions.transitions import TransitionError
from pledges.admin import bulk
from pledges.enums import (
    Act,
    Answer,
    CandidateRole,
    Capacity,
    IdentityCheck,
    LinkPurpose,
    ListKind,
    PledgeState,
)
from pledges.models import Commitment, JournalEntry, MailLink, OutboxMail, Pledge, Question, Signatory
from regions.models import Revision
from tests.pledges.acts import headed_list, links_of, replies, submit
from tests.pledges.factories import CandidateFactory, ContestFactory, PledgeFactory, QuestionFactory, SignatoryFactory
from tests.regions.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 12


def test_simultaneous_submissions_of_the_same_signature_are_one(in_threads, smtp):
    candidate_list = headed_list()

    pledges = in_threads(lambda: submit(candidate_list), THREADS)

    assert pledges == [Pledge.objects.get()] * THREADS
    assert JournalEntry.objects.filter(act=Act.PLEDGE_SUBMITTED).count() == 1
    assert len(smtp.messages) == OutboxMail.objects.count() == 1


def test_simultaneous_confirmations_of_the_same_link_are_one(in_threads, smtp):
    pledge = submit(headed_list())
    [(link, _token)] = links_of(pledge)

    outcomes = in_threads(lambda: signing.confirm(MailLink.objects.get(pk=link.pk)), THREADS)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["LinkUnusableError"] * (THREADS - 1) + ["Pledge"]
    assert pledge.entries.filter(act=Act.SIGNATURE_CONFIRMED).count() == 1


def test_rivals_who_confirm_at_once_leave_one_pledge_in_review(in_threads, smtp):
    candidate_list = headed_list()
    links = []
    for number in range(THREADS):
        [(link, _token)] = links_of(submit(candidate_list, email=f"rival{number}@example.org"))
        links.append(link)

    outcomes = in_threads(lambda: signing.confirm(links.pop()), THREADS)

    names = sorted(type(outcome).__name__ for outcome in outcomes)
    assert names == ["AlreadySignedError"] * (THREADS - 1) + ["Pledge"]
    assert Pledge.objects.filter(state=PledgeState.IN_REVIEW).count() == 1


def test_simultaneous_publications_are_one_and_the_others_are_told(in_threads, smtp):
    pledge, moderator = PledgeFactory(in_review=True), UserFactory()
    SignatoryFactory(pledge=pledge)
    before = Revision.current()

    outcomes = in_threads(
        lambda: review.publish(
            Pledge.objects.get(pk=pledge.pk), by=moderator, identity_check=IdentityCheck.OFFICIAL_LIST
        ),
        THREADS,
    )

    refusals = [outcome for outcome in outcomes if isinstance(outcome, TransitionError)]
    assert len(refusals) == THREADS - 1
    assert all(str(refusal).startswith(f"Déjà traité par {moderator} le ") for refusal in refusals)
    assert pledge.entries.filter(act=Act.PLEDGE_PUBLISHED).count() == 1
    assert (len(smtp.messages), Revision.current()) == (1, before + 1)


def test_publishing_several_and_one_of_them_at_once_publishes_each_once_and_tells_who_was_first(in_threads, smtp):
    several, one = UserFactory(first_name="Zoé"), UserFactory(first_name="Alix")
    check = IdentityCheck.CALL_BACK
    for _ in range(5):
        contest = ContestFactory()
        pledges = [PledgeFactory(in_review=True, candidate_list__contest=contest) for _ in range(3)]
        for pledge in pledges:
            SignatoryFactory(pledge=pledge)
        choices = bulk.choices(Pledge.objects.all(), [pledge.pk for pledge in pledges])
        disputed = Pledge.objects.get(pk=pledges[1].pk)
        doors = [
            lambda choices=choices: bulk.publish(choices, by=several, identity_check=check),
            lambda disputed=disputed: review.publish(disputed, by=one, identity_check=check),
        ]

        outcomes = in_threads(lambda doors=doors: doors.pop()(), 2)

        [outcome] = [outcome for outcome in outcomes if isinstance(outcome, bulk.Outcome)]
        refusals = [str(outcome) for outcome in outcomes if isinstance(outcome, TransitionError)]
        refusals += [refusal for _pledge, refusal in outcome.refused]
        disputed = Pledge.objects.select_related("decided_by").get(pk=disputed.pk)
        assert [refusal.split(" le ")[0] for refusal in refusals] == [f"Déjà traité par {disputed.decided_by}"]
        assert [pledge.entries.filter(act=Act.PLEDGE_PUBLISHED).count() for pledge in pledges] == [1, 1, 1]
    assert len(smtp.messages) == 15


def test_a_question_answered_many_times_at_once_has_one_answer(in_threads, smtp):
    question = QuestionFactory()

    outcomes = in_threads(
        lambda: asking.answer(
            Question.objects.select_related("pledge__candidate_list").get(pk=question.pk), text="Oui."
        ),
        THREADS,
    )

    names = sorted(type(outcome).__name__ for outcome in outcomes)
    assert names == ["CannotAnswerError"] * (THREADS - 1) + ["Question"]
    assert question.pledge.entries.filter(act=Act.QUESTION_ANSWERED).count() == 1


def test_questions_asked_at_once_never_exceed_what_a_mailbox_may_wait_for(in_threads, smtp):
    signatory, moderator = SignatoryFactory(pledge=PledgeFactory(in_review=True)), UserFactory()

    outcomes = in_threads(
        lambda: asking.ask(
            Pledge.objects.select_related("candidate_list").get(pk=signatory.pledge_id),
            signatory,
            by=moderator,
            text="Est-ce vous ?",
        ),
        THREADS,
    )

    assert sum(isinstance(outcome, Question) for outcome in outcomes) == asking.UNANSWERED == Question.objects.count()


def test_a_decision_and_a_withdrawal_at_once_leave_a_history_that_holds_together(in_threads, smtp):
    moderator = UserFactory()
    for _ in range(5):
        pledge = PledgeFactory(in_review=True)
        doors = [
            lambda pledge=pledge: review.decline(pledge, by=moderator, reason="Identité non établie."),
            lambda pledge=pledge: signing.withdraw(pledge),
        ]

        in_threads(lambda doors=doors: doors.pop()(), 2)

        pledge.refresh_from_db()
        [entry] = pledge.entries.all()
        assert (pledge.state, entry.act) in {
            (PledgeState.DECLINED, Act.PLEDGE_DECLINED),
            (PledgeState.WITHDRAWN, Act.PLEDGE_WITHDRAWN),
        }


def test_a_private_link_asked_for_many_times_at_once_is_sent_once(in_threads, smtp):
    signatory = SignatoryFactory(pledge=PledgeFactory(published=True))

    outcomes = in_threads(lambda: owe_links.call([signatory.pk]), THREADS)

    assert outcomes == [None] * THREADS
    assert len(smtp.messages) == OutboxMail.objects.count() == 1


def test_binomes_with_the_same_mailboxes_in_another_order_do_not_wait_for_each_other_for_ever(in_threads, smtp):
    mailboxes = ["un@example.org", "deux@example.org"]
    pairs = []
    for number in range(THREADS):
        pair = headed_list(kind=ListKind.PAIR)
        CandidateFactory(candidate_list=pair)
        members = pair.candidates.order_by("pk")
        emails = mailboxes if number % 2 else mailboxes[::-1]
        signers = [
            Signer(Capacity.MEMBER, member.full_name, email, candidate=member)
            for member, email in zip(members, emails, strict=True)
        ]
        pairs.append((pair, signers))

    def sign():
        pair, signers = pairs.pop()
        return signing.submit(pair, signers=signers, replies=replies(pair))

    outcomes = in_threads(sign, THREADS)

    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert Pledge.objects.count() == THREADS
    assert len(smtp.messages) == 2 * 3


def test_many_writers_wait_for_one_another(in_threads, smtp):
    lists = [headed_list() for _ in range(50)]
    signatures = [(candidate_list, f"tete{number}@example.org") for number, candidate_list in enumerate(lists)]

    def sign():
        candidate_list, email = signatures.pop()
        return submit(candidate_list, email=email)

    outcomes = in_threads(sign, 50)

    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert Pledge.objects.count() == len(smtp.messages) == 50


def test_both_mailboxes_that_confirm_at_once_change_the_address_once(in_threads, smtp):
    for _ in range(5):
        signatory = SignatoryFactory(pledge=PledgeFactory(published=True))
        new_email = f"nouvelle{signatory.pk}@example.org"
        change = email_change.ask_change(signatory, new_email=new_email)
        waiting = []
        for purpose in (LinkPurpose.APPROVE, LinkPurpose.PROVE) * (THREADS // 2):
            token = MailLink.objects.mint(signatory, purpose, email_change=change)
            waiting.append(MailLink.objects.for_token(token, purpose).with_pledge().get())

        outcomes = in_threads(lambda waiting=waiting: email_change.confirm_change(waiting.pop()), THREADS)

        names = sorted(str(outcome) if outcome in (True, False) else type(outcome).__name__ for outcome in outcomes)
        assert names == ["False", *["LinkUnusableError"] * (THREADS - 2), "True"]
        signatory.refresh_from_db()
        assert signatory.email == new_email
        assert signatory.pledge.entries.filter(act=Act.EMAIL_CHANGED).count() == 1


def test_members_who_take_the_same_mailbox_at_once_do_not_both_get_it(in_threads, smtp):
    pledge = PledgeFactory(published=True, candidate_list__kind=ListKind.PAIR)
    waiting = []
    for number in (1, 2):
        person = CandidateFactory(candidate_list=pledge.candidate_list, role=CandidateRole.CANDIDATE)
        member = SignatoryFactory(
            pledge=pledge, candidate=person, capacity=Capacity.MEMBER, email=f"membre{number}@example.org"
        )
        change = email_change.ask_change(member, new_email="commune@example.org")
        for purpose in (LinkPurpose.APPROVE, LinkPurpose.PROVE):
            token = MailLink.objects.mint(member, purpose, email_change=change)
            waiting.append(MailLink.objects.for_token(token, purpose).with_pledge().get())

    outcomes = in_threads(lambda: email_change.confirm_change(waiting.pop()), 4)

    assert sorted(map(str, outcomes))[:2] == ["Chaque membre du binôme confirme depuis sa propre adresse.", "False"]
    assert pledge.signatories.filter(email="commune@example.org").count() == 1


def test_erasing_and_amending_at_once_leaves_no_trace(in_threads, smtp):
    for _ in range(5):
        pledge = PledgeFactory(published=True, answers={1: Answer.COMMITS})
        signatory = SignatoryFactory(pledge=pledge, email="secrete@example.org")
        doors = [
            lambda signatory=signatory, pledge=pledge: signing.amend(
                signatory, replies=replies(pledge.candidate_list, statement="Mes mots.")
            ),
            lambda: personal_data.erase("secrete@example.org"),
        ]

        in_threads(lambda doors=doors: doors.pop()(), 2)

        assert not Signatory.objects.with_email("secrete@example.org").exists()
        assert not Commitment.objects.filter(statement="Mes mots.").exists()
