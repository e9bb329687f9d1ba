"""The admin site of the networks: what nobody may reach there is not there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver

type View = Callable[..., HttpResponseBase]


class DeskSite(AdminSite):
    """One answer for what is elsewhere, what is not for this role and what never was: 404."""

    site_header = "Engagements ESS"
    site_title = "Engagements ESS"
    index_title = "Espace des réseaux"
    site_url = "/"
    enable_nav_sidebar = False

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002  Django's signature
        return super().admin_view(_not_there(view), cacheable)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Without Django's ``r/<type>/<key>/``, which says where any object of any table has its page."""
        return [url for url in super().get_urls() if getattr(url, "name", None) != "view_on_site"]


def _not_there(view: View) -> View:
    """Answer as for what does not exist, so that nobody learns what does."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except PermissionDenied as error:
            raise Http404 from error

    return inner
