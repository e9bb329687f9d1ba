"""The pages of prose at the desk: the administrators' own."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from pledges.calendar import SilenceError
from regions.admin.history import HistoryAdmin
from regions.admin.publishing import PublishingAdmin
from regions.admin.scoping import AdministratorAdmin, Changes, member
from regions.typography import day
from resources.actions.pages import restore
from resources.enums import PageName
from resources.facts import FACTS
from resources.forms import PageForm
from resources.models import Page
from resources.views import page_context


@admin.register(Page)
class PageAdmin(PublishingAdmin[Page], HistoryAdmin[Page], AdministratorAdmin[Page]):
    """The pages of prose: an administrator rewrites one, looks at it as the public will, and may come back."""

    administrators_may: ClassVar[frozenset[str]] = frozenset({"change"})
    empty_words = _("Les pages de texte du portail sont livrées avec lui : `manage.py migrate` les met ici.")
    form = PageForm
    change_form_template = "admin/resources/page/change_form.html"
    list_display = ("__str__", "whose", "since")
    list_filter = ("language",)
    list_per_page = 50

    def view_on_site(self, page: Page) -> str:  # type: ignore[override]  # Django takes either
        return page.get_absolute_url()

    def get_queryset(self, request: HttpRequest) -> Any:
        """The pages that the product ships: the row of one that it no longer does is kept, and shows nowhere."""
        return super().get_queryset(request).filter(name__in=PageName, language__in=dict(settings.LANGUAGES))

    @admin.display(description=_("texte"))
    def whose(self, page: Page) -> Any:
        return _("réécrit ici") if page.is_rewritten else _("d’origine")

    @admin.display(description=_("modifiée le"), ordering="changed_at")
    def since(self, page: Page) -> str:
        return day(page.changed_at) if page.changed_at else "—"

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """With two more buttons: one shows what is typed and saves nothing, one gives the first text back."""
        page = self.get_object(request, unquote(object_id)) if object_id else None
        if request.method == "POST" and page and self.has_change_permission(request, page):
            if "_restore" in request.POST:
                return self._restore(request, page)
            if "_preview" in request.POST and (response := self._preview(request, page)):
                return response
        context = {"facts": FACTS.items(), **(extra_context or {})}
        # A preview that is refused comes back as the form, with its sentences: nothing of it is saved.
        return super().changeform_view(request, object_id, form_url, context)

    def _preview(self, request: HttpRequest, page: Page) -> HttpResponse | None:
        """The page as the public will see it; None when it would be refused."""
        form = PageForm(request.POST, instance=page)
        with transaction.atomic():
            if not form.is_valid():
                return None
        with override(page.language):
            context = {**page_context(page.name, form.text, page.language), "is_preview": True}
            return render(request, "resources/page.html", context)

    def _restore(self, request: HttpRequest, page: Page) -> HttpResponse:
        try:
            changed = restore(page, by=member(request))
        except SilenceError as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(request.path)
        if changed:
            change = Changes([{"changed": {"fields": changed}}])
            change.fields = tuple(changed)
            self.log_change(request, page, change)
            self.message_user(request, _("La page dit de nouveau le texte d’origine."), messages.SUCCESS)
        return HttpResponseRedirect(request.path)
