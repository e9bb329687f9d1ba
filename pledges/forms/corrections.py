"""What someone types to have a page corrected, and what the network answers."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from pledges.enums import AskedAs, CorrectionKind
from pledges.forms.fields import MailboxField, NameField, WordsField
from pledges.guard import GuardedForm
from pledges.models import CorrectionRequest
from pledges.our_pages import OurPage, our_page

CHOOSE = {"required": _("Choisissez une réponse.")}


def _capitalised(choices: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """As each begins a line here, and is in the middle of a sentence elsewhere."""
    return [(value, capfirst(label)) for value, label in choices]


class CorrectionForm(GuardedForm):
    """Which page, what is wrong, what it should say, and who asks."""

    page = forms.CharField(
        label=_("Quelle page"),
        max_length=500,
        help_text=_("Son adresse, comme votre navigateur l’affiche."),
        error_messages={"required": _("Dites de quelle page il s’agit.")},
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    kind = forms.ChoiceField(
        label=_("Que demandez-vous ?"),
        choices=_capitalised(CorrectionKind.choices),
        initial=CorrectionKind.CORRECTION,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
        help_text=_("Le droit de réponse est celui d’une personne nommée sur la page."),
    )
    wrong = WordsField(
        label=_("Ce qui ne va pas"), error_messages={"required": _("Dites en une phrase ce qui ne va pas.")}
    )
    wanted = WordsField(
        label=_("Ce que la page devrait dire"),
        help_text=_("Pour un droit de réponse, le texte à publier. Une source aide à vérifier."),
        error_messages={"required": _("Dites ce que la page devrait dire.")},
    )
    name = NameField(
        label=_("Votre nom"),
        max_length=150,
        error_messages={"required": _("Écrivez votre nom : le réseau répond à quelqu’un.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    asked_as = forms.ChoiceField(
        label=_("Vous êtes"),
        choices=_capitalised(AskedAs.choices),
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    email = MailboxField(label=_("Votre adresse électronique"), help_text=_("Pour vous répondre. Jamais publiée."))

    found: OurPage | None = None

    def clean_page(self) -> str:
        """The path of a public page of ours; an address that holds somebody's key is none."""
        typed = str(self.cleaned_data["page"])
        self.found = our_page(typed)
        if self.found is None:
            raise forms.ValidationError(
                _("Cette adresse n’est pas celle d’une page publique du portail : copiez-la depuis votre navigateur.")
            )
        return self.found.path

    def request(self) -> CorrectionRequest:
        """What is asked, once the form is valid; not saved."""
        assert self.found is not None  # noqa: S101  clean_page has refused the form otherwise
        fields: dict[str, Any] = {
            name: self.cleaned_data[name] for name in ("page", "kind", "wrong", "wanted", "name", "asked_as", "email")
        }
        return CorrectionRequest(region=self.found.region, **fields)


class AnswerCorrectionForm(forms.Form):
    """What the network answers, whichever button follows."""

    reason = WordsField(
        label=_("Votre réponse"),
        rows=6,
        help_text=_("Envoyée telle quelle à qui demande : ce que vous avez corrigé, ou pourquoi la page reste ainsi."),
        error_messages={"required": _("Écrivez une réponse : elle est due, que la page change ou non.")},
    )
