"""The journal: to read, to search, and to show a list that it was treated like the others."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from pledges import treatment
from pledges.admin.journal_filters import (
    ActFilter,
    ElectionFilter,
    ListFilter,
    PeriodFilter,
    PersonFilter,
    RegionFilter,
)
from pledges.enums import Act
from pledges.models import Candidate, CandidateList, Contest, JournalEntry
from pledges.subjects import details_in_words, subjects
from regions.admin.scoping import RegionScopedAdmin, member
from regions.folding import fold
from regions.models import User
from regions.typography import day, hour, typeset_text


class JournalChangeList(ChangeList):
    """A page of the journal, with what each of its entries is about."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        told = subjects(self.result_list, member(request))
        for entry in self.result_list:
            entry.subject = told[entry.pk]


@admin.register(JournalEntry)
class JournalEntryAdmin(RegionScopedAdmin[JournalEntry]):
    list_display = ("when", "what", "who", "about", "why")
    list_display_links = ("when",)
    list_filter = (
        ActFilter,
        ("election", ElectionFilter),
        ListFilter,
        ("by", PersonFilter),
        ("region", RegionFilter),
        ("at", PeriodFilter),
    )
    list_select_related = ("by", "region", "election", "wording", "pledge__candidate", "pledge__candidate_list")
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-pk",)
    date_hierarchy = "at"
    search_fields = ("pledge__candidate_list__norm",)  # get_search_results says where it looks
    search_help_text = _("Une liste, une personne ou un acte, avec ou sans accents.")
    actions = None
    change_list_template = "admin/pledges/journalentry/journal.html"

    @admin.display(description=_("le, heure locale"), ordering="pk")
    def when(self, entry: JournalEntry) -> str:
        return _moment(entry)

    @admin.display(description=_("acte"), ordering="act")
    def what(self, entry: JournalEntry) -> str:
        return entry.get_act_display()

    @admin.display(description=_("par"))
    def who(self, entry: JournalEntry) -> str:
        return _author(entry)

    @admin.display(description=_("à propos de"))
    def about(self, entry: Any) -> str:
        subject = entry.subject
        if not subject.url:
            return str(subject.text) or "—"
        return format_html('<a href="{}">{}</a>', subject.url, subject.text)

    @admin.display(description=_("motif"))
    def why(self, entry: JournalEntry) -> str:
        return typeset_text(entry.why) or "—"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return JournalChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": _("Journal"), **(extra_context or {})})

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[JournalEntry], search_term: str
    ) -> tuple[QuerySet[JournalEntry], bool]:
        """Find lists, candidates, colleagues and acts as one types them."""
        words = fold(search_term)
        if not words:
            return queryset, False
        user = member(request)
        lists = CandidateList.objects.visible_to(user).filter(norm__contains=words).values_list("pk", flat=True)
        people = Candidate.objects.visible_to(user).filter(norm__contains=words, pledges__isnull=False)
        colleagues = [each.pk for each in User.objects.all() if words in fold(f"{each} {each.username}")]
        acts = [act for act in Act if words in fold(str(act.label))]
        return queryset.filter(
            Q(pledge__candidate_list__norm__contains=words)
            | Q(details__list__in=list(lists[:500]))
            | Q(pledge__candidate__in=people)
            | Q(by__in=colleagues)
            | Q(act__in=acts)
        ), False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One entry, in words, and whether it is as it was written."""
        key = unquote(object_id)
        entry = (
            self.get_queryset(request).select_related(*self.list_select_related, "seal").filter(pk=key).first()
            if key.isdecimal() and len(key) < 19
            else None
        )
        if entry is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": capfirst(entry.get_act_display()),
            "entry": entry,
            "when": _moment(entry),
            "who": _author(entry),
            "subject": subjects([entry], member(request))[entry.pk],
            "details": details_in_words(entry),
            "words": _words(entry),
            "seal": getattr(entry, "seal", None),
        }
        return TemplateResponse(request, "admin/pledges/journalentry/entry.html", context)

    # --- What was done for each list ---

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("traitement/", wrap(self.treatments_view), name="pledges_journalentry_treatments"),
            path("traitement/<int:key>/", wrap(self.treatment_view), name="pledges_journalentry_treatment"),
            *super().get_urls(),
        ]

    def treatments_view(self, request: HttpRequest) -> HttpResponse:
        """The contests to choose from; the only one at once."""
        contests = list(self._contests(request).order_by("-election__first_round_on", "election", "slug"))
        if len(contests) == 1:
            return HttpResponseRedirect(reverse("admin:pledges_journalentry_treatment", args=[contests[0].pk]))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Ce qui a été fait pour chaque liste"),
            "contests": contests,
        }
        return TemplateResponse(request, "admin/pledges/journalentry/treatments.html", context)

    def treatment_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """What was done for each list of a contest, to be shown or printed."""
        contest = self._contests(request).filter(pk=key).first() if key < 2**63 else None
        if contest is None:
            raise Http404
        rows = treatment.treatments(contest)
        paths = [path for row in rows for path in (*row.paths, *row.personal)]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Ce qui a été fait pour chaque liste : %s") % contest.name,
            "contest": contest,
            "rows": rows,
            "median": treatment.median(paths),
            "decided": sum(path.delay is not None for path in paths),
            "now": timezone.now(),
        }
        return TemplateResponse(request, "admin/pledges/journalentry/treatment.html", context)

    def _contests(self, request: HttpRequest) -> QuerySet[Contest]:
        if not self.has_view_permission(request):
            raise Http404
        return Contest.objects.visible_to(member(request)).select_related("election", "region")


def _moment(entry: JournalEntry) -> str:
    """When, by the clock of the region."""
    at = timezone.localtime(entry.at, entry.region.zone if entry.region else None)
    return f"{day(at)}, {hour(at)}"


def _author(entry: JournalEntry) -> str:
    if entry.by:
        return str(entry.by)
    return str(_("qui demande")) if entry.act == Act.CORRECTION_ASKED else str(_("qui signe, ou le portail"))


def _words(entry: JournalEntry) -> str:
    """What became of the words of this entry; empty when it never had any."""
    written = entry.details.get("wording_sha256")
    if not written:
        return ""
    if not hasattr(entry, "wording"):
        # An entry without a pledge is about nobody who could ask.
        erasures = JournalEntry.objects.filter(pledge=entry.pledge_id).erasures() if entry.pledge_id else {}
        if erasures.get(entry.pledge_id or 0, 0) < entry.pk:
            return str(_("disparus, sans que personne ait demandé leur effacement"))
        return str(_("effacés à la demande de la personne ; leur empreinte reste"))
    return str(_("intacts") if entry.wording.fingerprint == written else _("modifiés depuis"))
