"""The official geography: read here, changed only by the loading of a new COG."""

from django.contrib import admin
from django.http import HttpRequest

from regions.models import Commune, Indicator, Region


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # of any model
    """Rows that come from an official file."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Region)
class RegionAdmin(ReadOnlyAdmin):
    list_display = ("name", "code", "council", "time_zone")


@admin.register(Commune)
class CommuneAdmin(ReadOnlyAdmin):
    list_display = ("name", "code", "department", "kind", "population")
    list_filter = ("kind", "department__region")
    list_select_related = ("department",)
    search_fields = ("norm", "code")


@admin.register(Indicator)
class IndicatorAdmin(admin.ModelAdmin[Indicator]):
    list_display = ("region", "department", "measure", "year", "value", "base")
    list_filter = ("measure", "year", "region")
    list_select_related = ("region", "department")
