"""Networks: administrators alone. Members and accounts are the desk's, which writes their changes in the journal."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from regions.admin.history import HistoryAdmin
from regions.admin.proof import needs_fresh_proof
from regions.admin.publishing import PublishingAdmin, Territories
from regions.admin.scoping import AdministratorAdmin
from regions.models import Network

admin.site.unregister(Group)  # rights come from memberships


@admin.register(Network)
class NetworkAdmin(PublishingAdmin[Network], HistoryAdmin[Network], AdministratorAdmin[Network]):
    empty_words = _("Ajoutez un réseau et ses régions : ses membres y vérifieront les engagements.")
    list_display = ("name", "where", "site")
    list_filter = ("is_national",)
    list_per_page = 50
    search_fields = ("name",)
    search_help_text = _("Un mot du nom du réseau.")

    def territories_of(self, row: Network, typed: Mapping[str, Any]) -> Territories:
        """A network is named on the pages of its regions; a national one, on none but may be on all."""
        if row.is_national:
            return None
        stored = set(row.regions.values_list("pk", flat=True)) if row.pk else set()
        return frozenset(stored | {region.pk for region in typed.get("regions", ())})

    # Its regions are the rights of its members.
    add_view = method_decorator(needs_fresh_proof)(PublishingAdmin.add_view)
    change_view = method_decorator(needs_fresh_proof)(PublishingAdmin.change_view)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("regions")

    @admin.display(description=_("territoire"), ordering="is_national")
    def where(self, network: Network) -> Any:
        if network.is_national:
            return _("toutes les régions")
        return ", ".join(region.name for region in network.regions.all()) or "—"
