"""The lists that one asks to see side by side, in the address."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from pledges.models import CandidateList

FEWEST, MOST = 2, 4
_READ = 20  # keys of an address that are looked up: beyond, the refusal is the same
_KEY = re.compile(r"[0-9]{1,18}", re.ASCII)  # what fits a column of keys


class KeysField(forms.Field):
    """Keys of rows, each once: ``listes=1,2`` as one writes it, or ``listes=1&listes=2`` as checkboxes do."""

    widget = forms.SelectMultiple

    def to_python(self, value: Any) -> list[int]:
        """
        :raises ValidationError: Something else than a key is in it.
        """
        words = [word.strip() for text in value or () for word in text.split(",") if word.strip()]
        if not all(_KEY.fullmatch(word) for word in words):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return list(dict.fromkeys(int(word) for word in words))


class ComparisonForm(forms.Form):
    """Two to four lists that stand in one contest; what is refused keeps the lists that were recognised."""

    listes = KeysField(
        label=_("Listes"),
        error_messages={
            "required": _("Choisissez de deux à quatre listes d’un même territoire."),
            "invalid": _("Cette adresse ne désigne pas des listes : leurs numéros s’écrivent « 12,34 »."),
        },
    )

    known: list[CandidateList]
    """The lists that were recognised, whatever is refused, once ``is_valid`` was asked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = []

    def clean_listes(self) -> list[CandidateList]:
        """The lists, with their contest, election, charter and region; in no order that counts."""
        keys = self.cleaned_data["listes"]
        self.known = list(CandidateList.objects.standing().with_contest().filter(pk__in=keys[:_READ]).order_by("pk"))
        if len(keys) > MOST:
            raise ValidationError(_("Quatre listes au plus se lisent côte à côte : gardez-en quatre."))
        if len(self.known) < len(keys):
            raise ValidationError(_("Une des listes demandées n’existe pas, ou n’est plus sur la liste officielle."))
        if len({candidate_list.contest_id for candidate_list in self.known}) > 1:
            raise ValidationError(
                _("Ces listes ne se présentent pas au même endroit : une comparaison se lit dans un même territoire.")
            )
        if not set.intersection(*(set(candidate_list.rounds) for candidate_list in self.known)):
            raise ValidationError(
                _("Ces listes ne sont pas du même tour : une comparaison se lit entre listes d’un même tour.")
            )
        if len(keys) < FEWEST:
            raise ValidationError(_("Une liste seule ne se compare pas : choisissez-en au moins une autre."))
        return self.known
