"""Who was elected: where names leave a doubt, both lines side by side, and a person says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pledges import archives
from pledges.actions.elected import CannotDecideError, decide, eligible, people_of, undo
from pledges.likeness import near, same_section
from pledges.models import Candidate, ElectedOfficial
from regions.admin.scoping import RegionScopedAdmin, member
from regions.admin.searching import FoldedSearch
from regions.folding import fold

MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class Option:
    """A candidate who may be the person elected, and what their line says otherwise than the register's."""

    candidate: Candidate
    differs: frozenset[str]


def options(official: ElectedOfficial, search: str = "") -> list[Option]:
    """Those to compare: near by name, the most alike first; or, when someone searches, those who bear the words.

    :param official: With its contest loaded.
    """
    stood = eligible(official.contest)
    if words := fold(search).split():
        for word in words:
            stood = stood.filter(norm__contains=word)
        keys = list(stood.order_by("norm", "pk").values_list("pk", flat=True)[:MOST_FOUND])
    else:
        keys = [person.pk for person in near(official, people_of(official.contest))][:MOST_FOUND]
        if official.candidate_id and official.candidate_id not in keys:
            keys.insert(0, official.candidate_id)
    found = eligible(official.contest).select_related("candidate_list").in_bulk(keys)
    return [Option(found[key], _differences(official, found[key])) for key in keys if key in found]


def _differences(official: ElectedOfficial, candidate: Candidate) -> frozenset[str]:
    differs = {
        "last_name": fold(official.last_name) != fold(candidate.last_name),
        "first_names": fold(official.first_names) != fold(candidate.first_names),
        "section": not same_section(official.section_code, candidate.section_code),
        "sex": bool(official.sex and candidate.sex) and official.sex != candidate.sex,
    }
    return frozenset(name for name, is_other in differs.items() if is_other)


@admin.register(ElectedOfficial)
class ElectedOfficialAdmin(FoldedSearch[ElectedOfficial], RegionScopedAdmin[ElectedOfficial]):
    """The register's own words are not typed here: only which candidate each was."""

    empty_words = gettext_lazy(
        "Les élues et élus arrivent avec le Répertoire national des élus, une fois le mandat commencé :"
        " manage.py import_elected."
    )
    list_display = ("full_name", "territory", "section_name", "match", "stood_as", "presence")
    list_filter = (
        "match",
        ("contest__election", admin.RelatedOnlyFieldListFilter),
        ("contest__region", admin.RelatedOnlyFieldListFilter),
    )
    list_per_page = 50
    ordering = ("contest", "section_code", "norm", "pk")
    search_fields = ("norm",)
    search_help_text = gettext_lazy("Un nom, un prénom ou les deux, avec ou sans accents.")
    show_full_result_count = False

    @admin.display(description=gettext_lazy("personne"), ordering="norm")
    def full_name(self, official: ElectedOfficial) -> str:
        return official.full_name

    @admin.display(description=gettext_lazy("circonscription"), ordering="contest__slug")
    def territory(self, official: ElectedOfficial) -> str:
        return str(official.contest)

    @admin.display(description=gettext_lazy("candidature"))
    def stood_as(self, official: ElectedOfficial) -> str:
        return str(official.candidate.candidate_list) if official.candidate else "—"

    @admin.display(description=gettext_lazy("répertoire"), ordering="left_at")
    def presence(self, official: ElectedOfficial) -> str:
        return _("n’y est plus") if official.left_at else _("présent·e")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The register's line above those of the candidates, and a button on each. ``?q=`` looks for another."""
        official = self.get_object(request, unquote(object_id))
        if official is None or not self.has_view_permission(request, official):
            raise Http404
        search = request.GET.get("q", "")[:100]
        shown = options(official, search)
        refusal = ""
        if request.method == "POST":
            try:
                return self._decide(request, official, shown)
            except CannotDecideError as error:
                refusal = str(error)
                official = self.get_queryset(request).get(pk=official.pk)
        election = official.contest.election
        context = {
            **self.admin_site.each_context(request),
            "title": official.full_name,
            "opts": self.opts,
            "official": official,
            "options": shown,
            "search": search,
            "refusal": refusal,
            "can_decide": not (official.is_decided or election.is_archived),
            "archive": archives.sentence(election) if election.is_archived else "",
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/pledges/electedofficial/page.html", context)

    def get_queryset(self, request: HttpRequest) -> Any:
        return (
            super()
            .get_queryset(request)
            .select_related("contest__election", "contest__region", "candidate__candidate_list", "decided_by")
        )

    def _decide(self, request: HttpRequest, official: ElectedOfficial, shown: Sequence[Option]) -> HttpResponse:
        """Do what the button says, then open the next person to decide about."""
        if "undo" in request.POST:
            undo(official, by=member(request))
            self.message_user(request, _("Décision reprise : les noms parlent seuls à nouveau."), messages.SUCCESS)
            return HttpResponseRedirect(_page_of(official))
        chosen = request.POST.get("candidate", "")
        candidate = next((each.candidate for each in shown if str(each.candidate.pk) == chosen), None)
        if candidate is None and "nobody" not in request.POST:
            raise CannotDecideError(_("Choisissez une candidature du tableau, ou « aucune »."))
        decide(official, candidate, by=member(request))
        left = ElectedOfficial.objects.visible_to(member(request)).to_decide().in_order()
        self.message_user(request, _noted(official, left.count()), messages.SUCCESS)
        following = left.first()
        register = reverse("admin:pledges_electedofficial_changelist")
        return HttpResponseRedirect(_page_of(following) if following else register)


def _noted(official: ElectedOfficial, left: int) -> str:
    if not left:
        return _("%s : c’est noté. Plus rien n’est à décider.") % official.full_name
    words = ngettext(
        "%(name)s : c’est noté. Il reste %(left)d personne.",
        "%(name)s : c’est noté. Il reste %(left)d personnes.",
        left,
    )
    return words % {"name": official.full_name, "left": left}


def _page_of(official: ElectedOfficial) -> str:
    return reverse("admin:pledges_electedofficial_change", args=[official.pk])
