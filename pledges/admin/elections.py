"""Elections and charters, for administrators; contests, lists and candidates, for each network in its territory."""

from typing import ClassVar

from django.contrib import admin
from django.http import HttpRequest

from pledges.models import Candidate, CandidateList, Charter, Contest, Election, Nuance, Principle
from regions.admin.history import HistoryAdmin
from regions.admin.scoping import AdministratorAdmin, RegionScopedAdmin


class PrincipleInline(admin.TabularInline[Principle, Charter]):
    model = Principle
    fields = ("number", "statement", "short", "explanation")
    readonly_fields = ("number", "statement")
    extra = 0
    can_delete = False
    view_on_site = False

    def has_add_permission(self, request: HttpRequest, obj: Charter | None = None) -> bool:
        return False


@admin.register(Charter)
class CharterAdmin(HistoryAdmin[Charter], AdministratorAdmin[Charter]):
    """The text is loaded by a command and never typed: only the plain words beside it are edited here."""

    administrators_may = frozenset({"change"})
    list_display = ("version", "title", "sha256")
    readonly_fields = ("version", "title", "addressed_to", "source", "sha256")
    inlines = (PrincipleInline,)
    history_also = ("principles",)


@admin.register(Election)
class ElectionAdmin(HistoryAdmin[Election], AdministratorAdmin[Election]):
    list_display = ("name", "kind", "signing_opens_on", "first_round_on", "second_round_on", "is_demonstration")
    prepopulated_fields: ClassVar = {"slug": ("name",)}


@admin.register(Nuance)
class NuanceAdmin(AdministratorAdmin[Nuance]):
    list_display = ("code", "label", "election")
    list_filter = ("election",)
    list_select_related = ("election",)


@admin.register(Contest)
class ContestAdmin(RegionScopedAdmin[Contest]):
    list_display = ("name", "election", "region", "code")
    list_filter = ("election",)
    list_select_related = ("election", "region")


@admin.register(CandidateList)
class CandidateListAdmin(RegionScopedAdmin[CandidateList]):
    list_display = ("name", "contest", "panel_number", "nuance", "left_at")
    list_filter = ("contest__election", "kind")
    list_select_related = ("contest__election", "nuance")
    search_fields = ("norm",)


@admin.register(Candidate)
class CandidateAdmin(RegionScopedAdmin[Candidate]):
    list_display = ("last_name", "first_names", "candidate_list", "section_name", "rank", "is_head", "left_at")
    list_filter = ("candidate_list__contest__election", "is_head")
    list_select_related = ("candidate_list",)
    search_fields = ("norm",)
