"""What an administrator types to prepare an election."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pledges.models import Contest, Election

_DATES = (
    "signing_opens_on",
    "signing_closes_on",
    "candidacies_close_on",
    "first_round_on",
    "second_candidacies_close_on",
    "second_round_on",
    "mandate_starts_on",
    "mandate_ends_on",
)


class _ContestsField(forms.ModelMultipleChoiceField[Contest]):
    def label_from_instance(self, obj: Contest) -> str:
        return obj.name


class NextElectionForm(forms.ModelForm[Election]):
    """The next election, proposed from the last one: names, charter, dates, territories. All of it may be corrected."""

    contests = _ContestsField(
        label=_("territoires"),
        queryset=Contest.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Les mêmes circonscriptions, sans leurs listes : celles-ci viendront avec les fichiers officiels."),
        error_messages={"required": _("Cochez au moins un territoire.")},
    )

    class Meta:
        model = Election
        fields = ("name", "slug", "kind", "charter", "is_demonstration", *_DATES)
        widgets = dict.fromkeys(_DATES, forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))

    def __init__(self, *args: Any, like: Election, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contests = like.contests.public().select_related("region", "election").order_by("region__norm", "slug")
        field = self.fields["contests"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101  declared above
        field.queryset = contests
        field.initial = [contest.pk for contest in contests]
