"""What names and sentences have in common, wherever they are typed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pledges.models.pledge import STATEMENT_LENGTH
from pledges.models.review import WORDS_LENGTH
from pledges.names import clean_text


class NameField(forms.CharField):
    """A name, or another line, stored as its reader will see it."""

    def clean(self, value: Any) -> Any:
        return clean_text(super().clean(value), is_name=True)


class StatementField(forms.CharField):
    """A sentence or two, never asked for; line ends count for one character, as the reader counts them."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 3, "maxlength": STATEMENT_LENGTH})
        super().__init__(max_length=STATEMENT_LENGTH, required=False, widget=widget, **kwargs)

    def to_python(self, value: Any) -> Any:
        return (super().to_python(value) or "").replace("\r\n", "\n")

    def clean(self, value: Any) -> Any:
        return clean_text(super().clean(value))


class WordsField(forms.CharField):
    """A few paragraphs: a question, its answer, a note."""

    def __init__(self, *, rows: int = 4, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows, "maxlength": WORDS_LENGTH})
        super().__init__(max_length=WORDS_LENGTH, widget=widget, **kwargs)

    def to_python(self, value: Any) -> Any:
        return (super().to_python(value) or "").replace("\r\n", "\n")

    def clean(self, value: Any) -> Any:
        return clean_text(super().clean(value))


class MailboxField(forms.EmailField):
    """Where somebody reads their mails."""

    def __init__(self, *, autocomplete: str = "email", **kwargs: Any) -> None:
        """
        :param autocomplete: ``"off"`` for the address of somebody else than who types.
        """
        super().__init__(
            widget=forms.EmailInput(attrs={"autocomplete": autocomplete}),
            error_messages={
                "required": _("Écrivez une adresse électronique."),
                "invalid": _("Cette adresse n’est pas complète : il faut un nom, une arobase et un domaine."),
            },
            **kwargs,
        )
