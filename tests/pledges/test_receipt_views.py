"""Downloading a receipt, and checking one: what anyone who holds the paper sees, and what nobody does."""

import hashlib
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from pledges import issuing
from pledges.actions import review, signing
from pledges.codes import make_code
from pledges.enums import Answer, IdentityCheck, LinkPurpose
from pledges.forms import RECEIPT_LIMIT
from pledges.models import Receipt
from tests.pledges.acts import links_of, replies
from tests.pledges.factories import CommitmentFactory, ElectionFactory, PledgeFactory, SignatoryFactory
from tests.pledges.test_views import text_of
from tests.regions.factories import UserFactory

pytestmark = pytest.mark.django_db

WORDS = "Nous réserverons deux sièges à la CRESS."
SHOWN = ["published", "suspended"]
HIDDEN = ["in_review", "withdrawn", "declined"]


def signed(state="published", **kwargs):
    pledge = PledgeFactory(**{state: True}, **kwargs)
    SignatoryFactory(pledge=pledge, email="tete@example.org", phone="06 12 34 56 78")
    CommitmentFactory(pledge=pledge, answer=Answer.COMMITS, statement=WORDS)
    return pledge


def replaced(by="published"):
    """A pledge that another one replaced, itself in that state now."""
    first = signed("superseded")
    return first, signed(by, candidate_list=first.candidate_list, amends=first)


def private_page_of(pledge, name="private-receipt"):
    [(_link, token)] = links_of(pledge, LinkPurpose.PRIVATE)
    return reverse(name, args=[token])


def check_page_of(pledge, name="verify-code"):
    return reverse(name, args=[pledge.shown_code])


# --- Downloading ---


def test_a_signer_downloads_the_receipt_made_at_once_if_need_be(client):
    pledge = signed(candidate_list__name="Liste d’Été, « à nous »")

    response = client.get(private_page_of(pledge))

    receipt = Receipt.objects.get()
    assert (response.status_code, response.content) == (200, receipt.pdf())
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == 'attachment; filename="recu-liste-dete-a-nous.pdf"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("state", ["declined", "withdrawn"])
def test_what_has_ended_has_no_receipt_to_download(client, state):
    address = private_page_of(signed(state))

    response = client.get(address)

    assert response.status_code == 302
    assert not Receipt.objects.exists()


def test_a_signature_to_confirm_has_no_receipt_to_download(client):
    pledge = PledgeFactory(signed=True)

    assert client.get(private_page_of(pledge)).status_code == 302
    assert "recu" not in client.get(private_page_of(pledge, "private")).content.decode()


def test_nobody_downloads_without_a_link(client):
    pledge = signed()
    receipt = issuing.issue(pledge.pk)
    [(_link, other)] = links_of(pledge, LinkPurpose.CONFIRM)
    addresses = [
        reverse("private-receipt", args=[token]) for token in (other, "x" * 43, pledge.code, receipt.content_sha256)
    ]

    assert [client.get(address).status_code for address in addresses] == [404] * 4


@pytest.mark.parametrize("prefix", ["/", "/media/", "/static/", "/static/../media/"])
def test_no_address_of_the_storage_opens_a_receipt(client, prefix):
    receipt = issuing.issue(signed().pk)

    assert client.get(prefix + receipt.file.name).status_code == 404


def test_the_private_page_gives_the_format_and_the_weight_once_known(client):
    pledge = signed()
    address = private_page_of(pledge, "private")

    before = text_of(client.get(address))
    receipt = issuing.issue(pledge.pk)
    after = text_of(client.get(address))

    assert "Télécharger le reçu (PDF)<" in before
    assert f"Télécharger le reçu (PDF, {round(receipt.size / 1000)} Ko)<" in after


def test_a_receipt_that_cannot_be_made_is_said_in_words(client, monkeypatch, caplog):
    pledge = signed()

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("django.core.files.storage.FileSystemStorage._save", full)
    response = client.get(private_page_of(pledge))

    assert response.status_code == 503
    assert "Votre engagement est bien enregistré" in text_of(response)
    assert "No space left on device" in caplog.text


# --- Checking a code ---


@pytest.mark.parametrize("state", SHOWN)
def test_whoever_holds_the_paper_compares_it_word_by_word(client, state):
    pledge = signed(state)
    receipt = issuing.issue(pledge.pk)

    response = client.get(check_page_of(pledge))

    text = text_of(response)
    for words in (
        pledge.shown_code,
        pledge.candidate_list.name,
        pledge.candidate_list.contest.name,
        pledge.candidate_list.contest.election.name,
        pledge.signatories.get().full_name,
        "Tête de liste",
        "Identité rapprochée de la liste officielle",
        WORDS,
        "s’engage",
        "Engagement suspendu" if state == "suspended" else "Signataire de la charte depuis le",
        re.sub("(.{4})", r"\1 ", pledge.charter_id).strip(),
        receipt.pdf_sha256,
    ):
        assert words in text
    assert response.status_code == 200


def test_what_was_replaced_leads_to_what_replaced_it(client):
    first, second = replaced()

    response = client.get(check_page_of(first))

    text = text_of(response)
    assert "D’autres réponses ont pris sa place" in text
    assert WORDS in text
    assert f'href="{second.signer.get_absolute_url()}"' in response.content.decode()


def test_a_code_in_review_is_genuine_and_shows_no_name_and_no_answer(client):
    pledge = signed("in_review")
    receipt = issuing.issue(pledge.pk)

    response = client.get(check_page_of(pledge))

    text = text_of(response)
    assert "Ce code est bien le nôtre" in text
    assert "Rien n’est encore publié" in text
    assert hidden_in(response, pledge)
    assert receipt.pdf_sha256 not in text


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("withdrawn", "Le portail n’en montre plus rien d’autre, et ses reçus sont effacés"),
        ("declined", "de ne pas le publier"),
    ],
)
def test_what_has_ended_shows_its_dates_alone(client, state, words):
    pledge = signed(state)

    response = client.get(check_page_of(pledge))

    assert words in text_of(response)
    assert hidden_in(response, pledge)


def test_a_publication_that_was_annulled_shows_its_dates_alone(client):
    pledge, moderator = signed(), UserFactory()
    review.suspend(pledge, by=moderator, reason="Un doute précis.")
    review.decline(pledge, by=moderator, reason="Une imposture.")

    response = client.get(check_page_of(pledge))

    assert "la publication a été annulée le" in text_of(response)
    assert hidden_in(response, pledge)
    assert "imposture" not in text_of(response)


def test_a_withdrawal_hides_what_was_said_before_it_too(client):
    first, second = replaced()
    shown = client.get(check_page_of(first))

    signing.withdraw(second)
    response = client.get(check_page_of(first))

    assert not hidden_in(shown, first)
    assert "Engagement retiré" in text_of(response)
    assert hidden_in(response, first)


def hidden_in(response, pledge):
    """Whether a page says nothing of who signed, for whom, and what."""
    page = response.content.decode()
    names = [signatory.full_name for signatory in pledge.signatories.all()]
    return not any(word in page for word in (*names, pledge.candidate_list.name, WORDS, "answer--commits"))


@pytest.mark.parametrize("state", [*SHOWN, *HIDDEN])
def test_no_page_of_a_code_shows_contact_data_or_leaves_anything(client, state):
    pledge = signed(state)

    response = client.get(check_page_of(pledge))

    page = response.content.decode()
    assert "tete@example.org" not in page
    assert "06 12 34 56 78" not in page
    assert (response.cookies, "csrf" in page) == ({}, False)
    assert '<meta name="robots" content="noindex">' in page
    assert "no-store" in response.headers["Cache-Control"]


def test_a_code_leads_to_its_one_address_however_it_is_written(client):
    pledge = signed()

    written = [pledge.code, pledge.code.lower(), pledge.shown_code.replace("-", " "), pledge.shown_code.lower()]

    for code in written:
        response = client.get(reverse("verify-code", args=[code]))
        assert (response.status_code, response.headers["Location"]) == (302, check_page_of(pledge))


def test_neighbours_and_noise_open_nothing_and_look_the_same(client):
    pledge = signed()
    last = "A" if pledge.code[-1] != "A" else "B"
    codes = [pledge.code[:-1] + last, make_code(), "1", str(pledge.pk), "é", "<script>", "%00", "A" * 3000, "\x00" * 32]

    answers = [client.get(reverse("verify-code", args=[code])) for code in codes]

    assert [answer.status_code for answer in answers] == [404] * len(codes)
    assert len({re.sub(r'href="[^"]*"', "", answer.content.decode()) for answer in answers}) == 1
    assert "Aucun reçu ne porte ce code" in text_of(answers[0])


def test_a_signature_to_confirm_bears_no_code_yet(client):
    pledge = PledgeFactory(signed=True)

    assert client.get(check_page_of(pledge)).status_code == 404


def test_a_code_is_typed_in_a_form_that_says_what_is_wrong(client):
    pledge = signed()

    empty = client.get(reverse("verify"))
    found = client.get(reverse("verify"), {"code": f" {pledge.shown_code.lower()} "})
    wrong = [client.get(reverse("verify"), {"code": typed}) for typed in ("", "AB3D", "x" * 200)]

    assert (empty.status_code, empty.cookies) == (200, {})
    assert (found.status_code, found.headers["Location"]) == (302, check_page_of(pledge))
    assert [answer.status_code for answer in wrong] == [422] * 3
    assert "huit groupes de quatre" in text_of(wrong[1])


def test_a_demonstration_says_so_when_checked(client):
    pledge = signed(candidate_list__contest__election=ElectionFactory(is_demonstration=True))

    assert "Élection de démonstration" in text_of(client.get(check_page_of(pledge)))


@pytest.mark.parametrize("name", ["verify", "verify-code"])
def test_checking_a_code_is_reading(client, name):
    address = check_page_of(signed(), name) if name == "verify-code" else reverse(name)

    assert client.post(address).status_code == 405


def test_checking_costs_a_fixed_number_of_queries(client, django_assert_num_queries):
    pledge = signed()
    issuing.issue(pledge.pk)

    with django_assert_num_queries(6):
        client.get(check_page_of(pledge))


# --- Comparing a file ---


def compare(client, pledge, content, name="recu.pdf"):
    file = SimpleUploadedFile(name, content, content_type="application/pdf")
    return client.post(check_page_of(pledge, "verify-file"), {"file": file})


@pytest.mark.parametrize("state", ["in_review", *SHOWN])
def test_a_file_is_a_receipt_of_this_code_or_is_not_to_the_byte(client, state):
    pledge, other = signed(state), signed(state)
    pdf, of_other = issuing.issue(pledge.pk).pdf(), issuing.issue(other.pk).pdf()

    right, altered, foreign = (compare(client, pledge, content) for content in (pdf, pdf[:-1] + b"!", of_other))

    assert "C’est bien un reçu du portail" in text_of(right)
    assert hashlib.sha256(pdf).hexdigest() in text_of(right)
    assert "Ce n’est pas un reçu fait pour ce code" in text_of(altered)
    assert "Ce n’est pas un reçu fait pour ce code" in text_of(foreign)
    assert "no-store" in right.headers["Cache-Control"]


def test_a_receipt_made_before_publication_is_still_one(client):
    pledge = signed("in_review")
    earlier = issuing.issue(pledge.pk).pdf()
    review.publish(pledge, by=UserFactory(), identity_check=IdentityCheck.CALL_BACK)
    issuing.issue(pledge.pk)

    assert "C’est bien un reçu du portail" in text_of(compare(client, pledge, earlier))


def test_a_withdrawn_pledge_has_nothing_to_compare_with(client):
    pledge = signed()
    pdf = issuing.issue(pledge.pk).pdf()
    signing.withdraw(pledge)

    assert "Il n’y a plus rien à comparer" in text_of(compare(client, pledge, pdf))


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "Ce fichier est vide"), (b"x" * (RECEIPT_LIMIT + 1), "Ce fichier dépasse 2 Mo")],
    ids=["empty", "too large"],
)
def test_what_is_no_receipt_is_refused_kindly(client, content, words):
    response = compare(client, signed(), content)

    assert response.status_code == 422
    assert words in text_of(response)


def test_the_largest_file_admitted_is_compared(client):
    assert compare(client, signed(), b"x" * RECEIPT_LIMIT).status_code == 200


def test_nothing_of_a_file_is_kept_whatever_its_size(client, settings, tmp_path, monkeypatch):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    before = set(tmp_path.rglob("*"))

    def keep(*args, **kwargs):
        raise AssertionError("a file was kept")

    monkeypatch.setattr("django.core.files.uploadhandler.MemoryFileUploadHandler.file_complete", keep)
    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryFileUploadHandler.new_file", keep)
    answers = [compare(client, signed(), b"x" * size) for size in (10, 10 * RECEIPT_LIMIT)]

    assert [answer.status_code for answer in answers] == [200, 422]
    assert set(tmp_path.rglob("*")) == before


def test_comparing_asks_for_the_page_s_own_token():
    pledge, client = signed(), Client(enforce_csrf_checks=True)
    pdf = issuing.issue(pledge.pk).pdf()

    refused = compare(client, pledge, pdf)
    client.get(check_page_of(pledge, "verify-file"))
    token = client.cookies["csrftoken"].value
    accepted = client.post(
        check_page_of(pledge, "verify-file"),
        {"csrfmiddlewaretoken": token, "file": SimpleUploadedFile("recu.pdf", pdf)},
    )

    assert (refused.status_code, accepted.status_code) == (403, 200)


def test_a_form_without_a_file_or_with_a_text_in_its_place_is_refused_in_words(client):
    address = check_page_of(signed(), "verify-file")

    answers = [client.post(address), client.post(address, {"file": "un texte"})]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert "Choisissez le fichier à comparer" in text_of(answers[0])


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_code_has_no_file_to_compare(client, method):
    assert getattr(client, method)(reverse("verify-file", args=[make_code()])).status_code == 404


def test_an_amendment_in_review_hides_nothing_of_what_is_published(client):
    pledge = signed()
    amendment = signing.amend(pledge.signatories.get(), replies=replies(pledge.candidate_list, 1))

    published, waiting = client.get(check_page_of(pledge)), client.get(check_page_of(amendment))

    assert WORDS in text_of(published)
    assert hidden_in(waiting, pledge)
