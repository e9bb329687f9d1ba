"""What names and sentences have in common, wherever they are typed."""

from typing import Any

from django import forms

from pledges.names import clean_text


class NameField(forms.CharField):
    """A name, or another line, stored as its reader will see it."""

    def clean(self, value: Any) -> Any:
        return clean_text(super().clean(value), is_name=True)


class StatementField(forms.CharField):
    """A sentence or two; line ends count for one character, as the reader counts them."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        return (super().to_python(value) or "").replace("\r\n", "\n")

    def clean(self, value: Any) -> Any:
        return clean_text(super().clean(value))
