"""The journal: to read."""

from django.contrib import admin

from pledges.models import JournalEntry
from regions.admin.scoping import RegionScopedAdmin


@admin.register(JournalEntry)
class JournalEntryAdmin(RegionScopedAdmin[JournalEntry]):
    list_display = ("at", "act", "by", "pledge_id", "region", "reason")
    list_filter = ("act",)
    list_select_related = ("by", "region")
    ordering = ("-pk",)
    date_hierarchy = "at"
