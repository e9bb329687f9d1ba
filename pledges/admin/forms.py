"""What a moderator types when deciding."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pledges.actions.matching import Match
from pledges.enums import IdentityCheck
from pledges.models.pledge import STATEMENT_LENGTH


class PublishForm(forms.Form):
    """How identity was checked: said to the public, so asked each time, without a default."""

    identity_check = forms.ChoiceField(
        label=_("Comment l’identité a-t-elle été vérifiée ?"),
        choices=IdentityCheck,
        help_text=_(
            "Le formulaire reprend le nom de la liste officielle : il ne prouve pas qui l’a rempli. « Rapprochée » veut"
            " dire que l’adresse, ou autre chose que le formulaire, mène à la personne que la liste nomme."
        ),
        widget=forms.RadioSelect,
        error_messages={"required": _("Dites comment l’identité a été vérifiée : le public le lira.")},
    )


class MatchForm(forms.Form):
    """Which candidacy of the official list a declared one is: a person says so, nothing is chosen beforehand."""

    official = forms.ChoiceField(
        label=_("Laquelle est-ce ?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez une candidature officielle."),
            "invalid_choice": _("Cette candidature n’est plus sur la liste officielle : choisissez de nouveau."),
        },
    )

    def __init__(self, *args: Any, matches: Sequence[Match], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.matches = {self._key(match): match for match in matches}
        field = self.fields["official"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
        field.choices = [(key, self._line(match)) for key, match in self.matches.items()]

    def chosen(self) -> Match:
        """The match chosen, once the form is valid."""
        return self.matches[self.cleaned_data["official"]]

    @staticmethod
    def _key(match: Match) -> str:
        return "-".join(map(str, [match.candidate_list.pk, *(person.pk for person in match.people)]))

    @staticmethod
    def _line(match: Match) -> str:
        people = ", ".join(f"{person.full_name} ({person.place})" for person in match.people)
        line = f"« {match.candidate_list.name} »" + (f" : {people}" if people else "")
        return f"{line} — {', '.join(match.reasons)}" if match.reasons else line


class ReasonForm(forms.Form):
    """Why a pledge is refused or suspended: mailed to whoever signed."""

    reason = forms.CharField(
        label=_("Motif"),
        max_length=2000,
        help_text=_("Envoyé tel quel aux signataires. Dites ce qui manque, et comment y remédier."),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Écrivez un motif : il est envoyé aux signataires.")},
    )


class WithdrawForm(forms.Form):
    """Taking a signature back at the signer's request: final, so a box with no default."""

    reason = forms.CharField(
        label=_("Comment la demande est arrivée"),
        max_length=STATEMENT_LENGTH,
        help_text=_("Par exemple « courriel du 3 mai ». Gardé au journal."),
        widget=forms.TextInput,
        error_messages={"required": _("Dites comment la demande est arrivée.")},
    )
    is_sure = forms.BooleanField(
        label=_("Oui, retirer pour de bon et effacer les coordonnées"),
        error_messages={"required": _("Cochez la case : un retrait est définitif.")},
    )
