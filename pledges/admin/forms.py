"""What a moderator types when deciding."""

from django import forms
from django.utils.translation import gettext_lazy as _

from pledges.enums import IdentityCheck
from pledges.models.pledge import STATEMENT_LENGTH


class PublishForm(forms.Form):
    """How identity was checked: said to the public, so asked each time, without a default."""

    identity_check = forms.ChoiceField(
        label=_("Comment l’identité a-t-elle été vérifiée ?"),
        choices=IdentityCheck,
        widget=forms.RadioSelect,
        error_messages={"required": _("Dites comment l’identité a été vérifiée : le public le lira.")},
    )


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
