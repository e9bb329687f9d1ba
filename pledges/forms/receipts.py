"""What is typed to check a receipt."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from pledges.codes import read_code

CODE_PARAMETER = "code"
RECEIPT_LIMIT = 2 * 1024 * 1024  # bytes: a receipt weighs some forty times less


class ReceiptCodeForm(forms.Form):
    """The code printed on a receipt."""

    code = forms.CharField(
        label=_("Le code du reçu"),
        max_length=100,
        help_text=_("Trente-deux lettres et chiffres, avec ou sans tirets, en capitales ou non."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Tapez le code imprimé sur le reçu.")},
    )

    def clean_code(self) -> str:
        code = read_code(self.cleaned_data["code"])
        if not code:
            raise ValidationError(
                _("Ce n’est pas un code entier : il a trente-deux lettres et chiffres, en huit groupes de quatre.")
            )
        return code


class ReceiptFileForm(forms.Form):
    """A receipt to compare with those that were issued."""

    file = forms.FileField(
        label=_("Le fichier du reçu"),
        help_text=_("Le PDF tel que vous l’avez reçu, de 2 Mo au plus."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        error_messages={
            "required": _("Choisissez le fichier à comparer."),
            "invalid": _("Choisissez le fichier à comparer."),
            "missing": _("Choisissez le fichier à comparer."),
            "empty": _("Ce fichier est vide."),
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > RECEIPT_LIMIT:
            raise ValidationError(
                _(
                    "Ce fichier dépasse 2 Mo : ce n’est pas un reçu du portail. Une photo ou un scan ne se compare pas"
                    " ainsi : lisez plutôt la page du code, et comparez les mots."
                )
            )
        return file
