"""Elections and charters, for administrators."""

from collections.abc import Mapping
from typing import Any, ClassVar, TypeGuard

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from pledges import archives
from pledges.actions.elections import prepare_election, proposed_after
from pledges.admin.election_forms import NextElectionForm
from pledges.calendar import SilenceError
from pledges.models import Charter, Election, Nuance, Principle
from regions.admin.history import HistoryAdmin
from regions.admin.publishing import PublishingAdmin, Territories
from regions.admin.scoping import AdministratorAdmin, member
from regions.typography import day


def _territories(election: Election) -> Territories:
    """Where an election is held; anywhere while it has no territory."""
    held_in = election.contests.values_list("region", flat=True) if election.pk else ()
    return frozenset(held_in) or None


class PrincipleInline(admin.StackedInline[Principle, Charter]):
    model = Principle
    fields = ("number", "statement", "short", "explanation")
    readonly_fields = ("number", "statement")
    extra = 0
    can_delete = False
    view_on_site = False

    def has_add_permission(self, request: HttpRequest, obj: Charter | None = None) -> bool:
        return False


@admin.register(Charter)
class CharterAdmin(PublishingAdmin[Charter], HistoryAdmin[Charter], AdministratorAdmin[Charter]):
    """The text is loaded by a command and never typed: only the plain words beside it are edited here."""

    empty_words = _("La charte se charge par une commande, une fois : manage.py load_charter.")
    administrators_may = frozenset({"change"})
    list_display = ("version", "title", "fingerprint")
    readonly_fields = ("version", "title", "addressed_to", "source", "sha256")
    list_per_page = 50
    inlines = (PrincipleInline,)
    history_also = ("principles",)

    @admin.display(description=_("empreinte"))
    def fingerprint(self, charter: Charter) -> str:
        return f"{charter.sha256[:12]}…"


@admin.register(Election)
class ElectionAdmin(PublishingAdmin[Election], HistoryAdmin[Election], AdministratorAdmin[Election]):
    """Dates are data: the signatures, the silence and the mandate follow from them."""

    empty_words = _("Ajoutez l’élection et ses dates : les signatures s’ouvriront et se fermeront d’elles-mêmes.")
    list_display = ("name", "kind", "signatures", "rounds", "is_demonstration")
    list_filter = ("kind",)
    list_per_page = 50
    prepopulated_fields: ClassVar = {"slug": ("name",)}
    change_form_template = "admin/pledges/election/change_form.html"
    fieldsets = (
        (None, {"fields": ("name", "slug", "kind", "charter", "is_demonstration")}),
        (
            _("Les signatures"),
            {
                "fields": ("signing_opens_on", "signing_closes_on"),
                "description": _("Le dernier jour est compris, jusqu’à minuit à l’heure de chaque territoire."),
            },
        ),
        (
            _("Le vote"),
            {
                "fields": (
                    "candidacies_close_on",
                    "first_round_on",
                    "second_candidacies_close_on",
                    "second_round_on",
                ),
                "description": _(
                    "Le silence électoral en découle : du samedi à minuit au dimanche à 20 h, à l’heure de chaque"
                    " territoire, rien n’est publié ni envoyé."
                ),
            },
        ),
        (_("Le mandat"), {"fields": ("mandate_starts_on", "mandate_ends_on")}),
    )

    def has_change_permission(self, request: HttpRequest, obj: Election | None = None) -> bool:
        return super().has_change_permission(request, obj) and not _is_frozen(obj)

    def get_fieldsets(self, request: HttpRequest, obj: Election | None = None) -> Any:
        """An archive says first why nothing can be typed."""
        (title, shown), *others = super().get_fieldsets(request, obj)
        return (
            [(title, shown | {"description": archives.sentence(obj)}), *others]
            if _is_frozen(obj)
            else ([(title, shown), *others])
        )

    def get_urls(self) -> Any:
        own = path("<int:pk>/suivante/", self.admin_site.admin_view(self.next_view), name="pledges_election_next")
        return [own, *super().get_urls()]

    def next_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Prepare the election that follows this one: proposed, corrected, then stored with its territories."""
        last = self.get_queryset(request).select_related("charter").filter(pk=pk).first()
        if last is None or not self.has_add_permission(request):
            raise Http404
        form = NextElectionForm(request.POST or None, instance=proposed_after(last), like=last)
        if request.method == "POST" and form.is_valid():
            try:
                made = prepare_election(
                    form.instance, like=last, contests=list(form.cleaned_data["contests"]), by=member(request)
                )
            except SilenceError as silence:
                form.add_error(None, str(silence))
            else:
                self.message_user(request, _("« %s » est préparée : ses listes viendront.") % made, messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:pledges_election_change", args=[made.pk]))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Préparer l’élection suivante"),
            "last": last,
            "form": form,
        }
        return TemplateResponse(request, "admin/pledges/election/next.html", context)

    def territories_of(self, row: Election, typed: Mapping[str, Any]) -> Territories:
        return _territories(row)

    @admin.display(description=_("signatures"), ordering="signing_opens_on")
    def signatures(self, election: Election) -> Any:
        dates = {"opens": day(election.signing_opens_on), "closes": day(election.signing_closes_on)}
        return _("du %(opens)s au %(closes)s") % dates

    @admin.display(description=_("tours"), ordering="first_round_on")
    def rounds(self, election: Election) -> Any:
        return _("%(first)s et %(second)s") % {
            "first": day(election.first_round_on),
            "second": day(election.second_round_on),
        }


def _is_frozen(election: Election | None) -> "TypeGuard[Election]":
    """Whether this election is an archive. One without contests holds nothing to keep: its dates were mistyped."""
    return election is not None and election.is_archived and election.contests.exists()


@admin.register(Nuance)
class NuanceAdmin(PublishingAdmin[Nuance], AdministratorAdmin[Nuance]):
    """The ministry's codes, shown as theirs."""

    empty_words = _("Les nuances du ministère arrivent avec le fichier des candidatures.")
    list_display = ("code", "label", "election")
    list_filter = ("election",)
    list_select_related = ("election",)
    list_per_page = 50
    search_fields = ("code", "label")
    search_help_text = _("Un code du ministère, ou un mot de son libellé.")

    def has_change_permission(self, request: HttpRequest, obj: Nuance | None = None) -> bool:
        return super().has_change_permission(request, obj) and not _is_frozen(obj.election if obj else None)

    def territories_of(self, row: Nuance, typed: Mapping[str, Any]) -> Territories:
        return _territories(row.election) if row.election_id else None
