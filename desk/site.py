"""The admin site of the networks: what nobody may reach there is not there."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Literal

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver

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
