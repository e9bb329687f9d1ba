"""The answers to a charter: one principle at a time to sign, all at once to amend."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from pledges.actions.signing import Reply
from pledges.enums import Answer
from pledges.forms.fields import StatementField
from pledges.models import Charter, Commitment, Pledge, Principle

ANSWERS = [(Answer.COMMITS, _("Je m’engage")), (Answer.DECLINES, _("Je ne m’engage pas"))]
NO_ANSWER = _("Je ne réponds pas")
WORDS, WORDS_HELP = _("Vos mots"), _("Une phrase ou deux, publiées telles quelles.")


class AnswersForm(forms.Form):
    """An answer to each principle of a charter, with an optional sentence."""

    def __init__(self, *args: Any, charter: Charter, pledge: Pledge | None = None, **kwargs: Any) -> None:
        """Ask for answers to a charter, starting from those of a pledge if there is one."""
        super().__init__(*args, **kwargs)
        self.principles = list(charter.principles.all())
        given = {answer.principle_id: answer for answer in pledge.commitments.all()} if pledge else {}
        for principle in self.principles:
            self._add_answer_fields(principle, given.get(principle.pk))

    def answers(self) -> Iterator[tuple[Principle, BoundField, BoundField]]:
        """Each principle with its two fields, for the page."""
        for principle in self.principles:
            yield principle, self[f"answer_{principle.number}"], self[f"statement_{principle.number}"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for principle in self.principles:
            statement, answer = f"statement_{principle.number}", f"answer_{principle.number}"
            if data.get(statement) and not data.get(answer) and answer not in self.errors:
                self.add_error(answer, _("Vous avez écrit une précision : choisissez aussi une réponse."))
        answers = [f"answer_{principle.number}" for principle in self.principles]
        if not any(data.get(name) for name in answers) and not any(name in self.errors for name in answers):
            self.add_error(answers[0], _("Répondez au moins à un principe."))
        return data

    def replies(self) -> dict[Principle, Reply]:
        """The answers given, once the form is valid."""
        return {
            principle: Reply(Answer(answer), self.cleaned_data[f"statement_{principle.number}"])
            for principle in self.principles
            if (answer := self.cleaned_data[f"answer_{principle.number}"])
        }

    def _add_answer_fields(self, principle: Principle, given: Commitment | None) -> None:
        self.fields[f"answer_{principle.number}"] = forms.ChoiceField(
            label=_("Principe %d") % principle.number,  # the page shows the statement itself
            required=False,
            choices=[*ANSWERS, ("", NO_ANSWER)],
            initial=given.answer if given else "",
            widget=forms.RadioSelect,
        )
        self.fields[f"statement_{principle.number}"] = StatementField(
            label=WORDS, help_text=WORDS_HELP, initial=given.statement if given else ""
        )


class PrincipleForm(forms.Form):
    """One principle of a charter: an answer that the signer chooses, and an optional sentence."""

    SKIPPED = "none"  # chosen, and not left out: an empty answer is not one

    answer = forms.ChoiceField(
        label=_("Votre réponse"),
        choices=[*ANSWERS, (SKIPPED, NO_ANSWER)],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une des trois réponses.")},
    )
    statement = StatementField(label=WORDS, help_text=WORDS_HELP)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("statement") and data.get("answer") == self.SKIPPED:
            self.add_error("answer", _("Vous avez écrit une précision : dites si vous vous engagez ou non."))
        return data

    def reply(self) -> Reply | None:
        """What is answered, once the form is valid; None is no answer."""
        if self.cleaned_data["answer"] == self.SKIPPED:
            return None
        return Reply(Answer(self.cleaned_data["answer"]), self.cleaned_data["statement"])
