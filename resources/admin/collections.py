"""Collections at the desk: resources that go together, in an order."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from regions.admin.history import HistoryAdmin
from regions.admin.publishing import PublishingAdmin
from regions.admin.scoping import RegionScopedAdmin, member
from regions.typography import day
from resources.forms import CollectionForm, ItemFormSet
from resources.forms.collections import ROOM
from resources.models import Collection, CollectionItem, Resource


class ItemInline(admin.StackedInline[CollectionItem, Collection]):
    model = CollectionItem
    formset = ItemFormSet
    fields = (("resource", "position"),)
    extra = ROOM
    view_on_site = False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer what may be in it: the resources of one's territory, and those of the whole country."""
        if db_field.name == "resource":
            user = member(request)
            mine = Q(pk__in=Resource.objects.visible_to(user).values("pk"))
            everyones = Q(region=None, pk__in=Resource.objects.published().values("pk"))
            kwargs["queryset"] = Resource.objects.filter(mine | everyones).order_by("title")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A collection is made of what is there: nothing is added, changed or deleted on the way."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        widget = field.widget if field else None
        if isinstance(widget, RelatedFieldWidgetWrapper):
            widget.can_add_related = widget.can_change_related = False
            widget.can_delete_related = widget.can_view_related = False
        return field

    def has_add_permission(self, request: HttpRequest, obj: Collection | None = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Collection | None = None) -> bool:
        return True

    def has_delete_permission(self, request: HttpRequest, obj: Collection | None = None) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: Collection | None = None) -> bool:
        return True


@admin.register(Collection)
class CollectionAdmin(PublishingAdmin[Collection], HistoryAdmin[Collection], RegionScopedAdmin[Collection]):
    """What is taken away in one go."""

    members_may = frozenset({"add", "change", "delete"})
    empty_words = _("Rassemblez des ressources qui vont ensemble : le public les emporte en une fois.")
    form = CollectionForm
    add_form_template = change_form_template = "admin/resources/collection/change_form.html"
    inlines = (ItemInline,)
    list_display = ("title", "where", "network", "publication")
    list_filter = (("region", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("region", "network")
    list_per_page = 50
    search_fields = ("title", "summary")
    search_help_text = _("Un mot du titre ou du résumé, avec ses accents.")
    fieldsets = (
        (_("Ce que c’est"), {"fields": ("title", "summary")}),
        (
            _("Qui le publie"),
            {
                "fields": ("region", "network", "slug"),
                "description": _(
                    "L’adresse se fait du titre si vous la laissez vide, et ne change plus une fois publiée."
                ),
            },
        ),
    )

    def standstill(self, *rows: Collection, typed: Any = None) -> str:
        """A draft is on no page: it is prepared whenever one likes."""
        public = [row for row in rows if row.published_on]
        return super().standstill(*public, typed=typed) if public else ""

    def has_delete_permission(self, request: HttpRequest, obj: Collection | None = None) -> bool:
        """One that is published is taken back first."""
        return super().has_delete_permission(request, obj) and not (obj and obj.published_on)

    def get_form(self, request: HttpRequest, obj: Collection | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        form = super().get_form(request, obj, change, **kwargs)
        form.user = member(request)
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: Collection | None = None) -> Any:
        """An address that is published stays."""
        return ("slug",) if obj and obj.published_on else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Collection | None = None) -> dict[str, Any]:
        return {} if "slug" in self.get_readonly_fields(request, obj) else {"slug": ("title",)}

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """A collection goes with its order; its resources stay."""
        return [str(obj) for obj in objs], {}, set(), []

    def response_add(self, request: HttpRequest, obj: Collection, post_url_continue: str | None = None) -> HttpResponse:
        return self._settle(request, obj)

    def response_change(self, request: HttpRequest, obj: Collection) -> HttpResponse:
        return self._settle(request, obj)

    def _settle(self, request: HttpRequest, collection: Collection) -> HttpResponse:
        words = _("« %s » est publié.") if collection.published_on else _("« %s » est enregistré en brouillon.")
        self.message_user(request, words % collection, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:resources_collection_change", args=[collection.pk]))

    @admin.display(description=_("territoire"), ordering="region")
    def where(self, collection: Collection) -> Any:
        return collection.region or _("national")

    @admin.display(description=_("publication"), ordering="published_on")
    def publication(self, collection: Collection) -> Any:
        return day(collection.published_on) if collection.published_on else _("brouillon")
