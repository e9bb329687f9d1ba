"""The official geography: read here, changed only by the loading of a new COG."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db import models
from django.utils.translation import gettext_lazy as _

from regions.admin.history import HistoryAdmin
from regions.admin.publishing import PublishingAdmin, Territories
from regions.admin.scoping import AdministratorAdmin
from regions.admin.searching import FoldedSearch
from regions.models import Commune, Indicator, Region


class ReadOnlyAdmin[M: models.Model](AdministratorAdmin[M]):
    """Rows that come from an official file."""

    administrators_may = frozenset()
    empty_words = _("La géographie officielle se charge par une commande : manage.py load_territories.")


@admin.register(Region)
class RegionAdmin(ReadOnlyAdmin[Region]):
    list_display = ("name", "code", "council", "time_zone")


@admin.register(Commune)
class CommuneAdmin(FoldedSearch[Commune], ReadOnlyAdmin[Commune]):
    list_display = ("name", "code", "department", "kind", "population")
    list_per_page = 50
    list_filter = ("kind", "department__region")
    list_select_related = ("department",)
    search_fields = ("norm", "code")
    search_help_text = _("Un nom, avec ou sans accents, ou un code INSEE.")


@admin.register(Indicator)
class IndicatorAdmin(PublishingAdmin[Indicator], HistoryAdmin[Indicator], AdministratorAdmin[Indicator]):
    """Published figures, each with its base, its year and its source."""

    empty_words = _("Ajoutez un chiffre publié de l’ESS : il faut son année, sa base et sa source.")
    list_per_page = 50
    list_display = ("region", "department", "measure", "year", "value_in_words", "base")
    list_filter = ("measure", "year", "region")
    list_select_related = ("region", "department")

    def territories_of(self, row: Indicator, typed: Mapping[str, Any]) -> Territories:
        """A figure is a region's, or a department's of one."""
        region = row.region_id or (row.department and row.department.region_id)
        return frozenset({region}) if region else None

    @admin.display(description=_("valeur"), ordering="value")
    def value_in_words(self, figure: Indicator) -> str:
        """« 29 000 », not « 29000,0 »: a count has no decimals."""
        return f"{figure.shown_value} {figure.unit}".strip()
