"""What is typed to import an official file: which one, for which election; and which column holds what."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pledges.enums import Round
from pledges.models import Election
from pledges.official_files import MAX_BYTES
from pledges.official_files.pair_columns import LAYOUTS, label

LIMIT = MAX_BYTES // 1024 // 1024


class ImportFileForm(forms.Form):
    """An official file, and the election that it is for.

    :param is_too_large: Whether a file was sent, and dropped because of its size.
    """

    election = forms.ModelChoiceField(
        label=gettext_lazy("Élection"),
        queryset=Election.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choisissez l’élection."),
            "invalid_choice": gettext_lazy(
                "Les listes de cette élection ne sont plus à venir : choisissez-en une autre."
            ),
        },
    )
    round = forms.TypedChoiceField(
        label=gettext_lazy("Tour"),
        help_text=gettext_lazy(
            "Un fichier du second tour dit, d’après les personnes, quelles listes se maintiennent ou fusionnent, et ce"
            " que les autres sont devenues. Il se lit après celui du premier."
        ),
        choices=Round,
        coerce=lambda value: Round(int(value)),
        empty_value=None,
        required=False,
        initial=Round.FIRST,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": gettext_lazy("Choisissez le premier tour ou le second.")},
    )
    file = forms.FileField(
        label=gettext_lazy("Fichier"),
        max_length=255,
        help_text=gettext_lazy(
            "Tel que le ministère ou la préfecture le publie : CSV, TXT ou XLSX, de 50 Mo au plus. Rien n’est écrit"
            " avant que vous ayez vu ce qui changerait."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.xlsm,text/csv,text/plain"}),
        error_messages={
            "required": gettext_lazy("Choisissez le fichier à importer."),
            "invalid": gettext_lazy("Choisissez le fichier à importer."),
            "missing": gettext_lazy("Choisissez le fichier à importer."),
            "empty": gettext_lazy("Ce fichier est vide."),
            "max_length": gettext_lazy("Le nom de ce fichier est trop long : raccourcissez-le."),
        },
    )

    def __init__(self, *args: Any, is_too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        elections = Election.objects.awaiting_lists()
        self.fields["election"].queryset = elections  # type: ignore[attr-defined]
        self.fields["election"].initial = elections.first()
        if is_too_large:
            self.fields["file"].error_messages["required"] = (
                _("Ce fichier dépasse %d Mo : une liste officielle en pèse dix fois moins.") % LIMIT
            )

    def clean_round(self) -> Round:
        return self.cleaned_data["round"] or Round.FIRST


class ColumnsForm(forms.Form):
    """Which header holds each field that none was recognised for.

    :param reading: What was recognised, as the import keeps it.
    :param mapping: What someone has said already.
    """

    prefix = "colonne"

    def __init__(self, *args: Any, reading: Mapping[str, Any], mapping: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.missing: Sequence[str] = reading.get("missing", [])
        headers = [*mapping.values(), *reading.get("unread", [])]
        choices = [("", _("— aucune —")), *((header, header) for header in dict.fromkeys(headers))]
        for field in sorted(layout_fields(reading), key=lambda field: field not in self.missing):
            if field in reading.get("columns", {}) and field not in mapping:
                continue
            self.fields[field] = forms.ChoiceField(
                label=capfirst(label(field)),
                choices=choices,
                required=False,
                initial=mapping.get(field, ""),
                help_text=_("nécessaire") if field in self.missing else _("facultatif"),
            )

    def clean(self) -> dict[str, Any]:
        chosen = self.chosen()
        for field in self.missing:
            either = {"list_code", "panel_number"}
            if field in chosen or (field in either and (either & set(chosen) or not either <= set(self.missing))):
                continue
            self.add_error(
                field,
                _("Dites quelle colonne donne le code de dépôt, ou à défaut le panneau.")
                if field in either
                else _("Dites quelle colonne le contient : sans elle, rien ne peut être importé."),
            )
        for field, header in chosen.items():
            if list(chosen.values()).count(header) > 1:
                self.add_error(field, _("Cette colonne est choisie deux fois."))
        return self.cleaned_data

    def chosen(self) -> dict[str, str]:
        """The header of each field that has one."""
        return {field: header for field, header in self.cleaned_data.items() if header}


def layout_fields(reading: Mapping[str, Any]) -> Sequence[str]:
    """What a file of this layout tells; of one read before layouts were noted, what a file of lists does."""
    return LAYOUTS[reading.get("layout", "lists")].fields
