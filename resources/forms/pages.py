"""What an administrator types of a page of prose."""

import datetime
from copy import copy
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from resources.models import Page
from resources.prose import read
from resources.shipped import FIELDS, Text, shipped


class SeenField(forms.CharField):
    """What a form had seen of a row when it was shown. Nobody types it: it is no change."""

    widget = forms.HiddenInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class PageForm(forms.ModelForm[Page]):
    """The whole text of a page: as it is shipped, until somebody changes a word of it.

    Two may write the same page: the second is told, loses nothing of what they typed, and saves over it knowingly.
    """

    seen = SeenField(required=False)

    class Meta:
        model = Page
        fields = FIELDS
        widgets = {
            "lede": forms.Textarea(attrs={"rows": 2}),
            "description": forms.Textarea(attrs={"rows": 2}),
            "body": forms.Textarea(attrs={"rows": 30, "spellcheck": "true"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in FIELDS:
            self.initial[field] = getattr(self.instance.text, field)
            self.fields[field].required = True
        self.initial["seen"] = _version(self.instance.changed_at)

    def clean_body(self) -> str:
        """Refuse what would not show as it was meant, in as many sentences."""
        body = str(self.cleaned_data["body"]).replace("\r\n", "\n").strip()
        if faults := read(body, language=self.instance.language).faults:
            raise forms.ValidationError(faults)
        return body

    def clean(self) -> dict[str, Any]:
        """Someone who types the first text again has come back to it."""
        cleaned = super().clean() or {}
        self._refuse_to_overwrite(cleaned.get("seen", ""))
        origin = shipped(self.instance.name, self.instance.language)
        if all(cleaned.get(field) == getattr(origin, field) for field in FIELDS):
            cleaned |= dict.fromkeys(FIELDS, "")
        return cleaned

    def _refuse_to_overwrite(self, seen: str) -> None:
        """Refuse what was typed over a text that is no longer there, once: sent again, it has been compared.

        The row is held until the end of the transaction: of two who save at the same moment, the second is told.
        """
        stored = Page.objects.select_for_update().get(pk=self.instance.pk).changed_at
        if seen == _version(stored):
            return
        data: Any = copy(self.data)
        data[self.add_prefix("seen")] = _version(stored)
        self.data = data
        words = _(
            "Cette page a été modifiée depuis que vous l’avez ouverte. Rien de ce que vous avez tapé n’est perdu : "
            "relisez-la dans un autre onglet, reportez ici ce qu’il faut en garder, puis enregistrez de nouveau."
        )
        self.add_error(None, words)

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # Django's, undeclared in its types
        if self.has_changed():
            self.instance.changed_at = timezone.now()

    @property
    def text(self) -> Text:
        """What the page would say, once the form is valid."""
        return self.instance.text


def _version(changed_at: datetime.datetime | None) -> str:
    """Which of the texts of a page this is: each has the moment when it was saved."""
    return changed_at.isoformat() if changed_at else ""
