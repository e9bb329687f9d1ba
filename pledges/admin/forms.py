"""What a moderator types when deciding."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from pledges.actions.matching import Match
from pledges.enums import IdentityCheck
from pledges.forms.fields import WordsField
from pledges.models import DecisionReason, Signatory
from pledges.models.pledge import STATEMENT_LENGTH


class PublishForm(forms.Form):
    """How identity was checked: said to the public, so asked each time, without a default."""

    identity_check = forms.ChoiceField(
        label=_("Comment l’identité a-t-elle été vérifiée ?"),
        choices=IdentityCheck,
        help_text=_(
            "Le formulaire reprend le nom de la liste officielle : il ne prouve pas qui l’a rempli. « Rapprochée » veut"
            " dire que l’adresse, ou autre chose que le formulaire, mène à la personne que la liste nomme. Le public"
            " lira votre réponse."
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


class ReadyReasonSelect(forms.Select):
    """A choice of reasons that carries their texts, for the script that copies one into the box."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if reason := getattr(value, "instance", None):
            option["attrs"]["data-text"] = reason.text
        return option


class ReasonForm(forms.Form):
    """Why a pledge is refused or suspended: a reason written once, one's own words, or both. All of it is mailed."""

    ready = forms.ModelChoiceField(
        label=_("Partir d’un motif tout prêt"),
        queryset=DecisionReason.objects.none(),
        required=False,
        empty_label=_("— aucun —"),
        widget=ReadyReasonSelect,
        error_messages={"invalid_choice": _("Ce motif n’est plus proposé : choisissez-en un autre.")},
    )
    words = WordsField(
        label=_("Motif envoyé"),
        rows=6,
        required=False,
        help_text=_("Il part par courriel, mot pour mot, à la suite du motif tout prêt s’il y en a un."),
    )

    def __init__(self, *args: Any, reasons: QuerySet[DecisionReason], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["ready"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  declared above
        field.queryset = reasons

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not self.reason():
            self.add_error("words", _("Écrivez un motif, ou choisissez-en un : il est envoyé à qui a signé."))
        return cleaned

    def reason(self) -> str:
        """The reason as it is mailed: the one chosen, then the words; a text that was copied is not said twice."""
        words: str = self.cleaned_data.get("words", "").strip()
        ready = self.cleaned_data.get("ready")
        if ready is None or ready.text.strip() in words:
            return words
        return "\n\n".join(filter(None, (ready.text.strip(), words)))


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


class AskForm(forms.Form):
    """A question to one of those who signed."""

    signatory = forms.ModelChoiceField(
        label=_("À qui"),
        queryset=Signatory.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez à qui la question est posée."),
            "invalid_choice": _("Cette personne n’a pas signé cet engagement, ou n’a plus d’adresse."),
        },
    )
    text = WordsField(
        label=_("Votre question"),
        help_text=_("Elle part par courriel. La réponse revient ici, et remet l’engagement en tête de la file."),
        error_messages={"required": _("Écrivez la question.")},
    )

    def __init__(self, *args: Any, signatories: QuerySet[Signatory], only: Signatory | None, **kwargs: Any) -> None:
        """
        :param only: The one person to write to, who is then not to be chosen.
        """
        super().__init__(*args, **kwargs)
        field = self.fields["signatory"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  declared above
        field.queryset = signatories
        if only:
            field.widget = forms.HiddenInput()
            field.initial = only.pk


class NoteForm(forms.Form):
    """A word to colleagues."""

    text = WordsField(
        label=_("Votre note"),
        rows=3,
        help_text=_(
            "Vue par les membres de la région, jamais publiée. La personne concernée peut demander à lire cette note :"
            " des faits, pas de jugements."
        ),
        error_messages={"required": _("Écrivez la note.")},
    )


class BulkPublishForm(PublishForm):
    """One way of checking, for several pledges at once."""

    is_sure = forms.BooleanField(
        label=_("J’ai vérifié chacun des engagements cochés, et de cette façon"),
        error_messages={"required": _("Cochez la case : chaque publication est la vôtre.")},
    )
