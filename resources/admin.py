"""Resources at the desk: a network's own territory, and the national ones for administrators."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from regions.admin.history import HistoryAdmin
from regions.admin.scoping import RegionScopedAdmin
from regions.models import User
from regions.typography import day
from resources.models import Resource


@admin.register(Resource)
class ResourceAdmin(HistoryAdmin[Resource], RegionScopedAdmin[Resource]):
    """What candidates, citizens and networks may read, by territory."""

    members_may = frozenset({"add", "change", "delete"})
    empty_words = _("Ajoutez un document ou un lien : il paraîtra sur la page de votre territoire une fois daté.")
    list_display = ("title", "audience", "kind", "where", "publication")
    list_filter = ("audience", "kind", ("region", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("region",)
    list_per_page = 50
    search_fields = ("title", "summary")
    search_help_text = _("Un mot du titre ou du résumé, avec ses accents.")
    prepopulated_fields: ClassVar = {"slug": ("title",)}

    def formfield_for_foreignkey(
        self, db_field: "models.ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "ModelChoiceField[Any] | None":
        """Without a region a resource is national: the administrators' to publish."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field and db_field.name == "region":
            field.required = not (isinstance(request.user, User) and request.user.is_superuser)
        return field

    @admin.display(description=_("territoire"), ordering="region")
    def where(self, resource: Resource) -> Any:
        return resource.region or _("national")

    @admin.display(description=_("publication"), ordering="published_on")
    def publication(self, resource: Resource) -> Any:
        return day(resource.published_on) if resource.published_on else _("brouillon")
