"""What the mailbox's owner is asked: a box, and a consent that nobody gave for them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pledges.forms.consents import contact_field, publication_field
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

    Who has not consented to the publication yet, because somebody else filled the form in, does it here.
    """

    is_me = forms.BooleanField(
        label=_("C’est bien moi qui signe, en la qualité indiquée ci-dessus."),
        error_messages={"required": _("Cochez la case pour confirmer.")},
    )

    def __init__(self, *args: Any, signatory: Signatory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not signatory.consented_to_publication_at:
            self.fields["accepts_publication"] = publication_field()
        if not signatory.pledge.amends_id:  # whoever confirms other answers has said it already
            self.fields["accepts_contact"] = contact_field()
