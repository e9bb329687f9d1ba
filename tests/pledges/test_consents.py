import hashlib

import pytest
from django.urls import reverse

from pledges import consent
from pledges.actions import consents, signing
from pledges.actions.signing import Signer
from pledges.enums import Act, CandidateRole, Capacity, LinkPurpose, ListKind
from pledges.models import JournalEntry, Signatory
from tests.desk.acts import enter
from tests.pledges.acts import confirm, headed_list, links_of, replies, submit
from tests.pledges.factories import CandidateFactory, PledgeFactory, SignatoryFactory
from tests.pledges.test_views import text_of
from tests.regions.factories import UserFactory

pytestmark = pytest.mark.django_db

# A change of the words is a new version: the journal says which one each person read.
FINGERPRINTS = {
    ("2026-11", "publication"): "229b1470f103221e2fb2e9738cb715559ed02b124330d675f1191bf50fd90eee",
    ("2026-11", "contact"): "cfe4904211ccf1c7581f437c11953c1d663ff8fee0a4c7c6614f513eeee6303d",
}


def said(pledge):
    """What was agreed to or taken back, in order: given, of what, in which words, where, by whom."""
    entries = pledge.entries.filter(act__in=(Act.CONSENT_GIVEN, Act.CONSENT_WITHDRAWN)).order_by("pk")
    return [(entry.act == Act.CONSENT_GIVEN, entry.details["purpose"], entry.details["door"]) for entry in entries]


def test_the_words_of_each_version_are_those_that_were_shown():
    fingerprints = {
        (version, str(purpose)): hashlib.sha256(str(text).encode()).hexdigest()
        for version, texts in consent.TEXTS.items()
        for purpose, text in texts.items()
    }

    assert fingerprints == FINGERPRINTS
    assert consent.VERSION in consent.TEXTS


@pytest.mark.parametrize("contact", [False, True])
def test_each_consent_is_logged_where_it_is_given(contact):
    pledge = submit(headed_list())

    confirm(pledge, accepts_contact=contact)

    of_contact = [(True, "contact", "confirmation")] if contact else []
    assert said(pledge) == [(True, "publication", "form"), (True, "publication", "confirmation"), *of_contact]
    [entry, *_others] = pledge.entries.filter(act=Act.CONSENT_GIVEN)
    assert entry.details["version"] == consent.VERSION
    assert entry.details["signatory"] == pledge.signatories.get().pk


def test_those_of_a_pair_each_agree_for_themself():
    candidate_list = headed_list(kind=ListKind.PAIR)
    members = CandidateFactory.create_batch(2, candidate_list=candidate_list, role=CandidateRole.CANDIDATE)
    signers = [
        Signer(Capacity.MEMBER, str(person), f"m{person.pk}@example.org", candidate=person, accepts_publication=False)
        for person in members
    ]
    pledge = signing.submit(candidate_list, signers=signers, replies=replies(candidate_list))
    before = said(pledge)

    [(first, _), (second, _)] = links_of(pledge)
    signing.confirm(first, accepts_contact=True)
    signing.confirm(second, accepts_contact=False)

    assert before == []
    assert said(pledge) == [
        (True, "publication", "confirmation"),
        (True, "contact", "confirmation"),
        (True, "publication", "confirmation"),
    ]


def test_a_signer_says_yes_then_no_then_yes_and_each_is_logged(client):
    pledge = PledgeFactory(published=True)
    SignatoryFactory(pledge=pledge)
    [(_link, token)] = links_of(pledge, LinkPurpose.PRIVATE)
    address = reverse("private-contact", args=[token])

    states = []
    for answer in ("yes", "yes", "no", "no", "yes"):
        client.post(address, {"accepts_contact": answer})
        states.append(Signatory.objects.get().consented_to_contact_at is not None)

    assert states == [True, True, False, False, True]
    assert said(pledge) == [(given, "contact", "private_page") for given in (True, False, True)]


def test_the_page_shows_the_exact_words_and_asks_for_an_answer(client):
    pledge = PledgeFactory(published=True)
    SignatoryFactory(pledge=pledge)
    [(_link, token)] = links_of(pledge, LinkPurpose.PRIVATE)
    address = reverse("private-contact", args=[token])

    shown, empty = client.get(address), client.post(address)

    assert str(consent.CONTACT) in text_of(shown)
    assert (empty.status_code, said(pledge)) == (422, [])


def test_an_amendment_that_waits_follows_what_its_signer_says():
    pledge = PledgeFactory(published=True)
    signatory = SignatoryFactory(pledge=pledge, consented_to_contact_at=pledge.submitted_at)
    amendment = signing.amend(signatory, replies=replies(pledge.candidate_list, 5))

    consents.accept_contact(signatory, accepts=False)

    assert amendment.signatories.get().consented_to_contact_at is None
    assert said(amendment) == [(True, "publication", "private_page")]


def test_one_member_does_not_read_what_the_other_agreed_to(client):
    pledge = PledgeFactory(published=True, candidate_list__kind=ListKind.PAIR)
    members = []
    for number in (1, 2):
        person = CandidateFactory(candidate_list=pledge.candidate_list, role=CandidateRole.CANDIDATE)
        members.append(
            SignatoryFactory(
                pledge=pledge, candidate=person, capacity=Capacity.MEMBER, email=f"membre{number}@example.org"
            )
        )
    consents.accept_contact(members[0], accepts=True)
    tokens = [token for _link, token in links_of(pledge, LinkPurpose.PRIVATE)]

    pages = [text_of(client.get(reverse("private", args=[token]))) for token in tokens]

    assert ["Accord donné" in page for page in pages] == [True, False]


@pytest.mark.parametrize("accepts", [True, False])
def test_a_moderator_sees_whether_the_person_accepts_to_be_contacted(client, accepts):
    pledge = PledgeFactory(in_review=True)
    SignatoryFactory(pledge=pledge, consented_to_contact_at=pledge.submitted_at if accepts else None)
    enter(client, UserFactory(is_staff=True, is_superuser=True))

    page = text_of(client.get(reverse("admin:pledges_pledge_change", args=[pledge.pk])))

    assert ("accepté le" in page, "non : écrire ou appeler seulement pour vérifier" in page) == (accepts, not accepts)


def test_an_unconfirmed_signature_that_goes_leaves_a_log_without_a_name():
    pledge = submit(headed_list(), email="tete@example.org")
    name = pledge.signatories.get().full_name
    pledge.delete()

    entries = list(JournalEntry.objects.filter(act=Act.CONSENT_GIVEN))

    assert len(entries) == 1
    assert "tete" not in repr(vars(entries[0]))
    assert name not in repr(vars(entries[0]))
