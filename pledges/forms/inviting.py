"""What a network says of the lists it has asked to sign."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pledges.calendar import today
from pledges.enums import Channel, ListKind
from pledges.models import CandidateList, Contest
from pledges.models.elections import CandidateListQuerySet
from regions.typography import day


class _ListsField(forms.ModelMultipleChoiceField[CandidateList]):
    def label_from_instance(self, obj: CandidateList) -> str:
        name = f"{obj.panel_number}. {obj.name}" if obj.panel_number else obj.name
        is_pair = obj.kind == ListKind.PAIR
        if obj.last_asked_on is None:
            words = _("%(list)s, pas encore sollicité") if is_pair else _("%(list)s, pas encore sollicitée")
            return words % {"list": name}
        words = _("%(list)s, sollicité le %(on)s") if is_pair else _("%(list)s, sollicitée le %(on)s")
        return words % {"list": name, "on": day(obj.last_asked_on)}


class InvitationForm(forms.Form):
    """When, how, and to whom: every list of the contest unless told otherwise, for all are asked alike."""

    asked_on = forms.DateField(
        label=gettext_lazy("Date de la sollicitation"),
        help_text=gettext_lazy("Le jour où la demande est partie, aujourd’hui ou avant."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": gettext_lazy("Dites quel jour la demande est partie.")},
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Par quel moyen ?"),
        choices=Channel,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Dites par quel moyen la demande est partie.")},
    )
    lists = _ListsField(
        label=gettext_lazy("Listes sollicitées"),
        help_text=gettext_lazy(
            "Toutes sont cochées : la même demande va à chacune. Ôtez celles que vous n’avez pas pu joindre."
        ),
        queryset=CandidateList.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Gardez au moins une liste cochée.")},
    )

    def __init__(self, *args: Any, contest: Contest, lists: CandidateListQuerySet, **kwargs: Any) -> None:
        """:param lists: Those that stand in the contest: what may be ticked."""
        super().__init__(*args, **kwargs)
        field = self.fields["lists"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101  declared above
        field.queryset = lists.with_last_asked()
        self.fields["asked_on"].initial = today(contest.region)
        self.fields["lists"].initial = lists
        if contest.election.choice.is_by_pairs:
            field.label = _("Binômes sollicités")
            field.help_text = _(
                "Tous sont cochés : la même demande va à chacun. Ôtez ceux que vous n’avez pas pu joindre."
            )
            field.error_messages["required"] = _("Gardez au moins un binôme coché.")
