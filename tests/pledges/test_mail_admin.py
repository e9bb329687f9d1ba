"""The desk's page of mails: what is owed, late, given up and why, and the button that sends again."""
# ruff: noqa: F811  the fixtures of the desk come from test_admin

import datetime

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.urls import reverse
from django.utils import timezone

from pledges import failures
from pledges.actions.mail import CannotSendAgainError, send_again
from pledges.enums import Act, MailKind, PledgeState
from pledges.models import JournalEntry, OutboxMail, Pledge
from tests.pledges.factories import ElectionFactory, PledgeFactory, SignatoryFactory
from tests.pledges.test_admin import desk, moderator, region  # noqa: F401  the desk of a moderator
from tests.pledges.test_views import text_of
from tests.regions.factories import UserFactory

pytestmark = pytest.mark.django_db

REGISTER = reverse("admin:pledges_outboxmail_changelist")
NO_MAILBOX = "SMTPRecipientsRefused 550"
HOUR = datetime.timedelta(hours=1)


def page_of(mail):
    return reverse("admin:pledges_outboxmail_change", args=[mail.pk])


def owed_mail(region=None, **fields):
    place = {"candidate_list__contest__region": region} if region else {}
    pledge = PledgeFactory(published=True, **place)
    signatory = SignatoryFactory(pledge=pledge, full_name="Alix EXEMPLE", email="alix@example.org")
    return OutboxMail.objects.create(
        key=f"published:{pledge.pk}",
        kind=MailKind.PUBLISHED,
        signatory=signatory,
        pledge=pledge,
        region=pledge.candidate_list.contest.region,
        **{"recipient": signatory.email, **fields},
    )


def given_up(region=None, **fields):
    return owed_mail(region, **{"abandoned_at": timezone.now(), "last_error": NO_MAILBOX, "attempts": 1, **fields})


# --- What is shown ---


@pytest.fixture
def mails(region):
    now = timezone.now()
    return {
        "due": owed_mail(region, next_try_at=now - HOUR),
        "failing": owed_mail(region, next_try_at=now + HOUR, attempts=3, last_error="TimeoutError"),
        "given_up": given_up(region),
        "sent": owed_mail(region, sent_at=now, recipient="", attempts=1),
        "elsewhere": given_up(),
    }


@pytest.mark.parametrize(
    ("stage", "shown"),
    [
        ("", ["due", "failing", "given_up"]),
        ("restent", ["due", "failing", "given_up"]),
        ("n'importe", ["due", "failing", "given_up"]),
        ("a-envoyer", ["due"]),
        ("en-echec", ["failing"]),
        ("abandonnes", ["given_up"]),
        ("partis", ["sent"]),
        ("tous", ["due", "failing", "given_up", "sent"]),
    ],
)
def test_each_filter_shows_its_mails_and_none_from_elsewhere(desk, mails, stage, shown):
    response = desk.get(REGISTER, {"envoi": stage} if stage else {})

    assert list(response.context["cl"].result_list) == [mails[name] for name in shown]


def test_the_register_says_where_each_mail_stands_and_why_without_an_address(desk, mails):
    page = text_of(desk.get(REGISTER, {"envoi": "tous"}))

    assert "en retard, attendu le" in page
    assert "prochain essai le" in page
    assert "abandonné le" in page
    assert "parti le" in page
    assert "le serveur de courrier n’a pas répondu à temps" in page
    assert "l’adresse n’existe pas, ou refuse nos courriers" in page
    assert "Alix EXEMPLE" in page
    assert "alix@example.org" not in page


def test_the_page_of_a_mail_shows_no_address_and_offers_to_send_it(desk, mails):
    waiting, gone = (text_of(desk.get(page_of(mails[name]))) for name in ("given_up", "sent"))

    assert "alix@example.org" not in waiting
    assert 'name="send_again"' in waiting
    assert 'name="send_again"' not in gone


@pytest.mark.parametrize("count", [1, 20])
def test_the_queries_of_the_register_are_counted(desk, region, count, django_assert_num_queries):
    for _ in range(count):
        given_up(region)

    with django_assert_num_queries(9):
        response = desk.get(REGISTER)

    assert len(response.context["cl"].result_list) == count


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("", ""),
        ("SMTPRecipientsRefused 550", "l’adresse n’existe pas, ou refuse nos courriers"),
        ("SMTPRecipientsRefused 551 450", "l’adresse n’existe pas, ou refuse nos courriers"),
        ("SMTPRecipientsRefused 552", "la boîte du destinataire est pleine"),
        ("SMTPRecipientsRefused 451", "le serveur du destinataire demande d’attendre"),
        ("SMTPDataError 554", "le message a été refusé, peut-être pris pour un indésirable"),
        ("SMTPAuthenticationError 535", "le serveur de courrier refuse notre mot de passe : prévenez l’administration"),
        ("ConnectionRefusedError", "le serveur de courrier ne répond pas"),
        (failures.NO_ADDRESS, "l’adresse a été effacée"),
        ("SMTPHeloError 500", "le serveur de courrier n’a pas pris le message"),
        ("Jamais vu", "le serveur de courrier n’a pas pris le message"),
    ],
)
def test_a_failure_is_told_in_words(code, words):
    assert failures.in_words(code) == words


# --- Sending again ---


def test_a_mail_given_up_leaves_at_the_press_of_a_button(
    desk, region, moderator, smtp, django_capture_on_commit_callbacks
):
    mail = given_up(region)

    with django_capture_on_commit_callbacks(execute=True):
        response = desk.post(page_of(mail), {"send_again": "Renvoyer maintenant"}, follow=True)

    mail.refresh_from_db()
    assert [message["To"] for message in smtp.messages] == ["alix@example.org"]
    assert (mail.sent_at is not None, mail.abandoned_at, mail.recipient, mail.last_error) == (True, None, "", "")
    assert [str(message) for message in response.context["messages"]] == ["Le courrier part maintenant."]
    assert list(JournalEntry.objects.values_list("act", "by", "pledge", "details__mail")) == [
        (Act.MAIL_RESENT, moderator.pk, mail.pledge_id, "published")
    ]


def test_several_mails_leave_at_once_and_those_that_cannot_are_named(
    desk, region, smtp, django_capture_on_commit_callbacks
):
    chosen = [given_up(region), owed_mail(region, next_try_at=timezone.now() + HOUR, last_error="TimeoutError")]
    chosen.append(given_up(region, recipient=""))
    data = {"action": "send_selected_again", ACTION_CHECKBOX_NAME: [mail.pk for mail in chosen]}

    with django_capture_on_commit_callbacks(execute=True):
        response = desk.post(REGISTER, data, follow=True)

    refused, sent = (str(message) for message in response.context["messages"])
    assert sent == "2 courriers partent maintenant."
    assert refused.endswith(", Alix EXEMPLE : L’adresse a été effacée : ce courrier ne peut plus partir.")
    assert len(smtp.messages) == 2


def test_a_mail_sent_again_has_all_its_tries_before_it():
    mail = given_up(attempts=8)

    mail = send_again(mail, by=UserFactory())

    assert (mail.attempts, mail.abandoned_at, mail.leased_until) == (0, None, None)
    assert list(OutboxMail.objects.due()) == [mail]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"sent_at": datetime.datetime(2027, 3, 1, 12, 5, tzinfo=datetime.UTC), "recipient": ""},
         "Ce courrier est parti le 1er mars 2027 à 13\xa0h\xa005."),
        ({"recipient": "", "abandoned_at": timezone.now()},
         "L’adresse a été effacée : ce courrier ne peut plus partir."),
        ({"recipient": "", "abandoned_at": timezone.now(), "last_error": failures.OVERTAKEN},
         "Ce courrier n’a plus d’objet : l’engagement a changé d’état depuis."),
        ({"leased_until": timezone.now() + HOUR}, "Ce courrier est en cours d’envoi."),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_again_is_refused_with_a_sentence(fields, sentence):
    mail = owed_mail(**fields)

    with pytest.raises(CannotSendAgainError, match=sentence):
        send_again(mail, by=UserFactory())

    assert not JournalEntry.objects.exists()


def test_a_mail_that_the_facts_have_overtaken_is_not_sent_again():
    mail = given_up()
    Pledge.objects.update(state=PledgeState.SUPERSEDED)

    with pytest.raises(CannotSendAgainError, match="n’a plus d’objet"):
        send_again(mail, by=UserFactory())


def test_no_mail_is_sent_again_during_the_silence(time_machine):
    election = ElectionFactory(past=True)
    mail = given_up()
    mail.pledge.candidate_list.contest.election = election
    mail.pledge.candidate_list.contest.save()
    time_machine.move_to(datetime.datetime(2021, 6, 19, 12, tzinfo=datetime.UTC))

    with pytest.raises(CannotSendAgainError, match="Silence électoral jusqu’au 20 juin 2021"):
        send_again(mail, by=UserFactory())


@pytest.mark.django_db(transaction=True)
def test_a_button_pressed_by_several_at_once_sends_one_mail(in_threads, smtp):
    mail, by = given_up(), UserFactory()

    in_threads(lambda: send_again(mail, by=by), 6)

    assert len(smtp.messages) == 1


# --- The border ---


def test_a_mail_from_elsewhere_is_not_there(desk):
    mail = given_up()

    answers = [desk.get(page_of(mail)).status_code, desk.post(page_of(mail), {"send_again": "x"}).status_code]
    desk.post(REGISTER, {"action": "send_selected_again", ACTION_CHECKBOX_NAME: [mail.pk]})

    mail.refresh_from_db()
    assert answers == [404, 404]
    assert (mail.abandoned_at is not None, JournalEntry.objects.count()) == (True, 0)


@pytest.mark.parametrize("data", [{}, {"_save": "1", "recipient": "x@example.org"}, {"_continue": "1", "kind": "x"}])
def test_nothing_else_is_changed_from_the_page_of_a_mail(desk, region, data):
    mail = given_up(region)
    before = OutboxMail.objects.values().get()

    desk.post(page_of(mail), data)

    assert OutboxMail.objects.values().get() == before
