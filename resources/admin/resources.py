"""Resources at the desk: a network's own territory, and the national ones for administrators."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Sum
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from pledges.calendar import SilenceError
from regions.admin.history import HistoryAdmin
from regions.admin.publishing import PublishingAdmin
from regions.admin.scoping import RegionScopedAdmin, member
from regions.models import User
from regions.typography import day
from resources.actions.publishing import (
    StandingError,
    archive,
    correct,
    discard,
    may_publish,
    publish,
    send_back,
    start_again,
    submit,
    why_kept,
    why_not_discarded,
)
from resources.actions.versions import add_version
from resources.enums import PUBLIC_STATES, ResourceState
from resources.forms import RemarkForm, ResourceForm
from resources.models import Resource, Version
from resources.views import resource_context

# What a button does to a resource as it stands, and what is said once it is done.
ACTS: dict[str, tuple[Callable[..., Resource], Any]] = {
    "_approve": (publish, _("« %s » est publiée.")),
    "_republish": (publish, _("« %s » est de nouveau publiée.")),
    "_archive": (archive, _("« %s » est archivée : son adresse répond encore, et le dit.")),
}

FAILING = Version.objects.current().filter(resource=OuterRef("pk")).exclude(fault="")
"""The current version of a resource, when its link leads nowhere."""


class LinkFilter(admin.SimpleListFilter):
    """The resources whose link leads nowhere any more."""

    title = _("lien")
    parameter_name = "lien"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("en-defaut", _("en défaut"))]

    def queryset(self, request: HttpRequest, queryset: "models.QuerySet[Resource]") -> "models.QuerySet[Resource]":
        return queryset.filter(Exists(FAILING)) if self.value() == "en-defaut" else queryset


@admin.register(Resource)
class ResourceAdmin(PublishingAdmin[Resource], HistoryAdmin[Resource], RegionScopedAdmin[Resource]):
    """What candidates, citizens, networks and the press may read, by territory: what it is, and what it gives."""

    members_may = frozenset({"add", "change", "delete"})
    empty_words = _("Ajoutez un document ou un lien : publié, il paraîtra sur la page de votre territoire.")
    form = ResourceForm
    add_form_template = change_form_template = "admin/resources/resource/change_form.html"
    delete_confirmation_template = "admin/resources/resource/delete_confirmation.html"
    list_display = ("title", "standing", "audience", "kind", "where", "publication")
    list_filter = ("state", "audience", "kind", LinkFilter, ("region", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("region",)
    list_per_page = 50
    # What is at work comes first, in both databases alike.
    ordering = (F("published_on").desc(nulls_first=True), "title")
    search_fields = ("title", "summary")
    search_help_text = _("Un mot du titre ou du résumé, avec ses accents.")
    what_it_is = (_("Ce que c’est"), {"fields": ("title", "summary", "kind")})
    for_whom = (_("Pour qui"), {"fields": ("audience", "region", "election", "principles")})
    who_publishes = (
        _("Qui la publie"),
        {
            "fields": ("network", "licence", "slug"),
            "description": _("L’adresse se fait du titre si vous la laissez vide, et ne change plus une fois publiée."),
        },
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(link_fails=Exists(FAILING))

    def standstill(self, *rows: Resource, typed: Any = None) -> str:
        """A draft is on no page: it is prepared whenever one likes."""
        public = [row for row in rows if row.state in PUBLIC_STATES]
        return super().standstill(*public, typed=typed) if public else ""

    def has_delete_permission(self, request: HttpRequest, obj: Resource | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and why_not_discarded(obj))

    # --- What the form holds ---

    def get_form(self, request: HttpRequest, obj: Resource | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        form = super().get_form(request, obj, change, **kwargs)
        form.user = member(request)
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: Resource | None = None) -> Any:
        """An address that was published stays. What is kept from this person is shown, and nothing of it is asked."""
        if self._is_shown_only(request, obj):
            return ("title", "summary", "kind", "audience", "region", "election", "principles", "network", "licence",
                    "slug")  # fmt: skip
        return ("slug",) if obj and obj.published_on else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Resource | None = None) -> dict[str, Any]:
        return {} if "slug" in self.get_readonly_fields(request, obj) else {"slug": ("title",)}

    def get_fieldsets(self, request: HttpRequest, obj: Resource | None = None) -> Any:
        if self._is_shown_only(request, obj):
            return (self.what_it_is, self.for_whom, self.who_publishes)
        given = ("file", "url", "model_text")
        if obj and obj.published_on:
            words = _("La version d’avant reste lisible sous celle-ci, à la même adresse, qui le dit.")
            replacing = {"fields": (*given, "change"), "description": words, "classes": ("collapse",)}
            beside = {"fields": ("language", "twin")}
            return (
                (_("Remplacer par une autre version"), replacing),
                self.what_it_is,
                (_("Sa lecture à l’écran"), beside),
                self.for_whom,
                self.who_publishes,
            )
        words = _("Un fichier, un lien ou un texte type : l’un des trois.")
        gives = {"fields": (*given, "language", "twin"), "description": words}
        title = _("Donner autre chose") if obj and obj.current else _("Ce qu’elle donne")
        return (self.what_it_is, (title, gives), self.for_whom, self.who_publishes)

    def _is_shown_only(self, request: HttpRequest, obj: Resource | None) -> bool:
        """Whether the page only shows. Something that was typed before the resource was kept is refused in words."""
        return bool(request.method != "POST" and obj and why_kept(obj, member(request)))

    # --- The page, and its buttons ---

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """With the buttons that move a resource, and one that shows what is typed and saves nothing."""
        resource = self.get_object(request, unquote(object_id)) if object_id else None
        context: dict[str, Any] = {}
        if request.method == "POST" and (resource is None or self.has_change_permission(request, resource)):
            if resource and "_send_back" in request.POST:
                form = RemarkForm(request.POST)
                if form.is_valid():
                    return self._send_back(request, resource, form.cleaned_data["remark"])
                # Nothing was typed of the resource itself: its page is shown, with the remark to be made.
                request.method = "GET"
                context["remark_form"] = form
            if resource and (name := next((name for name in ACTS if name in request.POST), None)):
                return self._act(request, resource, *ACTS[name])
            if "_preview" in request.POST and (response := self._preview(request, resource)):
                return response
        try:
            return super().changeform_view(
                request, object_id, form_url, self._page_context(request, resource) | context | (extra_context or {})
            )
        except SilenceError as refusal:
            # It began between the form and the version that it was to publish.
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(request.path)

    def _page_context(self, request: HttpRequest, resource: Resource | None) -> dict[str, Any]:
        user = member(request)
        if resource is None:
            # Whoever has a network that does not review may publish: the network that is chosen decides.
            return {"publishes": user.is_superuser or any(may_publish(user, each) for each in user.networks)}
        versions = resource.versions.select_related("added_by").annotate(taken=Sum("downloads__count", default=0))
        may = may_publish(user, resource.network)
        return {
            "publishes": may,
            "kept": why_kept(resource, user),
            "reviews": may and resource.state == ResourceState.SUBMITTED,
            "versions": list(versions.order_by("-number")),
            "remark_form": RemarkForm(),
        }

    def save_related(self, request: HttpRequest, form: ResourceForm, formsets: Any, change: bool) -> None:  # noqa: FBT001  Django's
        """The resource, then what it gives."""
        super().save_related(request, form, formsets, change)
        resource = form.instance
        cleaned = form.cleaned_data
        if form.given:
            if not resource.published_on:
                start_again(resource)  # nobody read what a draft gave before
            given = {"language": cleaned["language"], "twin": cleaned["twin"], **form.given}
            add_version(resource, by=member(request), **given)
        elif form.current:
            correct(form.current, twin=cleaned["twin"], language=cleaned["language"], by=member(request))

    def response_add(self, request: HttpRequest, obj: Resource, post_url_continue: str | None = None) -> HttpResponse:
        return self._settle(request, obj)

    def response_change(self, request: HttpRequest, obj: Resource) -> HttpResponse:
        return self._settle(request, obj)

    def _settle(self, request: HttpRequest, resource: Resource) -> HttpResponse:
        """Do what the button says besides saving: publish, or propose to whoever reviews."""
        if "_publish" not in request.POST or resource.state in PUBLIC_STATES:
            words = _("« %s » est enregistrée.")
            if resource.state == ResourceState.DRAFT:
                words = _("« %s » est enregistrée en brouillon : personne d’autre que vos réseaux ne la voit.")
            self.message_user(request, words % resource, messages.SUCCESS)
            return HttpResponseRedirect(self._address(resource))
        if may_publish(member(request), resource.network):
            return self._act(request, resource, publish, _("« %s » est publiée."))
        return self._act(request, resource, submit, _("« %s » est proposée : une coordination de son réseau la lira."))

    def _act(self, request: HttpRequest, resource: Resource, act: Callable[..., Resource], words: Any) -> HttpResponse:
        try:
            done = act(resource, by=member(request))
        except (StandingError, SilenceError) as refusal:
            saved = "_publish" in request.POST
            kept = _("« %(resource)s » est enregistrée en brouillon. %(refusal)s") if saved else "%(refusal)s"
            self.message_user(request, kept % {"resource": resource, "refusal": refusal}, messages.WARNING)
            return HttpResponseRedirect(self._address(resource))
        sentence = words % done
        if done.state in PUBLIC_STATES:
            link = _("Voir sa page publique")
            sentence = format_html('{} <a href="{}">{}</a>', sentence, done.get_absolute_url(), link)
        self.message_user(request, sentence, messages.SUCCESS)
        return HttpResponseRedirect(self._address(resource))

    def _send_back(self, request: HttpRequest, resource: Resource, remark: str) -> HttpResponse:
        def act(resource: Resource, *, by: User) -> Resource:
            return send_back(resource, by=by, remark=remark)

        return self._act(request, resource, act, _("« %s » est renvoyée avec votre remarque."))

    def _address(self, resource: Resource) -> str:
        return reverse("admin:resources_resource_change", args=[resource.pk])

    # --- Looking at it before the public does ---

    def get_urls(self) -> Any:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/apercu/", wrap(self.preview_view), name="resources_resource_preview"),
            path("<int:pk>/versions/<int:number>/", wrap(self.file_view), name="resources_resource_file"),
            *super().get_urls(),
        ]

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page of a resource as it is stored, whether or not the public has it."""
        resource = self.get_queryset(request).filter(pk=pk).first()
        if resource is None or not self.has_view_permission(request, resource):
            raise Http404
        with transaction.atomic():
            response = _as_the_public_sees(request, resource)
            transaction.set_rollback(True)
        return response

    def _preview(self, request: HttpRequest, resource: Resource | None) -> HttpResponse | None:
        """The page that what is typed would make; None when it would be refused.

        It is saved as it would be, looked at, and unsaved: what is shown is what would be read.
        """
        if resource is None and not self.has_add_permission(request):
            return None
        form = self.get_form(request, resource, change=resource is not None)(
            request.POST, request.FILES, instance=resource
        )
        with transaction.atomic():
            response = None
            if form.is_valid():
                row = form.save()
                if form.given:
                    past = row.versions.current()
                    past.update(replaced_on=timezone.localdate()) if row.published_on else past.delete()
                    form.preview_version(row).save(force_insert=True)
                elif form.current:
                    said = {name: form.cleaned_data[name] for name in ("twin", "language")}
                    correct(form.current, **said, by=member(request))
                response = _as_the_public_sees(request, row)
            transaction.set_rollback(True)
        return response

    def file_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
        """The file of a version, for those who may see the resource: a draft's is nowhere else."""
        resource = self.get_queryset(request).filter(pk=pk).first()
        if resource is None or not self.has_view_permission(request, resource):
            raise Http404
        version = resource.versions.filter(number=number).exclude(file="").first()
        if version is None:
            raise Http404
        response = FileResponse(version.file.open("rb"), as_attachment=True, filename=version.file_name)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers[CSP.HEADER_ENFORCE.value] = "default-src 'none'; sandbox"
        return response

    # --- Deleting a draft ---

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """A draft goes with what it would have given; nothing else hangs on it."""
        return [str(obj) for obj in objs], {}, set(), []

    def delete_model(self, request: HttpRequest, obj: Resource) -> None:
        discard(obj, by=member(request))

    # --- The register ---

    @admin.display(description=_("territoire"), ordering="region")
    def where(self, resource: Resource) -> Any:
        return resource.region or _("national")

    @admin.display(description=_("état"), ordering="state")
    def standing(self, resource: Any) -> Any:
        state = resource.get_state_display()
        if resource.state == ResourceState.DRAFT and resource.remark:
            state = _("à reprendre")
        if not resource.link_fails:
            return state
        return format_html('{} <strong class="desk-tag">{}</strong>', state, _("lien en défaut"))

    @admin.display(description=_("publication"), ordering="published_on")
    def publication(self, resource: Resource) -> str:
        return day(resource.published_on) if resource.published_on else "—"


def _as_the_public_sees(request: HttpRequest, resource: Resource) -> HttpResponse:
    """Make the public page of a resource, published for as long as it takes. The caller undoes it."""
    Resource.objects.filter(pk=resource.pk).update(
        state=ResourceState.PUBLISHED,
        published_on=resource.published_on or timezone.localdate(),
        archived_on=None,
    )
    shown = Resource.objects.with_cards().get(pk=resource.pk)
    context = {**resource_context(shown), "is_preview": True}
    if shown.current and shown.current.file:
        # The public's address answers for what is published alone.
        context["download_url"] = reverse("admin:resources_resource_file", args=[shown.pk, shown.current.number])
    return render(request, "resources/resource.html", context)
