"""The official geography: read here, changed only by the loading of a new COG."""

from django.contrib import admin
from django.db import models

from regions.admin.history import HistoryAdmin
from regions.admin.scoping import AdministratorAdmin
from regions.models import Commune, Indicator, Region


class ReadOnlyAdmin[M: models.Model](AdministratorAdmin[M]):
    """Rows that come from an official file."""

    administrators_may = frozenset()


@admin.register(Region)
class RegionAdmin(ReadOnlyAdmin[Region]):
    list_display = ("name", "code", "council", "time_zone")


@admin.register(Commune)
class CommuneAdmin(ReadOnlyAdmin[Commune]):
    list_display = ("name", "code", "department", "kind", "population")
    list_filter = ("kind", "department__region")
    list_select_related = ("department",)
    search_fields = ("norm", "code")


@admin.register(Indicator)
class IndicatorAdmin(HistoryAdmin[Indicator], AdministratorAdmin[Indicator]):
    list_display = ("region", "department", "measure", "year", "value", "base")
    list_filter = ("measure", "year", "region")
    list_select_related = ("region", "department")
