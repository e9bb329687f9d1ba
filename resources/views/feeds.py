"""`/flux/ressources.atom`: what was published, and what was replaced since."""

import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import F
from django.db.models.functions import Greatest, TruncDate
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pledges.views.feeds import LATEST, Feed, absolute
from regions.pages import public_page
from resources.enums import ResourceState
from resources.models import Version


@public_page
def resources_feed(request: HttpRequest) -> HttpResponse:
    """The last versions that came to the public: of a new resource, or in place of another."""
    feed = Feed(
        title=_("Engagements ESS : les dernières ressources"),
        link=absolute(reverse("resources")),
        description=None,
        language="fr",
        feed_url=absolute(request.path),
    )
    latest = (
        Version.objects.filter(resource__state=ResourceState.PUBLISHED)
        # What was replaced before it was published, nobody ever saw.
        .exclude(replaced_on__lt=F("resource__published_on"))
        .select_related("resource__region", "resource__network")
        .annotate(public_on=Greatest(TruncDate("added_at"), F("resource__published_on")))
        .order_by("-public_on", "-added_at", "-pk")
        .fetch_mode(models.FETCH_RAISE)[:LATEST]
    )
    host = urlsplit(settings.SITE_URL).hostname
    for version in latest:
        resource = version.resource
        since = _since(version)
        feed.add_item(
            title=_title(version),
            link=absolute(resource.get_absolute_url()),
            description=version.change if version.number > 1 and version.change else resource.summary,
            # A tag (RFC 4151): neither a new title nor another address makes it another entry.
            unique_id=f"tag:{host},2028:ressource-{resource.pk}-version-{version.number}",
            pubdate=since,
            updateddate=since,
            author_name=resource.network.name if resource.network else "Engagements ESS",
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


def _title(version: Version) -> str:
    resource = version.resource
    words = {"title": resource.title, "region": resource.region or _("France entière"), "number": version.number}
    if version.number == 1:
        return _("%(title)s (%(region)s)") % words
    return _("%(title)s (%(region)s), version %(number)d") % words


def _since(version: Version) -> datetime.datetime:
    """When the public could first read it: when it was added, or the day its resource was published."""
    published_on = version.resource.published_on
    if published_on is None:  # a constraint says that it is not
        return version.added_at
    return max(version.added_at, timezone.make_aware(datetime.datetime.combine(published_on, datetime.time())))
