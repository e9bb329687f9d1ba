import datetime
import re
import smtplib

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from pledges import emails, failures, outbox
from pledges.actions import review, signing
from pledges.actions.recording import owe_about, owe_to_account
from pledges.enums import (
    ABOUT_CORRECTIONS,
    OF_CAMPAIGNS,
    TO_ACCOUNTS,
    IdentityCheck,
    LinkPurpose,
    MailKind,
    PledgeState,
)
from pledges.models import MailLink, OutboxMail, Pledge
from pledges.models.mail import OutboxMailQuerySet, digest
from regions.typography import day
from tests.pledges.acts import headed_list, replies, submit
from tests.pledges.factories import (
    CandidateListFactory,
    CorrectionRequestFactory,
    ElectionFactory,
    PledgeFactory,
    QuestionFactory,
    SignatoryFactory,
)
from tests.pledges.rounds import merge
from tests.regions.factories import NetworkFactory, UserFactory

pytestmark = pytest.mark.django_db


def owed(**kwargs):
    """A confirmation mail owed and not sent: nothing leaves before the transaction ends, and a test's never does."""
    submit(headed_list(**kwargs))
    return OutboxMail.objects.get()


def test_a_mail_leaves_when_its_act_commits(smtp, django_capture_on_commit_callbacks):
    candidate_list = headed_list()

    with django_capture_on_commit_callbacks(execute=True):
        submit(candidate_list)

    assert [message["To"] for message in smtp.messages] == ["tete@example.org"]
    assert list(OutboxMail.objects.values_list("recipient", "attempts")) == [("", 1)]


def test_the_mail_carries_a_link_that_the_database_knows_by_its_hash_alone(smtp):
    mail = owed()

    outbox.deliver(mail.pk)

    [message] = smtp.messages
    [token] = re.findall(r"https://engagements\.example\.org/signer/confirmer/([\w-]+)/", message.get_content())
    assert len(token) == 43  # 256 bits
    links = MailLink.objects.filter(purpose=LinkPurpose.CONFIRM)
    assert list(links.values_list("digest", flat=True)) == [digest(token)]


def test_the_mail_is_french_and_says_what_opening_the_link_does_not_do(smtp):
    mail = owed()

    outbox.deliver(mail.pk)

    [message] = smtp.messages
    assert message["Subject"] == "Confirmez votre signature de la charte de l’ESS"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "Ouvrir la page ne confirme rien\N{NO-BREAK SPACE}:" in message.get_content()


@pytest.mark.parametrize("kind", sorted(set(emails.TRUE_IN) - {MailKind.CONFIRM}))
def test_every_mail_about_a_pledge_has_a_subject_a_greeting_and_a_signature(smtp, settings, kind):
    settings.CONTACT_EMAIL = "contact@example.org"
    [state, *_others] = emails.TRUE_IN[kind]
    pledge = PledgeFactory(**{state: True} if state != PledgeState.SUBMITTED else {})
    signatory = SignatoryFactory(pledge=pledge)
    QuestionFactory(signatory=signatory)  # else nothing is asked any more, and that mail does not leave
    merge(pledge.candidate_list, CandidateListFactory(contest=pledge.candidate_list.contest))  # the same
    network = NetworkFactory(name="CRESS d’essai", site="https://cress.example.org")
    network.regions.set([pledge.candidate_list.contest.region])
    mail = OutboxMail.objects.create(
        key=kind,
        kind=kind,
        signatory=signatory,
        pledge=pledge,
        region=pledge.candidate_list.contest.region,
        recipient=signatory.email,
    )

    outbox.deliver(mail.pk)

    [message] = smtp.messages
    body = message.get_content()
    assert message["Subject"]
    # A new address may be mistyped: whoever reads it learns no name.
    assert body.startswith("Bonjour,\n" if kind == MailKind.PROVE else f"Bonjour {signatory.full_name},\n")
    assert body.endswith(
        f"\n\n-- \nEngagements ESS{chr(0xA0)}: https://engagements.example.org\n"
        f"Le réseau de votre territoire{chr(0xA0)}: CRESS d’essai, https://cress.example.org\n"
        f"Nous écrire{chr(0xA0)}: contact@example.org\n"
    )
    assert message["Reply-To"] == "contact@example.org"
    assert "&" not in body
    assert "\n\n\n" not in body


def test_a_reason_is_mailed_as_it_was_written(smtp, django_capture_on_commit_callbacks):
    pledge = PledgeFactory(in_review=True)
    SignatoryFactory(pledge=pledge)

    with django_capture_on_commit_callbacks(execute=True):
        review.decline(pledge, by=UserFactory(), reason="L'adresse n'est pas <celle> de la liste & co.")

    assert "L'adresse n'est pas <celle> de la liste & co." in smtp.messages[0].get_content()


def test_a_mail_sent_is_not_sent_again(smtp):
    mail = owed()

    outcomes = [outbox.deliver(mail.pk), outbox.deliver(mail.pk)]

    assert outcomes == [True, False]
    assert len(smtp.messages) == 1


def test_a_mail_that_another_sender_holds_is_left_to_it_until_its_lease_ends(smtp):
    mail = owed()
    OutboxMail.objects.update(leased_until=timezone.now() + outbox.LEASE)

    held = outbox.deliver(mail.pk)
    with time_machine.travel(timezone.now() + outbox.LEASE + datetime.timedelta(seconds=1)):
        later = outbox.deliver(mail.pk)

    assert (held, later) == (False, True)


def test_a_refusal_for_now_is_tried_again_later_and_shows_no_address(smtp):
    mail = owed()
    smtp.refusal = "451 tete@example.org try later"

    with time_machine.travel(timezone.now(), tick=False):
        sent = outbox.deliver(mail.pk)
        waits = OutboxMail.objects.get().next_try_at - timezone.now()

    mail.refresh_from_db()
    assert (sent, waits) == (False, outbox.RETRY_AFTER[0])
    assert (mail.last_error, mail.recipient, mail.sent_at) == ("SMTPDataError 451", "tete@example.org", None)


def test_a_refusal_for_good_is_not_tried_again_and_stays_visible(smtp):
    mail = owed()
    smtp.refusal = "550 no such mailbox"

    outbox.deliver(mail.pk)

    mail.refresh_from_db()
    assert mail.abandoned_at is not None
    assert not OutboxMail.objects.owed().exists()


def test_a_server_that_does_not_answer_loses_nothing(settings):
    mail = owed()
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 9},
        }
    }
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        for wait in outbox.RETRY_AFTER:
            outbox.deliver(mail.pk)
            clock.shift(wait)
        mail.refresh_from_db()
        still_owed = mail.abandoned_at is None

        outbox.deliver(mail.pk)

    mail.refresh_from_db()
    assert still_owed
    assert (mail.attempts, mail.last_error) == (8, "ConnectionRefusedError")
    assert mail.abandoned_at == now + sum(outbox.RETRY_AFTER, datetime.timedelta())


def test_no_mail_leaves_during_the_silence_and_it_leaves_after(smtp):
    pledge = PledgeFactory(in_review=True, candidate_list__contest__election=ElectionFactory(past=True))
    SignatoryFactory(pledge=pledge)
    with time_machine.travel(datetime.datetime(2021, 6, 19, 12, tzinfo=datetime.UTC)) as clock:
        review.decline(pledge, by=UserFactory(), reason="Identité non établie.")

        during = outbox.deliver_due()
        clock.move_to(datetime.datetime(2021, 6, 20, 18, 0, 1, tzinfo=datetime.UTC))
        after = outbox.deliver_due()

    assert (during, after) == ((0, 1), (1, 0))
    assert len(smtp.messages) == 1


def test_a_mail_whose_pledge_goes_while_it_is_taken_is_no_error(smtp, monkeypatch):
    mail = owed()
    taken = OutboxMailQuerySet.update

    def take_then_lose(self, **changes):
        count = taken(self, **changes)
        Pledge.objects.all().delete()
        return count

    monkeypatch.setattr(OutboxMailQuerySet, "update", take_then_lose)

    assert outbox.deliver(mail.pk) is False
    assert smtp.messages == []


def test_the_command_sends_what_is_due_and_counts(smtp, capsys):
    owed()

    call_command("send_outbox")
    call_command("send_outbox")

    assert capsys.readouterr().out.splitlines() == ["1 partis, 0 à réessayer.", "0 partis, 0 à réessayer."]
    assert len(smtp.messages) == 1


def test_nobody_is_written_to_without_an_address():
    pledge = PledgeFactory(in_review=True)
    SignatoryFactory(pledge=pledge, email="")

    review.publish(pledge, by=UserFactory(), identity_check=IdentityCheck.CALL_BACK)

    assert not OutboxMail.objects.exists()


def test_the_last_mail_goes_to_the_address_that_was_just_forgotten(smtp, django_capture_on_commit_callbacks):
    pledge = PledgeFactory(published=True)
    SignatoryFactory(pledge=pledge, email="tete@example.org")

    with django_capture_on_commit_callbacks(execute=True):
        signing.withdraw(pledge)

    assert [message["To"] for message in smtp.messages] == ["tete@example.org"]
    assert list(OutboxMail.objects.values_list("recipient", flat=True)) == [""]


def test_the_silence_costs_a_mail_no_attempt_and_says_when_it_will_leave():
    pledge = PledgeFactory(in_review=True, candidate_list__contest__election=ElectionFactory(past=True))
    SignatoryFactory(pledge=pledge)
    with time_machine.travel(datetime.datetime(2021, 6, 19, 12, tzinfo=datetime.UTC)):
        review.decline(pledge, by=UserFactory(), reason="Identité non établie.")

        outbox.deliver_due()

    mail = OutboxMail.objects.get()
    assert (mail.attempts, mail.leased_until, mail.next_try_at) == (
        0,
        None,
        datetime.datetime(2021, 6, 20, 18, tzinfo=datetime.UTC),
    )


@pytest.mark.parametrize(
    ("error", "is_final"),
    [
        (smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"no such mailbox")}), True),
        (smtplib.SMTPRecipientsRefused({"a@example.org": (450, b"busy"), "b@example.org": (550, b"no")}), False),
        (smtplib.SMTPAuthenticationError(535, b"bad password"), False),
        (smtplib.SMTPServerDisconnected("cut"), False),
        (TimeoutError(), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_only_a_refusal_of_the_mailbox_or_the_message_is_for_good(smtp, monkeypatch, error, is_final):
    mail = owed()

    def refuse(mailer, message):
        raise error

    monkeypatch.setattr(outbox, "_hand_over", refuse)
    outbox.deliver(mail.pk)

    mail.refresh_from_db()
    assert (mail.abandoned_at is not None) is is_final
    assert "example.org" not in mail.last_error


# --- What the facts have overtaken ---


def publish(pledge):
    return review.publish(pledge, by=UserFactory(), identity_check=IdentityCheck.CALL_BACK)


def test_new_answers_published_are_told_as_such_and_once(smtp):
    first = PledgeFactory(published=True)
    SignatoryFactory(pledge=first)
    amendment = signing.amend(first.signatories.get(), replies=replies(first.candidate_list))
    outbox.deliver_due()

    publish(amendment)
    outbox.deliver_due()

    assert [message["Subject"] for message in smtp.messages[1:]] == ["Vos nouvelles réponses sont publiées"]
    body = " ".join(smtp.messages[1].get_content().replace(chr(0xA0), " ").split())
    published_on = day(timezone.localtime(first.published_at))
    assert f"elles remplacent celles du {published_on} dans l’engagement de" in body


def test_a_mail_says_nothing_that_is_no_longer_true(smtp):
    pledge = PledgeFactory(in_review=True)
    SignatoryFactory(pledge=pledge)
    publish(pledge)
    review.suspend(pledge, by=UserFactory(), reason="Un doute.")
    review.resume(pledge, by=UserFactory())
    signing.withdraw(pledge)

    outcome = outbox.deliver_due()

    assert outcome == (1, 3)
    assert [message["Subject"] for message in smtp.messages] == ["Votre engagement est retiré"]
    overtaken = OutboxMail.objects.filter(last_error=failures.OVERTAKEN, recipient="", abandoned_at__isnull=False)
    assert list(overtaken.values_list("kind", flat=True).order_by("pk")) == ["published", "suspended", "resumed"]


def test_a_mail_that_is_still_true_leaves_whatever_its_delay(smtp):
    pledge = PledgeFactory(in_review=True)
    SignatoryFactory(pledge=pledge)
    publish(pledge)

    with time_machine.travel(timezone.now() + datetime.timedelta(days=3)):
        outcome = outbox.deliver_due()

    assert outcome == (1, 0)


@pytest.mark.parametrize("kind", sorted(set(MailKind) - {*TO_ACCOUNTS, *OF_CAMPAIGNS, *ABOUT_CORRECTIONS}))
def test_every_kind_of_mail_about_a_pledge_says_when_it_is_true(kind):
    assert emails.TRUE_IN[kind]


@pytest.mark.parametrize("kind", TO_ACCOUNTS)
@pytest.mark.parametrize(
    ("changes", "is_true"), [({}, True), ({"is_active": False}, False), ({"email": "autre@example.org"}, False)]
)
def test_a_mail_to_an_account_is_true_while_the_account_is_open_at_this_address(kind, changes, is_true):
    mail = owe_to_account(kind, UserFactory())
    for name, value in changes.items():
        setattr(mail.user, name, value)

    assert emails.is_still_true(mail) is is_true


@pytest.mark.parametrize("kind", ABOUT_CORRECTIONS)
@pytest.mark.parametrize("is_answered", [False, True])
def test_a_mail_about_a_correction_is_true_until_it_is_answered_or_from_then_on(kind, is_answered):
    to = UserFactory(email="mona@example.org", is_superuser=True) if kind == MailKind.CORRECTION_TO_ANSWER else None

    mail = owe_about(kind, CorrectionRequestFactory(answered=is_answered), to=to)

    assert emails.is_still_true(mail) is (is_answered == (kind == MailKind.CORRECTION_ANSWERED))


@pytest.mark.parametrize("changes", [{"is_active": False}, {"email": "autre@example.org"}])
def test_a_correction_is_not_told_to_who_has_left(changes):
    to = UserFactory(email="mona@example.org", is_superuser=True)
    mail = owe_about(MailKind.CORRECTION_TO_ANSWER, CorrectionRequestFactory(), to=to)

    for name, value in changes.items():
        setattr(to, name, value)

    assert not emails.is_still_true(mail)
