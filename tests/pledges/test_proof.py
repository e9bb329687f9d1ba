"""The proof of work: right, in time, once. Attack 16."""

import base64
import datetime
import json

import altcha
import pytest
import time_machine
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from pledges import proof
from pledges.models import SpentProof
from tests.pledges.guarded import solve

pytestmark = pytest.mark.django_db

SECOND = datetime.timedelta(seconds=1)


@pytest.fixture(scope="module")
def solved():
    """One challenge and its answer: solving takes longer than all the rest."""
    challenge = proof.challenge()
    return json.loads(challenge), solve(challenge)


def rewritten(answer, change):
    """The same answer with something changed in it."""
    content = json.loads(base64.b64decode(answer))
    change(content)
    return base64.b64encode(json.dumps(content).encode()).decode()


def test_a_right_answer_is_accepted_once(solved):
    _challenge, answer = solved

    assert [proof.accept(answer) for _ in range(20)] == [True] + [False] * 19


def test_the_same_answer_written_otherwise_is_the_same_answer(solved):
    _challenge, answer = solved
    disguises = [
        lambda it: it["solution"].update(time=1234),
        lambda it: it["solution"].update(derivedKey=it["solution"]["derivedKey"].upper()),
        lambda it: it["solution"].update(counter=0),
        lambda it: it["challenge"]["parameters"].update(cost=float(it["challenge"]["parameters"]["cost"])),
        lambda it: it.update(more="x"),
    ]

    assert [proof.accept(rewritten(answer, disguise)) for disguise in disguises] == [True] + [False] * 4


def test_an_answer_to_a_challenge_made_easier_is_refused(solved):
    challenge, answer = solved
    easier = [{"cost": 1}, {"keyPrefix": ""}, {"keySignature": None}, {"expiresAt": 99999999999}, {"nonce": "00" * 16}]

    for change in easier:
        assert not proof.accept(
            rewritten(answer, lambda it, change=change: it["challenge"]["parameters"].update(change))
        )
    own = altcha.create_challenge(proof.ALGORITHM, 1, counter=0, hmac_secret="another", hmac_key_secret="another")
    assert not proof.accept(solve(json.dumps(own.to_dict())))
    assert proof.accept(answer), challenge


@pytest.mark.parametrize(("after", "accepted"), [(proof.LIFE - SECOND, True), (proof.LIFE + SECOND, False)])
def test_an_answer_is_good_for_two_hours(solved, after, accepted):
    challenge, answer = solved
    expires_at = datetime.datetime.fromtimestamp(challenge["parameters"]["expiresAt"], datetime.UTC)

    with time_machine.travel(expires_at - proof.LIFE + after, tick=False):
        assert proof.accept(answer) == accepted


@pytest.mark.django_db(transaction=True)
def test_the_same_answer_sent_many_times_at_once_is_accepted_once(in_threads, solved):
    _challenge, answer = solved

    outcomes = in_threads(lambda: proof.accept(answer), 20)

    assert sorted(outcomes) == [False] * 19 + [True]
    assert SpentProof.objects.count() == 1


def test_a_refused_answer_leaves_the_transaction_usable(solved):
    _challenge, answer = solved
    proof.accept(answer)

    proof.accept(answer)

    assert SpentProof.objects.count() == 1


class TestNonsense(TestCase):
    @settings(max_examples=200, deadline=None)
    @given(
        st.text(max_size=200)
        | st.recursive(
            st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
            lambda inner: (
                st.dictionaries(
                    st.sampled_from(["challenge", "solution", "parameters", "signature", "cost", "expiresAt", "nonce"]),
                    inner,
                )
                | st.lists(inner, max_size=3)
            ),
        ).map(lambda content: base64.b64encode(json.dumps(content).encode()).decode())
    )
    @example("")
    @example("\x00")
    @example("x" * 200_000)
    @example(base64.b64encode(b"[" * 1400).decode())
    def test_anything_else_is_as_good_as_no_answer(self, answer):
        assert not proof.accept(answer)
        assert not SpentProof.objects.exists()


def test_the_number_to_find_is_neither_too_near_nor_too_far(solved):
    _challenge, answer = solved

    number = json.loads(base64.b64decode(answer))["solution"]["counter"]

    assert proof.FIRST_NUMBER <= number <= proof.LAST_NUMBER
    assert len(answer) < proof.LONGEST
