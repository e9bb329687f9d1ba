import datetime
import io
import logging
import re

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from pledges.actions import review, signing
from pledges.actions.prepared import carry_out_prepared
from pledges.actions.transitions import TransitionError
from pledges.enums import (
    Act,
    Answer,
    CandidateRole,
    Capacity,
    IdentityCheck,
    LinkPurpose,
    ListKind,
    MailKind,
    PledgeState,
)
from pledges.models import MailLink, OutboxMail, Pledge
from tests.pledges.acts import confirm, headed_list, links_of, replies, submit
from tests.pledges.factories import CandidateFactory, ElectionFactory, PledgeFactory, SignatoryFactory
from tests.pledges.guarded import guard_data
from tests.pledges.test_views import text_of
from tests.regions.factories import UserFactory

pytestmark = pytest.mark.django_db

ADDRESS = "tete@example.org"
PAGES = [
    "private",
    "private-amend",
    "private-withdraw",
    "private-email",
    "private-contact",
    "private-data",
    "private-erase",
]


def signed(state="published", **kwargs):
    pledge = PledgeFactory(**{state: True}, answers={1: Answer.COMMITS, 2: Answer.DECLINES}, **kwargs)
    SignatoryFactory(pledge=pledge, email=ADDRESS)
    return pledge


def page_of(pledge, name="private"):
    [(_link, token), *_others] = links_of(pledge, LinkPurpose.PRIVATE)
    return reverse(name, args=[token])


def ask(client, email=ADDRESS):
    return client.post(reverse("private-ask"), {**guard_data(), "email": email})


# --- Asking for the link ---


@pytest.mark.parametrize("state", ["in_review", "published", "suspended"])
def test_whoever_signed_gets_a_link_whatever_the_capitals(client, smtp, state, django_capture_on_commit_callbacks):
    signed(state)

    with django_capture_on_commit_callbacks(execute=True):
        ask(client, "TETE@Example.org")

    [message] = smtp.messages
    [link] = re.findall(r"https://engagements\.example\.org(/signer/ma-page/\S+/)", message.get_content())
    assert client.get(link).status_code == 200


@pytest.mark.parametrize("state", ["declined", "withdrawn", "superseded"])
def test_a_pledge_that_has_ended_opens_nothing_more(client, state):
    signed(state)

    ask(client)

    assert not OutboxMail.objects.exists()


def test_a_signature_that_nobody_confirmed_gets_its_confirmation_again(client):
    SignatoryFactory(pledge=PledgeFactory(), email=ADDRESS)

    ask(client)

    assert [mail.kind for mail in OutboxMail.objects.all()] == [MailKind.CONFIRM]


def test_the_answer_never_tells_whether_an_address_is_known(client):
    signed()

    known, unknown = ask(client), ask(client, "inconnue@example.org")

    assert (known.status_code, known.headers["Location"], known.content) == (
        unknown.status_code,
        unknown.headers["Location"],
        unknown.content,
    )
    assert OutboxMail.objects.count() == 1


def test_links_leave_ten_minutes_apart_and_three_a_day(client):
    signed()
    counts = []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for wait in (0, 9, 2, 11, 11, 24 * 60):
            clock.shift(datetime.timedelta(minutes=wait))
            ask(client)
            counts.append(OutboxMail.objects.count())

    assert counts == [1, 1, 2, 3, 3, 4]


@pytest.mark.parametrize("email", ["", "tete", "a\r\nBcc: b@example.org"])
def test_an_address_that_is_none_keeps_what_was_typed(client, email):
    response = ask(client, email)

    assert response.status_code == 422
    assert response.context["form"]["email"].errors


# --- Opening it ---


def test_the_page_shows_the_state_the_answers_and_what_happened(client):
    pledge = signed("in_review")
    signing.record(Act.PLEDGE_IN_REVIEW, pledge)

    response = client.get(page_of(pledge))

    page = text_of(response)
    assert "État : en cours de vérification." in page
    assert "Engagement à vérifier" in page
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("seconds", "status"), [(-1, 200), (1, 410)])
def test_a_link_opens_for_two_hours_to_the_second(client, name, seconds, status):
    pledge = signed()
    address = page_of(pledge, name)
    expires_at = pledge.signatories.get().links.get().expires_at

    with time_machine.travel(expires_at + datetime.timedelta(seconds=seconds), tick=False):
        answer = client.get(address)

    assert answer.status_code == status


@pytest.mark.parametrize("name", PAGES)
def test_a_link_made_for_something_else_opens_nothing(client, name):
    [(_link, token)] = links_of(signed(), LinkPurpose.CONFIRM)

    answers = [client.get(reverse(name, args=[token])), client.post(reverse(name, args=[token]), {"is_sure": "on"})]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert Pledge.objects.get().state == PledgeState.PUBLISHED


def test_a_private_link_confirms_nothing(client):
    pledge = signed("in_review")
    [(_link, token)] = links_of(pledge, LinkPurpose.PRIVATE)

    assert client.post(reverse("confirm", args=[token]), {"is_me": "on"}).status_code == 404


def test_the_page_costs_a_fixed_number_of_queries(client, django_assert_num_queries):
    pledge = signed()
    for _ in range(10):
        signing.record(Act.PLEDGE_RESUMED, pledge)
    address = page_of(pledge)

    with django_assert_num_queries(10):
        client.get(address)


def test_the_page_says_until_when_its_link_is_good_by_the_clock_of_the_territory(client):
    reunion = signed(candidate_list__contest__region__time_zone="Indian/Reunion")
    with time_machine.travel(datetime.datetime(2026, 11, 22, 10, 32, tzinfo=datetime.UTC), tick=False):
        page = text_of(client.get(page_of(reunion)))

    assert "Le lien de cette page est valable jusqu’à 16 h 32." in page


@pytest.mark.parametrize("name", ["private-withdraw", "confirm", "approve"])
def test_no_token_is_written_in_the_logs(client, name):
    [console] = [handler for handler in logging.getLogger().handlers if handler.name == "console"]
    written = io.StringIO()
    before = console.setStream(written)
    address = page_of(signed(), name) if name == "private-withdraw" else reverse(name, args=["x" * 43])

    client.post(address, {})

    console.setStream(before)
    [line] = written.getvalue().splitlines()
    assert line.endswith(f": {re.sub(r'[^/]{43}', '…', address)}")


def test_each_act_counts_on_the_link_and_reading_does_not(client):
    pledge = signed()
    address = page_of(pledge, "private-contact")
    counts = []
    for act in (client.get, client.head, lambda it: client.post(it, {"accepts_contact": "yes"})):
        act(address)
        counts.append(pledge.signatories.get().links.get().uses)

    assert counts == [0, 0, 1]


def test_a_confirmation_link_counts_one_use_and_never_two():
    pledge = submit(headed_list())
    [(link, _token)] = links_of(pledge)

    signing.confirm(link)

    link.refresh_from_db()
    assert link.uses == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        MailLink.objects.filter(pk=link.pk).update(uses=2)


@pytest.mark.parametrize(
    ("state", "action"),
    [
        ("in_review", "Relire mes réponses"),
        ("published", "Modifier mes réponses"),
        ("suspended", "Relire mes réponses"),
        ("declined", "Signer de nouveau"),
        ("withdrawn", "Signer de nouveau"),
        ("superseded", "Recevoir le nouveau lien"),
    ],
)
def test_each_state_has_one_main_thing_to_do(client, state, action):
    response = client.get(page_of(signed(state)))

    main = re.findall(r'class="btn btn--main[^"]*btn--wide"[^>]*>([^<]*)<', response.content.decode())
    assert main == [action]


# --- Withdrawing ---


@pytest.mark.parametrize("state", ["in_review", "published", "suspended"])
def test_a_signer_withdraws_with_a_box_and_a_button(client, state):
    pledge = signed(state)
    address = page_of(pledge, "private-withdraw")

    shown = client.get(address)
    without = client.post(address, {"reason": "La liste a changé."})
    done = client.post(address, {"reason": "La liste a changé.", "is_sure": "on"}, follow=True)

    pledge.refresh_from_db()
    assert (shown.status_code, without.status_code) == (200, 422)
    assert "La liste a changé." in text_of(without)
    assert pledge.state == PledgeState.WITHDRAWN
    assert pledge.entries.get().why == "La liste a changé."
    assert "Vos coordonnées sont effacées" in text_of(done)


def test_what_has_ended_offers_nothing_to_do(client):
    pledge = signed()
    addresses = [page_of(pledge, name) for name in ("private-amend", "private-withdraw")]
    signing.withdraw(pledge)

    for address in addresses:
        assert client.get(address).status_code == 302
        assert client.post(address, {"is_sure": "on", "answer_1": "commits"}).status_code == 302
    assert pledge.entries.count() == 1


def test_the_signers_reason_is_public_with_its_date_and_stays_text(client):
    pledge = signed()
    signing.withdraw(pledge, reason="La liste <b>a changé</b>.")
    pledge.refresh_from_db()

    response = client.get(pledge.candidate_list.get_absolute_url())

    assert "La liste &lt;b&gt;a changé&lt;/b&gt;." in response.content.decode()
    page = text_of(response)
    assert f"Motif écrit par qui avait signé pour « {pledge.candidate_list.name} »" in page
    assert f'<time datetime="{timezone.localdate():%Y-%m-%d}">' in response.content.decode()


def test_the_reason_of_a_personal_pledge_is_on_the_candidates_page(client):
    pledge = signed(personal=True)
    signing.withdraw(pledge, reason="Je ne suis plus candidate.")

    page = text_of(client.get(pledge.candidate.get_absolute_url()))

    assert "Je ne suis plus candidate." in page
    assert "Motif écrit par la personne qui avait signé" in page


def test_what_a_moderator_notes_is_not_public(client):
    pledge = signed()
    signing.withdraw(pledge, by=UserFactory(), reason="Courriel du 3 mai.")

    page = text_of(client.get(pledge.candidate_list.get_absolute_url()))

    assert "Engagement retiré le" in page
    assert "Courriel du 3 mai." not in page


@pytest.mark.parametrize(("withdrawn_on", "read_on", "shown"), [(19, 19, ""), (19, 21, "21"), (18, 19, "18")], ids=str)
def test_a_withdrawal_asked_during_the_silence_is_shown_after_it(client, withdrawn_on, read_on, shown):
    pledge = signed(candidate_list__contest__election=ElectionFactory(past=True))
    with time_machine.travel(datetime.datetime(2021, 6, withdrawn_on, 12, tzinfo=datetime.UTC)):
        signing.withdraw(pledge, reason="La liste a changé.")
    with time_machine.travel(datetime.datetime(2021, 6, read_on, 12, tzinfo=datetime.UTC)):
        carry_out_prepared()
        page = text_of(client.get(pledge.candidate_list.get_absolute_url()))

    assert (f"Engagement retiré le {shown} juin 2021" in page, "La liste a changé." in page) == (bool(shown),) * 2


def test_only_a_withdrawal_has_a_public_reason():
    pledge = signed()

    with pytest.raises(IntegrityError), transaction.atomic():
        Pledge.objects.filter(pk=pledge.pk).update(withdrawal_reason="Sans retrait.")


def test_answers_that_wait_go_with_the_pledge_they_amend():
    pledge = signed()
    amendment = signing.amend(pledge.signatories.get(), replies=replies(pledge.candidate_list, 5))

    signing.withdraw(pledge)

    amendment.refresh_from_db()
    assert amendment.state == PledgeState.WITHDRAWN
    assert list(amendment.signatories.values_list("email", flat=True)) == [""]
    assert OutboxMail.objects.filter(kind=MailKind.WITHDRAWN).count() == 1


def test_an_amendment_that_a_member_has_still_to_confirm_goes_too():
    pledge = PledgeFactory(published=True, candidate_list__kind=ListKind.PAIR)
    for number in (1, 2):
        member = CandidateFactory(candidate_list=pledge.candidate_list, role=CandidateRole.CANDIDATE)
        SignatoryFactory(pledge=pledge, candidate=member, capacity=Capacity.MEMBER, email=f"membre{number}@example.org")
    signing.amend(pledge.signatories.first(), replies=replies(pledge.candidate_list, 5))

    signing.withdraw(pledge)

    assert Pledge.objects.get() == pledge


def test_withdrawing_new_answers_leaves_the_first_published(client):
    pledge = signed()
    amendment = signing.amend(pledge.signatories.get(), replies=replies(pledge.candidate_list, 5))
    address = page_of(amendment, "private-withdraw")

    page = text_of(client.get(address))
    client.post(address, {"is_sure": "on"})

    pledge.refresh_from_db()
    assert "Les premières restent telles quelles." in page
    assert pledge.state == PledgeState.PUBLISHED


def test_what_is_withdrawn_stays_so_and_one_may_sign_again(client):
    candidate_list = headed_list()
    first = confirm(submit(candidate_list))
    signing.withdraw(first)

    page = text_of(client.get(page_of(first)))
    second = confirm(submit(candidate_list))

    first.refresh_from_db()
    assert "Signer de nouveau serait un autre engagement" in page
    assert (first.state, second.state) == (PledgeState.WITHDRAWN, PledgeState.IN_REVIEW)
    with pytest.raises(TransitionError):
        review.resume(first, by=UserFactory())


# --- Amending ---


def test_a_signer_amends_from_the_answers_already_given(client):
    pledge = signed()
    address = page_of(pledge, "private-amend")

    form = client.get(address).context["form"]
    client.post(address, {"answer_1": "declines", "statement_1": "Nous avons compté."})

    amendment = Pledge.objects.get(amends=pledge)
    assert [form[f"answer_{number}"].initial for number in (1, 2, 3)] == ["commits", "declines", ""]
    assert amendment.state == PledgeState.IN_REVIEW
    assert list(amendment.commitments.values_list("principle__number", "answer", "statement")) == [
        (1, "declines", "Nous avons compté.")
    ]
    assert list(amendment.signatories.values_list("email", "capacity")) == [(ADDRESS, Capacity.HEAD)]
    assert [entry.act for entry in amendment.entries.order_by("pk")] == [
        Act.PLEDGE_SUBMITTED,
        Act.CONSENT_GIVEN,
        Act.PLEDGE_IN_REVIEW,
    ]


def test_the_first_answers_stay_public_until_the_new_ones_are_published(client):
    pledge = signed()
    amendment = signing.amend(pledge.signatories.get(), replies=replies(pledge.candidate_list, 5))
    address = pledge.candidate_list.get_absolute_url()

    before = client.get(address).context["pledge"]
    review.publish(amendment, by=UserFactory(), identity_check=IdentityCheck.CALL_BACK)
    after = client.get(address).context["pledge"]

    assert (before, after) == (pledge, amendment)
    pledge.refresh_from_db()
    assert pledge.state == PledgeState.SUPERSEDED


def test_one_amendment_waits_at_a_time_and_another_may_follow_a_refusal(client):
    pledge = signed()
    signatory = pledge.signatories.get()
    first = signing.amend(signatory, replies=replies(pledge.candidate_list, 5))

    with pytest.raises(TransitionError):
        signing.amend(signatory, replies=replies(pledge.candidate_list, 4))
    review.decline(first, by=UserFactory(), reason="Illisible.")
    second = signing.amend(signatory, replies=replies(pledge.candidate_list, 4))

    assert second.state == PledgeState.IN_REVIEW


@pytest.mark.parametrize("state", ["in_review", "suspended", "declined", "withdrawn", "superseded"])
def test_only_what_is_published_is_amended(state):
    pledge = signed(state)

    with pytest.raises(TransitionError):
        signing.amend(pledge.signatories.get(), replies=replies(pledge.candidate_list, 5))

    assert Pledge.objects.count() == 1


def test_the_other_member_of_a_pair_confirms_an_amendment():
    pledge = PledgeFactory(published=True, candidate_list__kind=ListKind.PAIR)
    for number in (1, 2):
        member = CandidateFactory(candidate_list=pledge.candidate_list, role=CandidateRole.CANDIDATE)
        SignatoryFactory(pledge=pledge, candidate=member, capacity=Capacity.MEMBER, email=f"membre{number}@example.org")

    amendment = signing.amend(pledge.signatories.first(), replies=replies(pledge.candidate_list, 5))

    mails = OutboxMail.objects.filter(pledge=amendment, kind=MailKind.CONFIRM)
    assert (amendment.state, [mail.recipient for mail in mails]) == (PledgeState.SUBMITTED, ["membre2@example.org"])
    [(_mine, _), (others, _)] = links_of(amendment)
    assert signing.confirm(others).state == PledgeState.IN_REVIEW


def test_nothing_is_amended_during_the_silence(client):
    pledge = signed(candidate_list__contest__election=ElectionFactory(past=True))
    with time_machine.travel(datetime.datetime(2021, 6, 19, 12, tzinfo=datetime.UTC)):
        address = page_of(pledge, "private-amend")

        response = client.post(address, {"answer_1": "commits"})
        page = client.get(page_of(pledge))

    assert "Silence électoral jusqu’au 20 juin 2021 à 20 h" in text_of(response)
    assert "Modifier mes réponses" not in text_of(page)
    assert Pledge.objects.count() == 1
