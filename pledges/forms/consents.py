"""The two consents, apart: to be published, to be written to again. No box is ticked beforehand."""

from django import forms
from django.utils.translation import gettext_lazy as _

from pledges import consent


def publication_field() -> forms.BooleanField:
    return forms.BooleanField(
        label=consent.PUBLICATION,
        error_messages={"required": _("Sans votre accord, rien ne peut être publié : cochez cette case.")},
    )


def contact_field() -> forms.BooleanField:
    return forms.BooleanField(label=consent.CONTACT, required=False)
