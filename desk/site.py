"""The admin site of the networks: what nobody may reach there is not there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, path

from desk.presence import has_entered

type View = Callable[..., HttpResponseBase]


class DeskSite(AdminSite):
    """One answer for what is elsewhere, what is not for this role and what never was: 404."""

    site_header = "Engagements ESS"
    site_title = "Engagements ESS"
    index_title = "Espace des réseaux"
    site_url = "/"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether somebody is in: their password alone opens nothing."""
        return super().has_permission(request) and has_entered(request)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002  Django's signature
        return super().admin_view(_not_there(view), cacheable)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """With the pages of accounts, which stand before Django's log-in and before its answer to all the rest.

        Without its ``r/<type>/<key>/``, which says where any object of any table has its page.
        """
        from desk import urls  # noqa: PLC0415  its pages show themselves in this site

        ours = [path(route, self.admin_view(view), name=name) for route, view, name in urls.closed_patterns]
        theirs = [url for url in super().get_urls() if getattr(url, "name", None) not in ("view_on_site", "login")]
        return [*urls.open_patterns, *ours, *theirs]

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Another password, for somebody who has just proved who they are."""
        from regions.admin.proof import needs_fresh_proof  # noqa: PLC0415  that admin registers itself on this site

        return needs_fresh_proof(super().password_change)(request, extra_context)


def _not_there(view: View) -> View:
    """Answer as for what does not exist, so that nobody learns what does."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except PermissionDenied as error:
            raise Http404 from error

    return inner
