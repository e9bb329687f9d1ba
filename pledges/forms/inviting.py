"""What a network says of the lists it has asked to sign."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pledges.calendar import today
from pledges.enums import Channel
from pledges.models import CandidateList, Contest
from pledges.models.elections import CandidateListQuerySet


class _ListsField(forms.ModelMultipleChoiceField[CandidateList]):
    def label_from_instance(self, obj: CandidateList) -> str:
        return f"{obj.panel_number}. {obj.name}" if obj.panel_number else obj.name


class InvitationForm(forms.Form):
    """When, how, and to whom: every list of the contest unless told otherwise, for all are asked alike."""

    asked_on = forms.DateField(
        label=_("Date de la sollicitation"),
        help_text=_("Le jour où la demande est partie, aujourd’hui ou avant."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": _("Dites quel jour la demande est partie.")},
    )
    channel = forms.ChoiceField(
        label=_("Par quel moyen ?"),
        choices=Channel,
        widget=forms.RadioSelect,
        error_messages={"required": _("Dites par quel moyen la demande est partie.")},
    )
    lists = _ListsField(
        label=_("Listes sollicitées"),
        help_text=_("Toutes sont cochées : la même demande va à chacune. Ôtez celles que vous n’avez pas pu joindre."),
        queryset=CandidateList.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Gardez au moins une liste cochée.")},
    )

    def __init__(self, *args: Any, contest: Contest, lists: CandidateListQuerySet, **kwargs: Any) -> None:
        """:param lists: Those that stand in the contest: what may be ticked."""
        super().__init__(*args, **kwargs)
        field = self.fields["lists"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101  declared above
        field.queryset = lists
        self.fields["asked_on"].initial = today(contest.region)
        self.fields["lists"].initial = lists
