"""The reasons written once: a coordinator keeps those of their regions, an administrator the national ones.

Every member reads the national ones, that they decide with too.
"""

from typing import Any

from django.contrib import admin
from django.db import models
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pledges.models import DecisionReason
from regions.admin.scoping import RegionScopedAdmin, member
from regions.models import Region, User


@admin.register(DecisionReason)
class DecisionReasonAdmin(RegionScopedAdmin[DecisionReason]):
    empty_words = _("Ajoutez un motif qui revient souvent : il s’offrira au moment de refuser ou de suspendre.")
    list_display = ("title", "where", "is_for_declining", "is_for_suspending", "is_in_use", "position")
    list_filter = ("is_in_use", ("region", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("region",)
    search_fields = ("title", "text")
    fields = ("title", "text", "is_for_declining", "is_for_suspending", "region", "position", "is_in_use")
    readonly_fields = ("where",)

    def allows(self, user: User, act: str) -> bool:
        """Members read; who coordinates writes. Nothing is deleted: a reason that is not in use is not offered."""
        if act == "view":
            return super().allows(user, act)
        return act in {"add", "change"} and (user.is_superuser or bool(user.coordinated_region_codes))

    @admin.display(description=_("région"), ordering="region")
    def where(self, reason: DecisionReason) -> str:
        return str(reason.region or gettext("toutes les régions"))

    def get_fields(self, request: HttpRequest, obj: DecisionReason | None = None) -> Any:
        """Where it is read alone, the region is in words: its page is the administrators'."""
        writes = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return [name if writes or name != "region" else "where" for name in self.fields]

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """In the menus, the list alone: every page of the desk has one, and none has to ask who coordinates."""
        return {"view": self.has_view_permission(request), "add": False, "change": False, "delete": False}

    def has_change_permission(self, request: HttpRequest, obj: DecisionReason | None = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        if obj is None or obj.pk is None or member(request).is_superuser:
            return True
        # The stored row decides, not what a form has made of it.
        return DecisionReason.objects.filter(pk=obj.pk, region__in=member(request).coordinated_region_codes).exists()

    def formfield_for_foreignkey(
        self, db_field: "models.ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "ModelChoiceField[Any] | None":
        """Without a region a reason is national: the administrators' to write."""
        user = member(request)
        if db_field.name == "region":
            regions = Region.objects.all()
            kwargs["queryset"] = (
                regions if user.is_superuser else regions.filter(code__in=user.coordinated_region_codes)
            )
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field and db_field.name == "region":
            field.required = not user.is_superuser
        return field
