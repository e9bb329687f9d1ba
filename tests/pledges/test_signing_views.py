import datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from pledges.actions import signing
from pledges.enums import Act, ListKind, PledgeState
from pledges.models import OutboxMail, Pledge
from tests.pledges.acts import headed_list, links_of, submit
from tests.pledges.factories import CandidateFactory, ElectionFactory, PledgeFactory
from tests.pledges.test_forms import VALID
from tests.pledges.test_views import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def candidate_list():
    return headed_list()


def sign(client, candidate_list, **changes):
    return client.post(reverse("sign-list", args=[candidate_list.pk]), {**VALID, **changes})


def address_of(token):
    return reverse("confirm", args=[token])


def test_signing_leads_to_the_same_page_for_everyone(client, candidate_list):
    PledgeFactory(candidate_list=candidate_list, in_review=True)

    fresh, again = sign(client, headed_list()), sign(client, candidate_list)

    assert [(answer.status_code, answer.headers["Location"]) for answer in (fresh, again)] == [
        (302, "/signer/envoye/")
    ] * 2
    assert Pledge.objects.filter(state=PledgeState.SUBMITTED).count() == 2


def test_a_double_click_signs_once(client, candidate_list):
    sign(client, candidate_list)
    sign(client, candidate_list)

    assert (Pledge.objects.count(), OutboxMail.objects.count()) == (1, 1)


def test_a_mistake_keeps_what_was_typed_and_says_what_to_do(client, candidate_list):
    response = sign(client, candidate_list, email_0="", statement_1="Une phrase longuement pesée")

    page = text_of(response)
    assert response.status_code == 422
    assert "Un point est à corriger" in page
    assert '<a href="#id_email_0">' in page
    assert "Une phrase longuement pesée" in page
    assert not Pledge.objects.exists()


def test_a_candidate_signs_for_themself(client, candidate_list):
    candidate = CandidateFactory(candidate_list=candidate_list)

    client.post(reverse("sign-candidate", args=[candidate.pk]), VALID)

    assert Pledge.objects.get().signer == candidate


@pytest.mark.parametrize("departed", ["list", "candidate"])
def test_who_left_the_official_list_cannot_sign(client, candidate_list, departed):
    candidate = CandidateFactory(candidate_list=candidate_list, departed=departed == "candidate")
    if departed == "list":
        type(candidate_list).objects.filter(pk=candidate_list.pk).update(left_at=datetime.datetime.now(datetime.UTC))
        address = reverse("sign-list", args=[candidate_list.pk])
    else:
        address = reverse("sign-candidate", args=[candidate.pk])

    assert client.get(address).status_code == 404


@pytest.mark.parametrize(("state", "words"), [("published", "a déjà signé"), ("suspended", "a déjà signé")])
def test_a_list_that_has_signed_is_led_to_its_private_page(client, candidate_list, state, words):
    PledgeFactory(candidate_list=candidate_list, **{state: True})

    answers = [client.get(reverse("sign-list", args=[candidate_list.pk])), sign(client, candidate_list)]

    for answer in answers:
        assert words in text_of(answer)
        assert reverse("private-ask") in text_of(answer)
    assert Pledge.objects.count() == 1


@pytest.mark.parametrize("state", ["withdrawn", "declined"])
def test_a_list_whose_pledge_has_ended_may_sign_again(client, candidate_list, state):
    PledgeFactory(candidate_list=candidate_list, made_public=True, **{state: True})

    page = text_of(client.get(candidate_list.get_absolute_url()))
    sign(client, candidate_list)

    assert reverse("sign-list", args=[candidate_list.pk]) in page
    assert Pledge.objects.filter(state=PledgeState.SUBMITTED).count() == 1


def test_closed_signatures_say_since_when(client):
    candidate_list = headed_list(contest__election=ElectionFactory(past=True))

    answers = [client.get(reverse("sign-list", args=[candidate_list.pk])), sign(client, candidate_list)]

    assert all("Les signatures sont closes depuis le 26 juin 2021." in text_of(answer) for answer in answers)
    assert not Pledge.objects.exists()


def test_the_form_is_stored_by_no_cache(client, candidate_list):
    response = client.get(reverse("sign-list", args=[candidate_list.pk]))

    assert "no-store" in response.headers["Cache-Control"]


def test_the_sent_page_is_the_same_bytes_whoever_signed(client, candidate_list):
    before = client.get(reverse("sign-sent")).content
    sign(client, candidate_list)

    assert client.get(reverse("sign-sent")).content == before


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_a_link_confirms_nothing(client, candidate_list, method):
    pledge = submit(candidate_list)
    [(link, token)] = links_of(pledge)

    response = getattr(client, method)(address_of(token))

    pledge.refresh_from_db()
    link.refresh_from_db()
    assert (response.status_code, pledge.state, link.used_at) == (200, PledgeState.SUBMITTED, None)
    assert "no-store" in response.headers["Cache-Control"]


def test_pressing_the_button_without_the_box_confirms_nothing(client, candidate_list):
    pledge = submit(candidate_list)
    [(_link, token)] = links_of(pledge)

    response = client.post(address_of(token))

    pledge.refresh_from_db()
    assert (response.status_code, pledge.state) == (422, PledgeState.SUBMITTED)
    assert "Cochez la case pour confirmer." in text_of(response)


def test_the_page_of_a_link_shows_what_is_about_to_be_signed(client, candidate_list):
    pledge = submit(candidate_list, numbers=(2,), statement="Nos mots à nous.")
    [(_link, token)] = links_of(pledge)

    page = text_of(client.get(address_of(token)))

    assert "« Nos mots à nous. »" in page
    assert pledge.charter_id in page
    assert f"« {pledge.charter.principles.get(number=2).statement} »" in page


def test_confirming_says_what_happens_next_and_opening_again_says_what_happened(client, candidate_list):
    pledge = submit(candidate_list)
    [(_link, token)] = links_of(pledge)

    first = client.post(address_of(token), {"is_me": "on"}, follow=True)
    again = client.post(address_of(token), {"is_me": "on"})

    pledge.refresh_from_db()
    assert pledge.state == PledgeState.IN_REVIEW
    for page in map(text_of, (first, again, client.get(address_of(token)))):
        assert "Votre signature est confirmée" in page
        assert "Le réseau vérifie" in page
    assert pledge.entries.filter(act=Act.SIGNATURE_CONFIRMED).count() == 1


def test_each_member_of_a_pair_is_asked_for_their_own_consent(client):
    pair = headed_list(kind=ListKind.PAIR)
    CandidateFactory(candidate_list=pair)
    form = client.get(reverse("sign-list", args=[pair.pk]))
    mailboxes = {"email_0": "a@example.org", "email_1": "b@example.org"}
    client.post(reverse("sign-list", args=[pair.pk]), {"answer_1": "commits", **mailboxes})
    [(_link, token), _other] = links_of(Pledge.objects.get())

    without = client.post(address_of(token), {"is_me": "on"})
    with_it = client.post(address_of(token), {"is_me": "on", "accepts_publication": "on"})

    assert "accepts_publication" not in text_of(form)
    assert (without.status_code, with_it.status_code) == (422, 302)
    assert "Sans votre accord, rien ne peut être publié" in text_of(without)
    consents = Pledge.objects.get().signatories.order_by("pk").values_list("consented_to_publication_at", flat=True)
    assert [consented_at is not None for consented_at in consents] == [True, False]


def test_an_expired_link_says_so_and_offers_to_sign_again(client, candidate_list):
    [(link, token)] = links_of(submit(candidate_list))

    with time_machine.travel(link.expires_at + datetime.timedelta(seconds=1)):
        answers = [client.get(address_of(token)), client.post(address_of(token), {"is_me": "on"})]

    for answer in answers:
        assert answer.status_code == 410
        assert reverse("sign-list", args=[candidate_list.pk]) in text_of(answer)
    assert Pledge.objects.get().state == PledgeState.SUBMITTED


@pytest.mark.parametrize("alter", [lambda token: token[:-1], lambda token: token.swapcase(), lambda token: "x" * 5000])
def test_an_altered_link_opens_nothing(client, candidate_list, alter):
    [(_link, token)] = links_of(submit(candidate_list))

    response = client.post(address_of(alter(token)), {"is_me": "on"})

    assert response.status_code == 404
    assert "Ce lien n’ouvre rien" in text_of(response)
    assert Pledge.objects.get().state == PledgeState.SUBMITTED


def test_a_second_pledge_of_the_list_is_told_apart_after_the_mailbox_is_proved(client, candidate_list):
    [(_link, token)] = links_of(submit(candidate_list))
    PledgeFactory(candidate_list=candidate_list, in_review=True)

    response = client.post(address_of(token), {"is_me": "on"})

    assert response.status_code == 409
    assert "Cette candidature a déjà signé" in text_of(response)


def test_lists_to_sign_for_are_found_by_region_and_by_name(client):
    candidate_list = headed_list(contest__region__name="Bretagne", name="Liste d’essai", norm="liste d essai")
    headed_list(contest__election=candidate_list.contest.election, name="Autre", norm="autre")

    found = [client.get(reverse("sign"), {"q": query}).context["found"] for query in ("bretagne", "essai", "zzz")]

    assert [[entry[0] for entry in entries] for entries in found] == [[candidate_list], [candidate_list], []]


def test_a_form_without_its_key_is_refused_in_words(candidate_list):
    response = Client(enforce_csrf_checks=True).post(reverse("sign-list", args=[candidate_list.pk]), VALID)

    assert response.status_code == 403
    assert "Django" not in text_of(response)


def test_midnight_while_the_form_is_being_written_is_said_and_loses_nothing(client, candidate_list, monkeypatch):
    def closed(*args, **kwargs):
        raise signing.SigningClosedError("Les signatures sont closes depuis le 1er juin 2027.")

    monkeypatch.setattr(signing, "submit", closed)

    response = sign(client, candidate_list, statement_1="Une phrase à ne pas perdre")

    assert response.status_code == 422
    assert "Les signatures sont closes depuis le 1er juin 2027." in text_of(response)
    assert "Une phrase à ne pas perdre" in text_of(response)


def test_lists_to_sign_for_are_those_of_the_present_elections(client):
    past = headed_list(contest__election=ElectionFactory(past=True), name="Liste d’essai", norm="liste d essai")
    present = headed_list(name="Liste d’essai", norm="liste d essai")

    found = client.get(reverse("sign"), {"q": "essai"}).context["found"]

    assert [entry[0] for entry in found] == [present]
    assert past not in [entry[0] for entry in found]
