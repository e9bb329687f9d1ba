"""The way around the desk: what each person finds in the band on top of every page."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regions.models import User

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite

# Address of a register, its name in the band. One that does not exist, or is not for this role, is left out.
REGISTERS: tuple[tuple[str, "str | Promise"], ...] = (
    ("pledges_pledge", _("À vérifier")),
    ("pledges_contest", _("Circonscriptions")),
    ("pledges_candidatelist", _("Listes")),
    ("pledges_campaign", _("Campagnes")),
    ("pledges_candidateimport", _("Imports")),
    ("pledges_electedofficial", _("Élu·es")),
    ("pledges_decisionreason", _("Motifs")),
    ("pledges_outboxmail", _("Courriers")),
    ("pledges_correctionrequest", _("Corrections")),
    ("pledges_journalentry", _("Journal")),
    ("resources_resource", _("Ressources")),
    ("resources_collection", _("Dossiers")),
    ("regions_membership", _("Équipe")),
)


@dataclass(frozen=True, slots=True)
class Link:
    """A place of the band."""

    url: str
    label: "str | Promise"
    is_current: bool


def links(site: "AdminSite", request: HttpRequest) -> list[Link]:
    """The registers that this person may open, the dashboard first; the one they are in is marked."""
    home = reverse("admin:index")
    found = [Link(home, _("Tableau de bord"), request.path == home)]
    classes = {f"{model._meta.app_label}_{model._meta.model_name}": desk for model, desk in site._registry.items()}
    for name, label in REGISTERS:
        desk = classes.get(name)
        if desk and desk.has_view_permission(request):
            url = reverse(f"admin:{name}_changelist")
            found.append(Link(url, label, request.path.startswith(url)))
    if isinstance(request.user, User) and request.user.is_superuser:
        url = reverse("admin:everything")
        found.append(Link(url, _("Tout"), request.path == url))
    return found


def place(user: Any) -> str:
    """For whom and where one works: « CRESS Normandie · Normandie »."""
    if not isinstance(user, User) or not user.is_staff:
        return ""
    if user.is_superuser:
        return str(_("Administration · toutes les régions"))
    names = ", ".join(network.name for network in user.networks)
    if any(network.is_national for network in user.networks):
        return _("%s · toutes les régions") % names
    regions = ", ".join(region.name for region in user.regions_here)
    return f"{names} · {regions}" if regions else names
