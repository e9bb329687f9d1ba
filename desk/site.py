"""The admin site of the networks: what nobody may reach there is not there."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from functools import wraps
from typing import Any, Literal

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _

from desk.presence import has_entered
from pledges import calendar
from pledges.actions.recording import record_at_large
from pledges.enums import Act
from pledges.models import Election
from regions.models import Region, User

RECORDED = {"added": Act.RECORD_ADDED, "edited": Act.RECORD_EDITED, "deleted": Act.RECORD_DELETED}

type View = Callable[..., HttpResponseBase]


class DeskSite(AdminSite):
    """One answer for what is elsewhere, what is not for this role and what never was: 404."""

    site_header = "Engagements ESS"
    site_title = "Engagements ESS"
    index_title = "Espace des réseaux"
    site_url = "/"
    enable_nav_sidebar = False
    empty_value_display = "—"
    password_change_template = "desk/change_password.html"  # noqa: S105

    def __init__(self, name: str = "admin") -> None:
        """Without Django's deletion of a selection: what is deleted is named, one by one."""
        super().__init__(name)
        self.disable_action("delete_selected")

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether somebody is in: their password alone opens nothing."""
        return super().has_permission(request) and has_entered(request)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002  Django's signature
        return super().admin_view(_not_there(view), cacheable)

    def remember(
        self, what: Literal["added", "edited", "deleted"], row: models.Model, *, by: User, fields: Sequence[str] = ()
    ) -> None:
        """Write in the journal that someone changed a row here: who, which, what fields; its history has their values.

        Those who work in the row's region read it; an administrator, when the row has none.
        """
        region, election = getattr(row, "region", None), getattr(row, "election", None)
        record_at_large(
            RECORDED[what],
            by=by,
            region=region if isinstance(region, Region) else None,
            election=row if isinstance(row, Election) else election if isinstance(election, Election) else None,
            record=row._meta.label_lower,
            key=row.pk,
            fields=list(fields),
        )

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """With the pages of accounts, which stand before Django's log-in and before its answer to all the rest.

        Without its ``r/<type>/<key>/``, which says where any object of any table has its page.
        """
        from desk import exports, urls  # noqa: PLC0415  their pages show themselves in this site

        return [
            *urls.open_patterns,
            *(path(route, self.admin_view(view), name=name) for route, view, name in urls.closed_patterns),
            path("tout/", self.admin_view(self.everything), name="everything"),
            *exports.urls(self),
            *(url for url in super().get_urls() if getattr(url, "name", None) not in {"view_on_site", "login"}),
        ]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        from desk import navigation  # noqa: PLC0415  as above

        if not self.has_permission(request):
            return super().each_context(request)
        return {
            **super().each_context(request),
            "desk_links": navigation.links(self, request),
            "desk_place": navigation.place(request.user),
            "desk_hush": self.hush(request.user),
        }

    def standstill(self, codes: Collection[str] | None) -> str:
        """Why what the public reads of these regions may not change now; nothing when it may."""
        return calendar.silence_among(codes)

    def hush(self, user: Any) -> list[str]:
        """The silences kept where this person works, each with its hour and its territories: every page says them."""
        windows = calendar.silences()  # on most days there is none, and nothing more to ask
        here = user.regions_here if windows else ()
        places: dict[str, list[str]] = defaultdict(list)  # an hour is said once, whatever the clock that it is told by
        for region in here:
            if window := windows.get(region.code):
                places[str(window)].append(region.name)
        return [
            _("%(silence)s %(places)s : rien n’y est publié ni envoyé. Ce que vous décidez peut attendre la fin.")
            % {"silence": silence, "places": _("Partout") if len(names) == len(here) > 1 else ", ".join(names)}
            for silence, names in places.items()
        ]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """What to do next, in place of the list of models."""
        from desk.dashboard import dashboard  # noqa: PLC0415  as above
        from regions.admin.scoping import member  # noqa: PLC0415

        context = {"title": _("Tableau de bord"), "dashboard": dashboard(member(request)), **(extra_context or {})}
        return super().index(request, context)

    def everything(self, request: HttpRequest) -> HttpResponse:
        """Every register there is: the administrators' own page."""
        if not getattr(request.user, "is_superuser", False):
            raise PermissionDenied
        context = {
            **self.each_context(request),
            "title": _("Tous les registres"),
            "app_list": self.get_app_list(request),
        }
        return TemplateResponse(request, "admin/everything.html", context)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Another password, for somebody who has just proved who they are."""
        from desk.forms import ChangePasswordForm  # noqa: PLC0415  as above
        from regions.admin.proof import needs_fresh_proof  # noqa: PLC0415  that admin registers itself on this site

        self.password_change_form = ChangePasswordForm
        context = {"title": _("Changer de mot de passe"), **(extra_context or {})}
        return needs_fresh_proof(super().password_change)(request, context)


def _not_there(view: View) -> View:
    """Answer as for what does not exist, so that nobody learns what does."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except PermissionDenied as error:
            raise Http404 from error

    return inner
