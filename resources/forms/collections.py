"""What a network types of a collection: what it is, and its resources in their order."""

from typing import Any, cast

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db.models import Max, Q
from django.forms import ModelChoiceField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regions.models import Network, User
from resources.forms.fields import free_slug, leads_elsewhere, out_of_reach
from resources.models import Collection, CollectionItem

ROOM = 3
"""Places for resources to come; saving makes as many again."""


class CollectionForm(forms.ModelForm[Collection]):
    """A collection. The button that was pressed publishes it, or takes it back."""

    user: User
    """Who types: the class that the desk makes for a request says so."""

    class Meta:
        model = Collection
        fields = ("title", "slug", "summary", "region", "network")
        widgets = {"summary": AdminTextareaWidget(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
        network = cast("ModelChoiceField[Network]", self.fields["network"])
        region = cast("ModelChoiceField[Any]", self.fields["region"])
        region.help_text = ""
        if self.user.is_superuser:
            region.empty_label = str(_("France entière"))
            network.empty_label = str(_("Aucun : le portail lui-même"))
            return
        own = [each.pk for each in self.user.networks]
        network.queryset = Network.objects.filter(Q(pk__in=own) | Q(pk=self.instance.network_id))
        network.required = region.required = True
        if not self.instance.pk:
            if len(own) == 1:
                self.initial.setdefault("network", own[0])
            if len(self.user.regions_here) == 1:
                self.initial.setdefault("region", self.user.regions_here[0].pk)

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"])
        if slug and leads_elsewhere(Collection, slug):
            raise forms.ValidationError(_("Une autre page du portail est à cette adresse : choisissez-en une autre."))
        return slug

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "slug" in self.fields and not cleaned.get("slug") and cleaned.get("title"):
            cleaned["slug"] = free_slug(Collection, cleaned["title"])
        if not self.user.is_superuser and (sentence := out_of_reach(cleaned.get("network"), cleaned.get("region"))):
            self.add_error("network", sentence)
        before = self.instance.published_on
        if "_publish" in self.data:
            self.instance.published_on = before or timezone.localdate()
        elif "_withdraw" in self.data:
            self.instance.published_on = None
        if self.instance.published_on != before:
            self.changed_data.append("published_on")
        return cleaned


class ItemFormSet(forms.BaseInlineFormSet[CollectionItem, Collection, forms.ModelForm[CollectionItem]]):
    """The resources of a collection: the empty places come after those that are taken."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = self.instance.items.aggregate(last=Max("position"))["last"] if self.instance.pk else 0
        self.initial_extra = [{"position": (taken or 0) + place} for place in range(1, ROOM + 1)]

    def clean(self) -> None:
        """A territory's collection holds its own resources and the national ones: no page of it shows another's."""
        super().clean()
        for form in self.forms:
            resource = form.cleaned_data.get("resource") if form.is_valid() else None
            if resource and resource.region_id and self.instance.region_id not in {None, resource.region_id}:
                form.add_error("resource", _("Cette ressource est d’un autre territoire que le dossier."))
