"""The journal: to read."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from pledges.models import JournalEntry
from regions.admin.scoping import RegionScopedAdmin


@admin.register(JournalEntry)
class JournalEntryAdmin(RegionScopedAdmin[JournalEntry]):
    list_display = ("at", "act", "by", "pledge_id", "region", "why")
    list_filter = ("act",)
    list_select_related = ("by", "region", "wording")
    ordering = ("-pk",)
    date_hierarchy = "at"
    readonly_fields = ("why",)

    @admin.display(description=_("motif"))
    def why(self, entry: JournalEntry) -> str:
        return entry.why
