"""Questions to who signed, their answers, notes to colleagues: what is done, mailed, journaled, shown and forgotten."""

import datetime
import json

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from pledges import emails, outbox
from pledges.actions import asking, personal_data, review, signing
from pledges.actions.asking import CannotAnswerError, CannotAskError
from pledges.actions.retention import purge_expired
from pledges.actions.transitions import TransitionError
from pledges.enums import LIVE, Act, IdentityCheck, LinkPurpose, MailKind, PledgeState
from pledges.models import Election, MailLink, Note, OutboxMail, Pledge, Question, Signatory, Wording
from tests.pledges.factories import CandidateFactory, ElectionFactory, PledgeFactory, QuestionFactory, SignatoryFactory
from tests.pledges.test_views import text_of
from tests.regions.factories import UserFactory

pytestmark = pytest.mark.django_db

ASKED = "Est-ce bien vous qui avez signé ?"
ANSWERED = "Oui, c’est moi, le 3 mai."


def signed(**state):
    return SignatoryFactory(pledge=PledgeFactory(**(state or {"in_review": True})))


def ask(signatory, text=ASKED):
    return asking.ask(signatory.pledge, signatory, by=UserFactory(), text=text)


def private_token(signatory):
    return MailLink.objects.mint(signatory, LinkPurpose.PRIVATE)


def answer_page(signatory, question):
    return reverse("private-question", args=[private_token(signatory), question.pk])


# --- Asking ---


def test_a_question_is_kept_mailed_and_journaled_without_its_words():
    signatory, moderator = signed(), UserFactory()

    question = asking.ask(signatory.pledge, signatory, by=moderator, text=f"  {ASKED}\n")

    assert (question.text, question.signatory, question.asked_by, question.answer) == (ASKED, signatory, moderator, "")
    entry = signatory.pledge.entries.get()
    assert (entry.act, entry.by, entry.details["question"], entry.details["signatory"]) == (
        Act.QUESTION_ASKED,
        moderator,
        question.pk,
        signatory.pk,
    )
    assert not Wording.objects.exists()
    mail = OutboxMail.objects.get()
    assert (mail.kind, mail.recipient) == (MailKind.QUESTION, signatory.email)
    assert f"> {ASKED}" in emails.compose(mail).body.replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("state", [state for state in PledgeState if state not in LIVE])
def test_nothing_is_asked_about_what_has_ended_or_nobody_confirmed(state):
    signatory = signed(**({state: True} if state != PledgeState.SUBMITTED else {"submitted_at": timezone.now()}))

    with pytest.raises(TransitionError):
        ask(signatory)

    assert not Question.objects.exists()


def test_a_fourth_question_is_refused_in_words_until_one_is_answered():
    signatory = signed()
    questions = [ask(signatory) for _ in range(3)]

    with pytest.raises(CannotAskError, match="3 questions attendent déjà la réponse de"):
        ask(signatory)
    asking.answer(questions[0], text=ANSWERED)
    ask(signatory)

    assert Question.objects.unanswered().count() == 3


def test_what_other_regions_ask_the_same_mailbox_is_neither_said_nor_counted():
    signatory, elsewhere = signed(), signed()
    Signatory.objects.update(email="alix@example.org")
    elsewhere.refresh_from_db()
    for _ in range(3):
        ask(elsewhere)
    signatory.refresh_from_db()

    assert ask(signatory).signatory == signatory


def test_nobody_is_written_to_at_an_address_that_is_erased():
    signatory = signed()
    Signatory.objects.update(email="")

    with pytest.raises(CannotAskError, match="a été effacée"):
        ask(signatory)


def test_a_mail_that_has_not_left_says_the_next_question_too(smtp):
    signatory = signed()
    ask(signatory, "La première ?")
    ask(signatory, "La seconde ?")

    outbox.deliver_due()

    [message] = smtp.messages
    assert [line for line in message.get_content().splitlines() if line.startswith(">")] == [
        "> La première\N{NARROW NO-BREAK SPACE}?",
        "> La seconde\N{NARROW NO-BREAK SPACE}?",
    ]


def test_a_question_answered_before_its_mail_leaves_is_not_mailed(smtp):
    asking.answer(ask(signed()), text=ANSWERED)

    assert outbox.deliver_due() == (0, 1)
    assert smtp.messages == []


def test_a_question_waits_for_the_end_of_the_silence(smtp):
    signatory = signed(in_review=True, candidate_list__contest__election=ElectionFactory(past=True))

    with time_machine.travel(datetime.datetime(2021, 6, 19, 12, tzinfo=datetime.UTC)):
        ask(signatory)
        outbox.deliver_due()

    assert smtp.messages == []
    assert OutboxMail.objects.get().next_try_at == datetime.datetime(2021, 6, 20, 18, tzinfo=datetime.UTC)


# --- Answering ---


def test_the_signer_reads_the_question_and_answers_it_once(client):
    signatory = signed()
    question = ask(signatory)
    page = reverse("private", args=[private_token(signatory)])

    shown = text_of(client.get(page))
    response = client.post(answer_page(signatory, question), {"text": ANSWERED})

    question.refresh_from_db()
    assert ASKED in shown
    assert "Le réseau attend votre réponse" in shown
    assert "vous n’avez rien à faire" not in shown
    assert (response.status_code, question.answer) == (302, ANSWERED)
    assert signatory.pledge.entries.last().act == Act.QUESTION_ANSWERED
    then = text_of(client.get(page))
    assert ANSWERED in then
    assert "vous n’avez rien à faire" in then


def test_opening_the_page_answers_nothing(client):
    question = QuestionFactory()

    response = client.get(answer_page(question.signatory, question))

    assert (response.status_code, Question.objects.unanswered().count()) == (200, 1)


@pytest.mark.parametrize(("text", "kept"), [("  ", False), ("x" * 2001, True)])
def test_an_answer_that_cannot_be_sent_is_kept_on_the_page(client, text, kept):
    question = QuestionFactory()

    response = client.post(answer_page(question.signatory, question), {"text": text})

    assert response.status_code == 422
    assert (text in response.content.decode()) == (kept or text == "  ")
    assert Question.objects.unanswered().count() == 1


def test_a_second_answer_is_refused_and_what_was_typed_stays(client):
    question = QuestionFactory(answered=True)

    response = client.post(answer_page(question.signatory, question), {"text": "Non, finalement."})

    question.refresh_from_db()
    assert question.answer == "Oui, c’est bien moi."
    assert response.status_code == 422
    assert "Cette question a déjà sa réponse, du " in text_of(response)
    assert "Non, finalement." in text_of(response)


def test_a_question_is_not_answered_once_the_pledge_has_ended():
    question = ask(signed())
    review.decline(question.pledge, by=UserFactory(), reason="Injoignable.")

    with pytest.raises(CannotAnswerError, match="n’attend plus de réponse"):
        asking.answer(question, text=ANSWERED)


def test_one_members_question_is_not_there_for_the_other(client):
    question = QuestionFactory()
    other = SignatoryFactory(
        pledge=question.pledge, candidate=CandidateFactory(candidate_list=question.pledge.candidate_list)
    )

    assert client.get(answer_page(other, question)).status_code == 404
    assert question.text not in text_of(client.get(reverse("private", args=[private_token(other)])))


def test_a_link_that_is_over_answers_nothing(client):
    question = QuestionFactory()
    page = answer_page(question.signatory, question)
    MailLink.objects.update(expires_at=timezone.now())

    assert client.post(page, {"text": ANSWERED}).status_code == 410
    assert Question.objects.unanswered().count() == 1


def test_the_database_refuses_an_answer_without_a_date():
    question = QuestionFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.filter(pk=question.pk).update(answer="Oui.")


# --- Notes ---


def test_a_note_is_kept_and_journaled_without_its_words_and_is_on_no_page_of_the_signer(client):
    signatory, moderator = signed(), UserFactory()

    note = asking.note(signatory.pledge, by=moderator, text=" Appelé deux fois. ")

    assert (note.text, note.by) == ("Appelé deux fois.", moderator)
    entry = signatory.pledge.entries.get()
    assert (entry.act, entry.by, entry.why, entry.details["note"]) == (Act.PLEDGE_NOTED, moderator, "", note.pk)
    page = text_of(client.get(reverse("private", args=[private_token(signatory)])))
    assert "Appelé" not in page
    assert "note entre collègues" not in page.lower()


# --- Forgetting ---


def exchanges(signatory):
    """A question with its answer, and a note."""
    asking.answer(ask(signatory), text=ANSWERED)
    asking.note(signatory.pledge, by=UserFactory(), text="Une note.")


def test_the_copy_of_ones_data_holds_the_questions_and_the_notes():
    signatory = signed()
    exchanges(signatory)

    copy = json.dumps(personal_data.export(signatory.email), ensure_ascii=False)

    assert [words in copy for words in (ASKED, ANSWERED, "Une note.")] == [True, True, True]


@pytest.mark.parametrize(
    "end",
    [
        lambda signatory: personal_data.erase(signatory.email),
        lambda signatory: signing.withdraw(signatory.pledge),
    ],
    ids=["erased", "withdrawn"],
)
def test_what_was_said_goes_with_the_person(end):
    signatory, other = signed(), signed()
    exchanges(signatory)
    exchanges(other)

    end(signatory)

    assert list(Question.objects.values_list("signatory", flat=True)) == [other.pk]
    assert list(Note.objects.values_list("pledge", flat=True)) == [other.pledge_id]


def test_what_was_said_about_the_first_answers_goes_when_the_amended_ones_are_withdrawn():
    first = signed(published=True)
    exchanges(first)
    second = PledgeFactory(in_review=True, candidate_list=first.pledge.candidate_list, amends=first.pledge)
    SignatoryFactory(pledge=second, candidate=first.candidate, email=first.email)
    review.publish(second, by=UserFactory(), identity_check=IdentityCheck.CALL_BACK)

    signing.withdraw(Pledge.objects.get(pk=second.pk))

    assert (Question.objects.count(), Note.objects.count()) == (0, 0)


@pytest.mark.parametrize(("days", "left"), [(-184, 0), (-183, 2)])
def test_what_was_said_is_kept_until_six_months_after_the_mandate(days, left):
    election = ElectionFactory(past=True)
    exchanges(signed(in_review=True, candidate_list__contest__election=election))
    Election.objects.update(mandate_ends_on=timezone.localdate() + datetime.timedelta(days=days))

    purged = purge_expired()

    assert Question.objects.count() + Note.objects.count() == left
    assert purged.exchanges == 2 - left
