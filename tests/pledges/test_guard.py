"""Guards that a person never meets, and that lose nothing when one does."""

import datetime

import pytest
import time_machine
from django import forms
from django.template.loader import render_to_string

from pledges import proof
from pledges.guard import GuardedForm
from pledges.models import SpentProof
from tests.pledges.guarded import guard_data, solve

pytestmark = pytest.mark.django_db

START = datetime.datetime(2027, 5, 3, 9, tzinfo=datetime.UTC)
MILLISECOND = datetime.timedelta(milliseconds=1)
SHORT = "Un instant… Relisez, puis envoyez de nouveau : rien n’est perdu."
LONG = "Cette page était ouverte depuis longtemps : la voici renouvelée. Envoyez, rien n’est perdu."
TRAP = "Un champ invisible a été rempli, sans doute par votre navigateur : le voici vidé. Envoyez, rien n’est perdu."


class OpinionForm(GuardedForm):
    opinion = forms.CharField()


def sent(**changes):
    return OpinionForm({**guard_data(), "opinion": "Longuement pesée", **changes})


def errors_of(form):
    return {name: [str(error) for error in errors] for name, errors in form.errors.items()}


def test_an_honest_form_without_a_script_passes_unproved():
    form = sent()

    assert errors_of(form) == {}
    assert not form.is_proved


def test_an_honest_form_with_a_script_passes_proved():
    form = sent(**guard_data(proved=True))

    assert errors_of(form) == {}
    assert form.is_proved


@pytest.mark.parametrize("answer", ["", "nonsense", "\x00", "e30="])
def test_a_proof_that_is_none_counts_as_absent(answer):
    form = sent(proof=answer)

    assert form.is_valid()
    assert not form.is_proved


def test_a_spent_or_expired_proof_counts_as_absent():
    data = guard_data(proved=True)
    sent(**data).is_valid()
    expired = guard_data(proved=True, seconds=proof.LIFE.total_seconds() + 1)

    forms_sent = [sent(**data), sent(**expired)]

    assert [(form.is_valid(), form.is_proved) for form in forms_sent] == [(True, False)] * 2


def test_a_form_without_its_guard_is_renewed():
    form = OpinionForm({"opinion": "Longuement pesée"})

    assert errors_of(form) == {"__all__": [LONG]}


@pytest.mark.parametrize(
    ("age", "errors"),
    [
        (-datetime.timedelta(seconds=5), {"__all__": [SHORT]}),
        (0 * MILLISECOND, {"__all__": [SHORT]}),
        (GuardedForm.least_delay - MILLISECOND, {"__all__": [SHORT]}),
        (GuardedForm.least_delay, {}),
        (GuardedForm.longest_delay, {}),
        (GuardedForm.longest_delay + MILLISECOND, {"__all__": [LONG]}),
    ],
)
def test_a_form_is_sent_neither_too_soon_nor_too_late_to_the_millisecond(age, errors):
    with time_machine.travel(START, tick=False) as clock:
        data = guard_data(seconds=0)
        clock.shift(age)

        assert errors_of(sent(**data)) == errors


@pytest.mark.parametrize(
    "alter", [lambda it: "", lambda it: it[:-1], lambda it: "0" + it, lambda it: "1:x", lambda it: "\x00"]
)
def test_an_altered_start_is_renewed(alter):
    form = sent(started=alter(guard_data()["started"]))

    assert errors_of(form) == {"__all__": [LONG]}
    assert sent(started=form["started"].value()).errors == {"__all__": [SHORT]}


def test_a_filled_trap_is_said_in_words_and_emptied():
    form = sent(website="https://spam.example")

    page = render_to_string("components/guard.html", {"form": form})

    assert errors_of(form) == {"__all__": [TRAP]}
    assert "spam.example" not in page
    assert form["opinion"].value() == "Longuement pesée"


def test_whoever_pressed_too_soon_waits_from_the_first_display():
    with time_machine.travel(START, tick=False) as clock:
        clock.shift(datetime.timedelta(seconds=1))
        early = sent(**guard_data(seconds=1))
        early.is_valid()
        clock.shift(datetime.timedelta(seconds=1))
        again = sent(started=early["started"].value())

        assert (errors_of(early), errors_of(again)) == ({"__all__": [SHORT]}, {})


def test_who_has_something_to_correct_is_not_told_of_the_guards_and_keeps_their_proof():
    data = guard_data(proved=True, seconds=0)
    faulty = sent(**{**data, "opinion": "", "website": "x"})

    assert list(faulty.errors) == ["opinion"]
    assert not SpentProof.objects.exists()
    assert sent(**{**data, "started": guard_data()["started"]}).is_valid()


def test_each_display_asks_for_a_new_proof_and_never_shows_the_last():
    form = sent(**guard_data(proved=True))
    form.is_valid()

    first, second = (render_to_string("components/guard.html", {"form": form}) for _ in range(2))

    assert first != second
    assert form["proof"].value() is None
    assert proof.accept(solve(form.challenge()))
