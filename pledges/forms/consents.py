"""The two consents."""

from django import forms
from django.utils.translation import gettext_lazy as _

from pledges import consent


def consent_fields() -> dict[str, forms.Field]:
    """The two consents, apart: to be published, to be written to again."""
    return {
        "accepts_publication": forms.BooleanField(
            label=consent.PUBLICATION,
            error_messages={"required": _("Sans votre accord, rien ne peut être publié : cochez cette case.")},
        ),
        "accepts_contact": forms.BooleanField(label=consent.CONTACT, required=False),
    }
