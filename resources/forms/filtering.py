"""What part of the shelves one asks for, in the address: ``?public=candidats&territoire=bretagne&q=statuts``."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from pledges.models import Charter, Election, Principle
from regions.models import Region
from resources.enums import Audience, ResourceKind, ResourceState
from resources.shelves import AUDIENCES, KINDS, LASTING, Asked

LONGEST = 100  # characters of what is searched


class ShelfForm(forms.Form):
    """Words, and five ways to narrow; what is not there is said, and everything is shown."""

    q = forms.CharField(label=_("Chercher un titre, un mot"), required=False, widget=forms.SearchInput)
    public = forms.ChoiceField(label=_("Public"), required=False)
    territoire = forms.ChoiceField(label=_("Territoire"), required=False)
    principe = forms.ChoiceField(label=_("Principe"), required=False)
    nature = forms.ChoiceField(label=_("Nature"), required=False)
    election = forms.ChoiceField(label=_("Élection"), required=False)

    def __init__(self, data: QueryDict) -> None:
        # Longer than the field admits is typed by no reader: the beginning is searched.
        super().__init__({name: data.get(name, "").strip()[:LONGEST] for name in self.base_fields}, auto_id="filtre-%s")
        self.regions = {region.slug: region for region in Region.objects.order_by("norm")}
        charter = Charter.objects.shown_with(Election.objects.current())
        self.principles = {str(one.number): one for one in Principle.objects.filter(charter=charter)}
        tied = Election.objects.filter(resources__state=ResourceState.PUBLISHED).distinct().latest_first()
        self.elections = {election.slug: election for election in tied}
        self._choose("public", _("tous"), {word: one.label for one, word in AUDIENCES.items()})
        self._choose("territoire", _("tous"), {slug: one.name for slug, one in self.regions.items()})
        self._choose("principe", _("tous"), {number: str(one) for number, one in self.principles.items()})
        self._choose("nature", _("toutes"), {word: one.label for one, word in KINDS.items()})
        elections = {slug: one.name for slug, one in self.elections.items()}
        self._choose("election", _("toutes"), elections | {LASTING: _("durables, d’une élection à l’autre")})
        self.fields["q"].widget.attrs |= {
            "maxlength": LONGEST,
            "autocomplete": "off",
            "spellcheck": "false",
        }

    def _choose(self, name: str, every: Any, choices: dict[str, Any]) -> None:
        self.fields[name].choices = [("", every), *choices.items()]  # type: ignore[attr-defined]

    @property
    def narrowing_fields(self) -> list[forms.BoundField]:
        """All but the words."""
        return [field for field in self if field.name != "q"]

    def asked(self) -> Asked:
        """The part that was asked for."""
        if not self.is_valid():
            return Asked(is_known=False)
        data = self.cleaned_data
        audiences: dict[str, Audience] = {word: one for one, word in AUDIENCES.items()}
        kinds: dict[str, ResourceKind] = {word: one for one, word in KINDS.items()}
        return Asked(
            words=data["q"],
            audience=audiences.get(data["public"]),
            region=self.regions.get(data["territoire"]),
            principle=self.principles.get(data["principe"]),
            kind=kinds.get(data["nature"]),
            election=self.elections.get(data["election"]),
            is_lasting=data["election"] == LASTING,
        )
