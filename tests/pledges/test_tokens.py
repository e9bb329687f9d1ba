"""What a mail carries opens one thing, for one person, once: whatever is tried."""

import base64
import random

import pytest
from django.urls import reverse

from pledges.actions import links, signing
from pledges.enums import LinkPurpose, PledgeState
from pledges.models import MailLink, Pledge
from tests.pledges.acts import headed_list, links_of, submit
from tests.pledges.factories import PledgeFactory, SignatoryFactory

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

FLIPS = 500


def flipped(token, bit):
    """The token with one of its 256 bits changed."""
    raw = bytearray(base64.urlsafe_b64decode(token + "="))
    raw[bit // 8] ^= 1 << bit % 8
    return base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode()


def everything():
    """All that a request could have changed."""
    return (
        list(Pledge.objects.order_by("pk").values_list("pk", "state")),
        list(MailLink.objects.order_by("pk").values_list("pk", "used_at")),
    )


def test_a_token_has_256_bits():
    [(_link, token)] = links_of(submit(headed_list()))

    assert len(base64.urlsafe_b64decode(token + "=")) * 8 == 256


@pytest.mark.parametrize(
    ("route", "purpose", "typed"),
    [
        ("confirm", LinkPurpose.CONFIRM, {"is_me": "on"}),
        ("private", LinkPurpose.PRIVATE, {}),
        ("private-amend", LinkPurpose.PRIVATE, {"answer_1": "declines"}),
        ("private-withdraw", LinkPurpose.PRIVATE, {"is_sure": "on"}),
    ],
)
def test_no_altered_token_opens_anything(client, route, purpose, typed):
    candidate_list = headed_list()
    pledge = submit(candidate_list) if purpose == LinkPurpose.CONFIRM else PledgeFactory(published=True, signed=True)
    [(_link, token)] = links_of(pledge, purpose)
    before, dice = everything(), random.Random(2028)
    tokens = [flipped(token, bit) for bit in range(256)]
    while len(tokens) < FLIPS:
        tokens.append(flipped(flipped(token, dice.randrange(256)), dice.randrange(256)))

    answers = {client.post(reverse(route, args=[altered]), typed).status_code for altered in tokens if altered != token}

    assert (answers, everything()) == ({404}, before)


@pytest.mark.parametrize("purpose", [purpose for purpose in LinkPurpose if purpose != LinkPurpose.PRIVATE])
@pytest.mark.parametrize("route", ["private", "private-amend", "private-withdraw"])
def test_a_token_of_another_purpose_opens_no_private_page(client, purpose, route):
    [(_link, token)] = links_of(PledgeFactory(published=True, signed=True), purpose)
    before = everything()

    assert client.post(reverse(route, args=[token]), {"is_sure": "on"}).status_code == 404
    assert everything() == before


@pytest.mark.parametrize("purpose", [purpose for purpose in LinkPurpose if purpose != LinkPurpose.CONFIRM])
def test_a_token_of_another_purpose_confirms_nothing(client, purpose):
    pledge = submit(headed_list())
    [(_link, token)] = links_of(pledge, purpose)
    before = everything()

    assert client.post(reverse("confirm", args=[token]), {"is_me": "on"}).status_code == 404
    assert everything() == before


def test_a_link_replayed_twenty_times_confirms_once(client):
    pledge = submit(headed_list())
    [(_link, token)] = links_of(pledge)

    for _ in range(20):
        client.post(reverse("confirm", args=[token]), {"is_me": "on"})

    pledge.refresh_from_db()
    acts = list(pledge.entries.exclude(act__startswith="consent.").values_list("act", flat=True))
    assert (pledge.state, acts) == (
        PledgeState.IN_REVIEW,
        ["pledge.submitted", "signature.confirmed", "pledge.in_review"],
    )


def test_a_code_is_spent_by_whoever_types_it_first(in_threads, transactional_db):
    signatory = SignatoryFactory(pledge=PledgeFactory())
    code = MailLink.objects.mint_code(signatory, LinkPurpose.CONFIRM_CODE)

    outcomes = in_threads(lambda: links.exchange_code(code), 8)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["LinkUnusableError"] * 7 + ["tuple"]
    assert MailLink.objects.filter(purpose=LinkPurpose.CONFIRM).count() == 1


def test_no_two_hundred_random_codes_open_anything(client):
    signatory, dice = SignatoryFactory(pledge=PledgeFactory()), random.Random(2028)
    code = MailLink.objects.mint_code(signatory, LinkPurpose.CONFIRM_CODE)
    signs = sorted(set("ABCDEFGHJKMNPQRSTVWXYZ23456789"))
    guesses = {"".join(dice.choices(signs, k=8)) for _ in range(200)} - {code.replace("-", "")}

    for guess in guesses:
        with pytest.raises(signing.LinkUnusableError):
            links.exchange_code(guess)

    assert not MailLink.objects.exclude(used_at=None).exists()
