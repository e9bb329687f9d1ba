"""What somebody types to prepare a campaign, to launch it, and to give the address of a list."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pledges import campaign_text
from pledges.contact_file import LARGEST
from pledges.enums import AddressKind
from pledges.models import Campaign
from pledges.models.campaign import MOST_REMINDERS
from regions.models import Region

_LATEST_DAY = 90


class DaysField(forms.CharField):
    """Days after the first request: « 7, 14, 21 »."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        typed = str(super().to_python(value) or "")
        try:
            days = [int(part) for part in typed.replace(";", ",").split(",") if part.strip()]
        except ValueError as error:
            raise ValidationError(_("Écrivez des nombres de jours, séparés par des virgules : 7, 14, 21.")) from error
        if len(days) > MOST_REMINDERS:
            raise ValidationError(_("Trois relances au plus : ensuite, une personne du réseau appelle."))
        if days != sorted(set(days)) or any(not 0 < day <= _LATEST_DAY for day in days):
            raise ValidationError(_("Les jours vont en croissant, de 1 à 90 : 7, 14, 21."))
        return days

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(initial) != data)


class CampaignForm(forms.ModelForm[Campaign]):
    """The texts, whose places are checked, and the intervals of the reminders."""

    reminder_days = DaysField(
        label=gettext_lazy("Relances, en jours après la sollicitation"),
        help_text=gettext_lazy("Trois au plus, aux seules listes qui n’ont pas répondu. Vide : aucune."),
        required=False,
        max_length=40,
    )

    class Meta:
        model = Campaign
        fields = (
            "election",
            "region",
            "subject",
            "body",
            "reminder_subject",
            "reminder_body",
            "reminder_days",
            "reply_to",
        )
        widgets = {
            "body": forms.Textarea(attrs={"rows": 14}),
            "reminder_body": forms.Textarea(attrs={"rows": 10}),
        }

    def clean_subject(self) -> str:
        return self._checked("subject", is_subject=True)

    def clean_reminder_subject(self) -> str:
        return self._checked("reminder_subject", is_subject=True)

    def clean_body(self) -> str:
        return self._checked("body")

    def clean_reminder_body(self) -> str:
        return self._checked("reminder_body")

    def _checked(self, name: str, *, is_subject: bool = False) -> str:
        text: str = self.cleaned_data[name]
        if found := campaign_text.faults(text, is_subject=is_subject):
            raise ValidationError([ValidationError(sentence) for sentence in found])
        return text


class LaunchForm(forms.Form):
    """That the trial was read, and when the campaign leaves."""

    at = forms.DateTimeField(
        label=gettext_lazy("Départ"),
        help_text=gettext_lazy("Heure du territoire. Vide : tout de suite."),
        required=False,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        error_messages={"invalid": gettext_lazy("Écrivez le jour et l’heure du départ.")},
    )
    is_read = forms.BooleanField(
        label=gettext_lazy("J’ai reçu l’essai, et je l’ai relu"),
        error_messages={"required": gettext_lazy("Relisez l’essai reçu avant de lancer, et dites-le ici.")},
    )

    def __init__(self, *args: Any, region: Region, **kwargs: Any) -> None:
        """:param region: By whose clock the moment is told."""
        self.region = region
        with timezone.override(region.zone):
            super().__init__(*args, **kwargs)

    def full_clean(self) -> None:
        with timezone.override(self.region.zone):
            super().full_clean()


class ContactForm(forms.Form):
    """An address of a list, and where it was found."""

    email = forms.EmailField(
        label=gettext_lazy("Adresse électronique"),
        error_messages={"required": gettext_lazy("Écrivez l’adresse.")},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=gettext_lazy("De qui est-ce l’adresse ?"), choices=AddressKind)
    source = forms.CharField(
        label=gettext_lazy("Où l’avez-vous trouvée ?"),
        help_text=gettext_lazy(
            "Une page, un document, une déclaration. Le courriel le dira à la liste : la loi le demande."
        ),
        max_length=300,
        error_messages={"required": gettext_lazy("Dites d’où vient cette adresse : le courriel devra le dire.")},
    )
    found_on = forms.DateField(
        label=gettext_lazy("Relevée le"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": gettext_lazy("Dites quel jour vous l’avez trouvée.")},
    )

    def clean_found_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["found_on"]
        if day > timezone.localdate() + datetime.timedelta(days=1):  # it may be tomorrow already on the other side
            raise ValidationError(_("Cette date est à venir."))
        return day


class ContactFileForm(forms.Form):
    """A table of addresses."""

    file = forms.FileField(
        label=gettext_lazy("Fichier des adresses"),
        error_messages={"required": gettext_lazy("Choisissez un fichier.")},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise ValidationError(_("Ce fichier est trop gros : un mégaoctet au plus."))
        return file
