"""What signers do, in one call each."""

import re

from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from pledges.actions import signing
from pledges.actions.signing import Reply, Signer
from pledges.draft import Draft
from pledges.enums import Answer, Capacity, LinkPurpose
from pledges.models import MailLink
from pledges.views.signing_path import SigningPath
from tests.pledges.factories import CandidateListFactory
from tests.pledges.guarded import guard_data


def headed_list(**kwargs):
    """A list with its head, loaded as a page loads it."""
    candidate_list = CandidateListFactory(headed=True, **kwargs)
    return type(candidate_list).objects.with_contest().get(pk=candidate_list.pk)


def replies(candidate_list, *numbers, statement=""):
    """Commitments to these principles, all five unless told."""
    principles = candidate_list.contest.election.charter.principles.filter(number__in=numbers or range(1, 6))
    return {principle: Reply(Answer.COMMITS, statement) for principle in principles}


def head_of(candidate_list, email="tete@example.org", **kwargs):
    head = candidate_list.candidates.get(is_head=True)
    return Signer(Capacity.HEAD, head.full_name, email, candidate=head, **kwargs)


def submit(candidate_list, *, email="tete@example.org", numbers=(), statement=""):
    """The head signs for the list."""
    return signing.submit(
        candidate_list,
        signers=[head_of(candidate_list, email)],
        replies=replies(candidate_list, *numbers, statement=statement),
    )


def links_of(pledge, purpose=LinkPurpose.CONFIRM):
    """A fresh link for each signatory, as a mail would carry it, and its token."""
    tokens = [MailLink.objects.mint(signatory, purpose) for signatory in pledge.signatories.all()]
    return [(MailLink.objects.for_token(token, purpose).get(), token) for token in tokens]


def confirm(pledge, *, accepts_contact=None):
    """Every signatory confirms."""
    for link, _token in links_of(pledge):
        pledge = signing.confirm(link, accepts_contact=accepts_contact)
    return pledge


# --- The same over the pages, as a browser does ---

ANSWERS = {1: ("commits", "Dès 2028."), 2: ("declines", "")}
HEAD = {"capacity": "head", "email_0": "tete@example.org"}


def fill(client, address, *, answers=None, **who):
    """Fill in every step of a signing path; principles not named are left without an answer."""
    answers = ANSWERS if answers is None else answers
    for number in range(1, 6):
        answer, statement = answers.get(number, ("none", ""))
        step = {"answer": answer, "statement": statement}
        assert client.post(f"{address}principe-{number}/", step).status_code == 302
    assert client.post(f"{address}qui/", who or HEAD).status_code == 302


def at_last_page(candidate_list, *, email="tete@example.org", words=""):
    """Someone whose draft is complete, without the requests that made it: their browser, and what it will send."""
    address = reverse("sign-list", args=[candidate_list.pk])
    draft = Draft(address, {})
    for number in range(1, 6):
        draft.keep(f"principe-{number}", {"answer": "commits", "statement": words})
    draft.keep("qui", {"capacity": "head", "email_0": email})
    client = Client()
    client.cookies.update(draft.save(HttpResponse()).cookies)
    request = RequestFactory().get(address)
    request.COOKIES = {name: cookie.value for name, cookie in client.cookies.items()}
    read = SigningPath(request, address, candidate_list).fingerprint()
    return client, f"{address}relire/", {"read": read, "accepts_publication": "on"}


def send(client, address, *, guard=None, **changes):
    """Press « Signer » on the last page, both consents given unless told: the answer of the portal.

    ``guard`` is made beforehand by who signs in threads: making it moves the clock of the whole process.
    """
    page = client.get(f"{address}relire/").content.decode()
    [read] = re.findall(r'name="read" value="(\w+)"', page) or [""]
    typed = {**(guard or guard_data()), "read": read, "accepts_publication": "on", **changes}
    return client.post(f"{address}relire/", {name: value for name, value in typed.items() if value is not None})


def sign_online(client, address, *, answers=None, **who):
    """The whole way, from the first principle to « Signer »."""
    fill(client, address, answers=answers, **who)
    return send(client, address)
