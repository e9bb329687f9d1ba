"""Resources at the desk: a network's own territory, and the national ones for administrators."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.forms import ModelChoiceField
from django.http import HttpRequest

from regions.admin.history import HistoryAdmin
from regions.admin.scoping import RegionScopedAdmin
from regions.models import User
from resources.models import Resource


@admin.register(Resource)
class ResourceAdmin(HistoryAdmin[Resource], RegionScopedAdmin[Resource]):
    members_may = frozenset({"add", "change", "delete"})
    list_display = ("title", "audience", "kind", "region", "published_on")
    list_filter = ("audience", "kind")
    list_select_related = ("region",)
    search_fields = ("title", "summary")
    prepopulated_fields: ClassVar = {"slug": ("title",)}
    filter_horizontal = ("principles",)

    def formfield_for_foreignkey(
        self, db_field: "models.ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "ModelChoiceField[Any] | None":
        """Without a region a resource is national: the administrators' to publish."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field and db_field.name == "region":
            field.required = not (isinstance(request.user, User) and request.user.is_superuser)
        return field
