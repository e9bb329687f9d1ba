"""What an administrator types of a page of prose."""

from typing import Any

from django import forms
from django.utils import timezone

from resources.models import Page
from resources.prose import read
from resources.shipped import FIELDS, Text, shipped


class PageForm(forms.ModelForm[Page]):
    """The whole text of a page: as it is shipped, until somebody changes a word of it."""

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

    def clean_body(self) -> str:
        """Refuse what would not show as it was meant, in as many sentences."""
        body = str(self.cleaned_data["body"]).replace("\r\n", "\n").strip()
        if faults := read(body, language=self.instance.language).faults:
            raise forms.ValidationError(faults)
        return body

    def clean(self) -> dict[str, Any]:
        """Someone who types the first text again has come back to it."""
        cleaned = super().clean() or {}
        origin = shipped(self.instance.name, self.instance.language)
        if all(cleaned.get(field) == getattr(origin, field) for field in FIELDS):
            cleaned |= dict.fromkeys(FIELDS, "")
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # Django's, undeclared in its types
        if self.has_changed():
            self.instance.changed_at = timezone.now()

    @property
    def text(self) -> Text:
        """What the page would say, once the form is valid."""
        return self.instance.text
