"""Elections and charters, for administrators."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from pledges.models import Charter, Election, Nuance, Principle
from regions.admin.history import HistoryAdmin
from regions.admin.scoping import AdministratorAdmin
from regions.typography import day


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
class CharterAdmin(HistoryAdmin[Charter], AdministratorAdmin[Charter]):
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
class ElectionAdmin(HistoryAdmin[Election], AdministratorAdmin[Election]):
    """Dates are data: the signatures, the silence and the mandate follow from them."""

    empty_words = _("Ajoutez l’élection et ses dates : les signatures s’ouvriront et se fermeront d’elles-mêmes.")
    list_display = ("name", "kind", "signatures", "rounds", "is_demonstration")
    list_filter = ("kind",)
    list_per_page = 50
    prepopulated_fields: ClassVar = {"slug": ("name",)}
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
                "fields": ("first_round_on", "second_round_on"),
                "description": _(
                    "Le silence électoral en découle : du samedi à minuit au dimanche à 20 h, à l’heure de chaque"
                    " territoire, rien n’est publié ni envoyé."
                ),
            },
        ),
        (_("Le mandat"), {"fields": ("mandate_starts_on", "mandate_ends_on")}),
    )

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


@admin.register(Nuance)
class NuanceAdmin(AdministratorAdmin[Nuance]):
    """The ministry's codes, shown as theirs."""

    empty_words = _("Les nuances du ministère arrivent avec le fichier des candidatures.")
    list_display = ("code", "label", "election")
    list_filter = ("election",)
    list_select_related = ("election",)
    list_per_page = 50
    search_fields = ("code", "label")
    search_help_text = _("Un code du ministère, ou un mot de son libellé.")
