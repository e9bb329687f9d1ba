"""What the mailbox's owner is asked: a box, and a consent that nobody gave for them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pledges.forms.consents import consent_fields
from pledges.forms.fields import NameField
from pledges.models import Signatory


class CodeForm(forms.Form):
    """The short code of a mail, for whoever reads mails on another screen."""

    code = NameField(
        label=_("Code du courriel"),
        max_length=20,
        help_text=_("Huit lettres ou chiffres, valables dix minutes."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": _("Recopiez le code du courriel.")},
    )


class ConfirmForm(forms.Form):
    """A box with no default: a scanner that presses buttons confirms nothing.

    Who has not consented yet, because somebody else filled the form in, does it here.
    """

    is_me = forms.BooleanField(
        label=_("C’est bien moi qui signe, en la qualité indiquée ci-dessus."),
        error_messages={"required": _("Cochez la case pour confirmer.")},
    )

    def __init__(self, *args: Any, signatory: Signatory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not signatory.consented_to_publication_at:
            self.fields |= consent_fields()
        else:  # to be written to again is for the mailbox's owner to say, whoever filled the form in
            self.fields["accepts_contact"] = consent_fields()["accepts_contact"]
            self.initial["accepts_contact"] = signatory.consented_to_contact_at is not None
