"""All that is typed to come in at the desk, to keep one's account, and to invite."""

import unicodedata
from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.utils.translation import gettext_lazy as _

from desk.actions.members import ADMINISTRATOR
from regions.enums import Role
from regions.models import Network, User


class TypedName(forms.CharField):
    """A name as it was meant: without the signs that show nothing, which a copy brings along."""

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value) or ""
        return "".join(sign for sign in typed if unicodedata.category(sign) != "Cf").strip()


class LogInForm(forms.Form):
    """Who, and their password; ``views.entering`` says whether they are right."""

    username = TypedName(
        label=_("Adresse électronique ou identifiant"),
        max_length=254,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
    )
    password = forms.CharField(
        label=_("Mot de passe"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(forms.Form):
    """A code of the telephone, or of the paper."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("Les six chiffres que montre votre application, ou un code de secours."),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )


class FirstCodeForm(forms.Form):
    """The code that proves that a telephone holds the key."""

    code = forms.CharField(
        label=_("Code de six chiffres"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
    )


class PasswordForm(forms.Form):
    """One's password, once more."""

    password = forms.CharField(
        label=_("Mot de passe"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


class ChoosePasswordForm(SetPasswordForm[User]):
    """A new password, typed twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label = _("Mot de passe")
        self.fields["new_password1"].help_text = _(
            "Douze signes au moins. Une phrase que vous seul·e pouvez inventer est plus sûre, et se retient mieux,"
            " qu’un mot compliqué."
        )
        self.fields["new_password2"].label = _("Le même, pour éviter une faute de frappe")
        self.fields["new_password2"].help_text = ""


class ChangePasswordForm(PasswordChangeForm, ChoosePasswordForm):
    """The same, from somebody who has one, and types it first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = _("Mot de passe actuel")
        self.fields["new_password1"].label = _("Nouveau mot de passe")


class ForgottenForm(forms.Form):
    """Where to send a link."""

    email = forms.EmailField(
        label=_("Adresse électronique de votre compte"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )


class InvitationForm(forms.Form):
    """Whom to invite, where, and for what."""

    first_name = forms.CharField(label=_("Prénom"), max_length=150)
    last_name = forms.CharField(label=_("Nom"), max_length=150)
    email = forms.EmailField(
        label=_("Adresse électronique"),
        max_length=150,
        help_text=_("Une adresse personnelle, que personne d’autre ne lit : elle sera son identifiant."),
    )
    network = forms.ModelChoiceField(label=_("Réseau"), queryset=Network.objects.none(), required=False)
    role = forms.ChoiceField(label=_("Rôle"), widget=forms.RadioSelect, initial=Role.MODERATOR)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        networks = Network.objects.coordinated_by(by)
        choices: list[tuple[str, Any]] = [
            (Role.MODERATOR, _("Modération : vérifie les engagements, publie ou refuse")),
            (Role.COORDINATOR, _("Coordination : de plus, invite les membres du réseau")),
        ]
        if by.is_superuser:
            choices.append((ADMINISTRATOR, _("Administration : tout le portail, tous les réseaux")))
        network, role = self.fields["network"], self.fields["role"]
        assert isinstance(network, forms.ModelChoiceField)  # noqa: S101  for the types
        assert isinstance(role, forms.ChoiceField)  # noqa: S101
        network.queryset = networks
        role.choices = choices
        if not by.is_superuser:
            network.required = True
            if len(own := list(networks[:2])) == 1:
                network.initial, network.empty_label = own[0], None

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("role") == ADMINISTRATOR:
            typed["network"] = None
        elif "network" in typed and typed["network"] is None:
            self.add_error("network", _("Choisissez le réseau que cette personne rejoint."))
        return typed
