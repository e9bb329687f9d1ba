"""What a network says of a second round, on the night between: one answer for each list of the first."""

import string
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pledges.actions.second_round import Merger
from pledges.enums import Fate, Round
from pledges.matrix import leaders_of
from pledges.models import Candidate, CandidateList, Contest
from pledges.outcomes import outcomes_of
from regions.folding import fold

MERGERS = 3
"""That a page has room for; more where a file has brought more."""
BY_HAND = {
    "": gettext_lazy("pas encore connu"),
    Fate.KEPT: gettext_lazy("maintenue"),
    Fate.WITHDRAWN: gettext_lazy("retirée"),
    Fate.ELIMINATED: gettext_lazy("non qualifiée"),
    Fate.ABSENT: gettext_lazy("absente, on ne sait pas pourquoi"),
}
BY_HAND_OF_PAIRS = {
    "": gettext_lazy("pas encore connu"),
    Fate.KEPT: gettext_lazy("maintenu"),
    Fate.WITHDRAWN: gettext_lazy("retiré"),
    Fate.ELIMINATED: gettext_lazy("non qualifié"),
    Fate.ABSENT: gettext_lazy("absent, on ne sait pas pourquoi"),
}


@dataclass(frozen=True, slots=True)
class ListLine:
    """A list of the first round on the form: who leads it, its part of the votes, what is said of it."""

    list: CandidateList
    leaders: str
    share: float | None
    field: forms.BoundField


@dataclass(frozen=True, slots=True)
class MergerLines:
    """A merger on the form: its letter, and what is said of the list that it makes."""

    letter: str
    fields: list[forms.BoundField]


class SecondRoundForm(forms.Form):
    """Each list of the first round: kept, out, withdrawn, or in one of the mergers; then the name and head of each.

    A list that nobody touched on this page keeps what a colleague has said of it meanwhile.
    """

    def __init__(self, *args: Any, contest: Contest, **kwargs: Any) -> None:
        """:param contest: With its election and region."""
        super().__init__(*args, **kwargs)
        self.contest = contest
        self.lists = list(contest.lists.standing().of_round(Round.FIRST).in_panel_order())
        self.merged = list(
            contest.lists.standing().filter(round=Round.SECOND).prefetch_related("parents").order_by("pk")
        )
        self.may_merge = not contest.election.choice.is_by_pairs
        self.letters = string.ascii_uppercase[: max(MERGERS, len(self.merged))] if self.may_merge else ""
        letters = {
            parent.pk: letter
            for letter, merged in zip(self.letters, self.merged, strict=False)
            for parent in merged.parents.all()
        }
        answers = BY_HAND if self.may_merge else BY_HAND_OF_PAIRS
        fates = [*answers.items(), *((letter, _("fusionnée : fusion %s") % letter) for letter in self.letters)]
        for row in self.lists:
            said = letters.get(row.pk, "") if row.fate == Fate.MERGED else row.fate
            self.fields[_name(row)] = forms.ChoiceField(
                label=row.name,
                choices=fates,
                required=False,
                initial=said,
                show_hidden_initial=True,
                error_messages={"invalid_choice": _("Choisissez une des réponses proposées.")},
            )
        self._leaders = leaders_of([*self.lists, *self.merged])
        for index, letter in enumerate(self.letters):
            self._add_merger(letter, self.merged[index] if index < len(self.merged) else None)

    def _add_merger(self, letter: str, merged: CandidateList | None) -> None:
        head = next(iter(self._leaders.get(merged.pk, [])), None) if merged else None
        self.fields[f"nom-{letter}"] = forms.CharField(
            label=_("Nom de la liste"),
            max_length=500,
            required=False,
            initial=merged.name if merged else "",
            show_hidden_initial=True,
        )
        self.fields[f"tete-{letter}"] = forms.CharField(
            label=_("Tête de liste"),
            max_length=250,
            required=False,
            initial=head.full_name if head else "",
            show_hidden_initial=True,
            help_text=_("Prénom et nom, comme sur une des listes qui fusionnent."),
            widget=forms.TextInput(attrs={"list": "tetes", "autocomplete": "off"}),
        )
        self.fields[f"panneau-{letter}"] = forms.IntegerField(
            label=_("Numéro de panneau"),
            min_value=1,
            max_value=32_767,
            required=False,
            initial=merged.panel_number if merged else None,
            show_hidden_initial=True,
            help_text=_("S’il est connu."),
        )

    # --- What the page shows ---

    @property
    def lines(self) -> list[ListLine]:
        """The lists in panel order, each with what it needs to be told from the others."""
        shares = {
            score.list.pk: score.share
            for outcome in outcomes_of(self.contest)
            if outcome.round == Round.FIRST
            for score in outcome.scores
        }
        return [ListLine(row, self.head_names(row), shares.get(row.pk), self[_name(row)]) for row in self.lists]

    @property
    def mergers(self) -> list[MergerLines]:
        """The mergers that may be said, those that are known first."""
        return [
            MergerLines(letter, [self[f"{name}-{letter}"] for name in ("nom", "tete", "panneau")])
            for letter in self.letters
        ]

    def head_names(self, row: CandidateList) -> str:
        """Who leads a list, or makes a binôme."""
        return ", ".join(person.full_name for person in self._leaders.get(row.pk, []))

    # --- What it says ---

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        said = {row: self._said(_name(row)) or "" for row in self.lists}
        cleaned["fates"] = {row: fate for row, fate in said.items() if fate not in tuple(self.letters)}
        cleaned["mergers"] = [
            merger
            for letter in self.letters
            if (merger := self._merger(letter, [row for row, fate in said.items() if fate == letter]))
        ]
        return cleaned

    def _said(self, name: str) -> Any:
        """What was typed in a field; what is known, where the page was sent with what it had shown."""
        return self.cleaned_data.get(name) if name in self.changed_data else self.fields[name].initial

    def _merger(self, letter: str, parents: list[CandidateList]) -> Merger | None:
        """What is said of a merger; what is missing is an error of its field."""
        name, head = (" ".join((self._said(f"{field}-{letter}") or "").split()) for field in ("nom", "tete"))
        if not parents:
            if {f"nom-{letter}", f"tete-{letter}"} & set(self.changed_data) and (name or head):
                self.add_error(f"nom-{letter}", _("Dites dans le tableau quelles listes forment cette fusion."))
            return None
        if len(parents) == 1:
            self.add_error(_name(parents[0]), _("Une fusion réunit au moins deux listes : choisissez l’autre."))
        if not name:
            self.add_error(f"nom-{letter}", _("Donnez le nom de la liste issue de cette fusion."))
        person = self._person(letter, head, parents)
        if len(parents) == 1 or not name or person is None:
            return None
        return Merger(name, person, parents, self._said(f"panneau-{letter}"))

    def _person(self, letter: str, typed: str, parents: list[CandidateList]) -> Candidate | None:
        """The one person of these lists who has this name, accents and capitals aside."""
        field = f"tete-{letter}"
        if not typed:
            self.add_error(field, _("Dites qui conduit cette liste."))
            return None
        people = Candidate.objects.standing().filter(candidate_list__in=parents).select_related("candidate_list")
        names = list(people.filter(norm=fold(typed)).in_list_order())
        # « Alix Exemple, Manche »: the section, or the list, tells two people of one name apart.
        found = names or [
            person
            for person in people.filter(norm=fold(typed.rpartition(",")[0]))
            if fold(typed.rpartition(",")[2]) in {fold(person.section_name), person.candidate_list.norm}
        ]
        if not found:
            self.add_error(field, _("Personne de ce nom sur les listes qui fusionnent : vérifiez l’orthographe."))
        elif len(found) > 1:
            told = [f"{person.full_name}, {person.section_name or person.candidate_list}" for person in found]
            self.add_error(
                field, _("Plusieurs personnes ont ce nom. Écrivez l’une de celles-ci : %s.") % " ; ".join(told)
            )
        return found[0] if len(found) == 1 else None


def _name(row: CandidateList) -> str:
    return f"liste-{row.pk}"
