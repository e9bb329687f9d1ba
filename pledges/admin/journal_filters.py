"""The filters of the journal: each offers what the user's own entries hold, and names nothing of elsewhere."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from pledges.enums import Act
from pledges.models import CandidateList, JournalEntry
from regions.admin.scoping import member

MOST_LISTS = 60
"""Above it, a menu is no help: an election or a region is to be chosen first."""


class ActFilter(admin.SimpleListFilter):
    title = _("acte")
    parameter_name = "acte"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        present = set(model_admin.get_queryset(request).order_by().values_list("act", flat=True).distinct())
        return [(act.value, act.label) for act in Act if act.value in present]

    def queryset(self, request: HttpRequest, queryset: QuerySet[JournalEntry]) -> QuerySet[JournalEntry]:
        return queryset.filter(act=self.value()) if self.value() else queryset


class ElectionFilter(admin.RelatedOnlyFieldListFilter):
    """The elections that entries name, and the acts about none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_value_display = format_html("{}", _("aucune"))


class RegionFilter(admin.RelatedOnlyFieldListFilter):
    """Shown to whoever works in several regions."""

    include_empty_choice = False


class PersonFilter(admin.RelatedOnlyFieldListFilter):
    """The colleagues who did something here, and those who have no account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("personne")
        self.empty_value_display = format_html("{}", _("qui signe ou demande, ou le portail"))


class PeriodFilter(admin.DateFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("période")


class ListFilter(admin.SimpleListFilter):
    """The lists that entries are about, in the order of the panels."""

    title = _("liste")
    parameter_name = "liste"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        lists = CandidateList.objects.visible_to(member(request)).official()
        if election := request.GET.get("election__id__exact", ""):
            lists = lists.filter(contest__election__pk=int(election[:18])) if election.isdecimal() else lists.none()
        if region := request.GET.get("region__code__exact"):
            lists = lists.filter(contest__region=region)
        found = list(lists.in_panel_order().values_list("pk", "name")[: MOST_LISTS + 1])
        return [(str(key), name) for key, name in found] if len(found) <= MOST_LISTS else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[JournalEntry]) -> QuerySet[JournalEntry]:
        value = self.value() or ""
        return about_lists(queryset, [int(value)]) if value.isdecimal() and len(value) < 19 else queryset


def about_lists(queryset: QuerySet[JournalEntry], keys: list[int]) -> Any:
    """The entries about these lists: those of their pledges as they are now, and those that name them."""
    return queryset.filter(pledge__candidate_list__in=keys) | queryset.filter(details__list__in=keys)
