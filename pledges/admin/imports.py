"""Importing an official file with someone in the loop: sent, read, shown, accepted; each import has its page."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from pledges.actions import imports
from pledges.actions.import_state import ImportMovedError
from pledges.admin.import_forms import ColumnsForm, ImportFileForm, layout_fields
from pledges.admin.import_tables import refusal_rows, report_rows
from pledges.calendar import SilenceError
from pledges.enums import LIVE, ImportState
from pledges.models import CandidateImport, Pledge
from pledges.official_files import MAX_BYTES
from pledges.official_files.candidate_columns import SPELLINGS
from pledges.official_files.pair_columns import label
from pledges.uploads import LimitedUploadHandler
from regions.admin.scoping import ScopedAdmin, member
from regions.csv_cells import write_rows
from regions.templatetags.typography import moment

SHOWN = 30  # pledges named on a report
EXAMPLE = [
    "region_code",
    "section_code",
    "list_code",
    "list_name",
    "is_head",
    "rank",
    "sex",
    "last_name",
    "first_names",
]
SEPARATORS = {"\t": _("tabulation"), ";": _("point-virgule"), ",": _("virgule"), "|": _("barre verticale")}
ENCODINGS = {"cp1252": "Windows-1252 (Latin-1)", "utf-8-sig": "UTF-8"}


@admin.register(CandidateImport)
class CandidateImportAdmin(ScopedAdmin[CandidateImport]):
    """One import, one page: what it shows depends on where the import stands."""

    members_may = frozenset({"add", "change"})
    list_display = ("name", "election", "round", "territories", "state", "sent", "by")
    list_filter = ("state", ("election", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("election", "by")
    list_per_page = 50
    ordering = ("-pk",)
    search_fields = ("name",)
    change_list_template = "admin/pledges/candidateimport/change_list.html"
    actions = None

    @admin.display(description=_("territoires"))
    def territories(self, candidate_import: CandidateImport) -> str:
        names = [region.name for region in candidate_import.regions.all()]
        return ", ".join(names) if len(names) < 4 else _("%d régions") % len(names)

    @admin.display(description=_("envoyé le"), ordering="uploaded_at")
    def sent(self, candidate_import: CandidateImport) -> str:
        return moment(candidate_import.uploaded_at)

    def get_queryset(self, request: HttpRequest) -> QuerySet[CandidateImport]:
        queryset: QuerySet[CandidateImport] = super().get_queryset(request)
        return queryset.prefetch_related("regions")

    def has_delete_permission(self, request: HttpRequest, obj: CandidateImport | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, "pledges_candidateimport_%s"
        return [
            path("<int:key>/avancement/", wrap(self.progress_view), name=name % "progress"),
            path("<int:key>/compte-rendu.csv", wrap(self.report_view), name=name % "report"),
            path("<int:key>/anomalies.csv", wrap(self.refusal_view), name=name % "refusal"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {"title": _("Imports de listes officielles"), "example": self._example()}
        return super().changelist_view(request, {**(extra_context or {}), **context})

    # The body is read by our own handler, that must be there before the token is looked for.
    @method_decorator(csrf_exempt)
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send a file."""
        if not self.has_add_permission(request):
            raise Http404
        handler = LimitedUploadHandler(MAX_BYTES, request=request)
        request.upload_handlers = [handler]
        return self._send(request, handler)

    @method_decorator(csrf_protect)
    def _send(self, request: HttpRequest, handler: LimitedUploadHandler) -> HttpResponse:
        if request.method == "POST":
            form = ImportFileForm(request.POST, request.FILES, is_too_large=handler.is_too_large)
            if form.is_valid():
                sent = imports.send(
                    form.cleaned_data["election"],
                    form.cleaned_data["file"],
                    by=member(request),
                    one_round=form.cleaned_data["round"],
                )
                return self._page(sent.pk)
        else:
            asked = request.GET.get("election")
            form = ImportFileForm(initial={"election": asked} if asked else {})
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Importer une liste officielle"),
            "form": form,
            "example": self._example(),
        }
        page = "admin/pledges/candidateimport/send.html"
        return TemplateResponse(request, page, context, status=422 if form.errors else 200)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Where an import stands, and what can be decided about it."""
        found = self._find(request, object_id)
        act = request.POST.get("act", "") if request.method == "POST" else ""
        columns = ColumnsForm(request.POST if act == "columns" else None, reading=found.reading, mapping=found.mapping)
        same_lists = self._same_lists(request, found)
        unanswered = ""
        try:
            if act and self._decide(request, found, act, columns, same_lists):
                return self._page(found.pk)
        except imports.UnansweredListsError as refusal:
            unanswered = str(refusal)
        columns_read = found.reading.get("columns", {})
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Import : %(file)s, %(state)s")
            % {"file": found.name, "state": _("interrompu") if found.is_stalled else found.get_state_display()},
            "import": found,
            "columns_form": columns,
            "same_lists": same_lists,
            "unanswered": unanswered,
            # PostgreSQL does not keep the order of the keys.
            "labels": [
                (label(field), columns_read[field]) for field in layout_fields(found.reading) if field in columns_read
            ],
            "missing": [label(field) for field in found.reading.get("missing", [])],
            "separator": SEPARATORS.get(found.reading.get("separator", "")),
            "encoding": ENCODINGS.get(found.reading.get("encoding", "")),
            **self._to_look_at(found),
        }
        page = "admin/pledges/candidateimport/import.html"
        return TemplateResponse(request, page, context, status=422 if columns.errors or unanswered else 200)

    def progress_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """How far the work is: the piece of the page that its script asks for every second."""
        found = self._find(request, key)
        answer = render(request, "admin/pledges/candidateimport/progress.html", {"import": found})
        answer["X-Import-State"] = found.step
        return answer

    def report_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """The report as a table. Lists and heads are on the ministry's own site: no proof is asked for."""
        found = self._find(request, key)
        if found.state != ImportState.DONE:
            raise Http404
        return self._table(found, "compte-rendu", *report_rows(found))

    def refusal_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """The bad rows as a table, for whoever corrects the file."""
        found = self._find(request, key)
        if found.state != ImportState.REFUSED:
            raise Http404
        return self._table(found, "anomalies", *refusal_rows(found))

    def _same_lists(self, request: HttpRequest, found: CandidateImport) -> set[int]:
        """The lists that a person says are the same, of those that the preview asks about."""
        ticked = request.POST.getlist("same_lists")
        return {one["pk"] for one in found.preview.get("same_lists", []) if str(one["pk"]) in ticked}

    def _decide(
        self, request: HttpRequest, found: CandidateImport, act: str, columns: Form, same_lists: set[int]
    ) -> bool:
        """Call the action that the button names.

        :return: Whether the request is dealt with; False when a form has to be shown again.
        :raises UnansweredListsError: When it is accepted, and a list is still asked about.
        """
        by = member(request)
        try:
            match act:
                case "columns" if isinstance(columns, ColumnsForm) and columns.is_valid():
                    imports.choose_columns(found, columns.chosen(), by=by)
                case "accept":
                    fingerprint = request.POST.get("fingerprint", "")
                    imports.accept(found, fingerprint=fingerprint, same_lists=same_lists, by=by)
                case "cancel":
                    imports.cancel(found, by=by)
                    self.message_user(request, _("Cet import est abandonné : rien n’a été écrit."), messages.SUCCESS)
                case "restart":
                    imports.restart(found)
                case _:
                    return False
        except (ImportMovedError, imports.StalePreviewError, SilenceError) as refusal:
            self.message_user(request, str(refusal), messages.WARNING)
        return True

    def _to_look_at(self, found: CandidateImport) -> dict[str, Any]:
        """After an import: the pledges that it concerns, each with its page."""
        if found.state != ImportState.DONE:
            return {}
        pledges = Pledge.objects.select_related("candidate", "candidate_list__contest")
        declared = pledges.waiting().filter(
            candidate_list__contest__election=found.election,
            candidate_list__contest__region__in=found.regions.all(),
            candidate_list__declared_at__isnull=False,
        )
        changed = pledges.filter(candidate_list__in=found.report.get("pledged_lists", []), state__in=LIVE)
        return {"declared": declared[:SHOWN], "changed_pledges": changed.order_by("pk")[:SHOWN]}

    def _find(self, request: HttpRequest, key: str | int) -> CandidateImport:
        if not self.has_change_permission(request):
            raise Http404
        try:
            return self.get_queryset(request).select_related("election", "by", "decided_by").get(pk=int(key))
        except (CandidateImport.DoesNotExist, ValueError, OverflowError) as error:
            raise Http404 from error

    def _page(self, key: int) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:pledges_candidateimport_change", args=[key]))

    def _example(self) -> list[str]:
        """A header line as the ministry writes it: the columns that are needed, no more."""
        return [SPELLINGS[field][0] for field in EXAMPLE]

    def _table(self, found: CandidateImport, what: str, header: list[Any], rows: list[list[Any]]) -> HttpResponse:
        attachment = content_disposition_header(True, f"{what}-import-{found.pk}.csv")  # noqa: FBT003  Django's own
        answer = HttpResponse(content_type="text/csv; charset=utf-8", headers={"Content-Disposition": attachment})
        write_rows(answer, header, rows)
        return answer
