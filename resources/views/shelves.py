"""`/ressources/`: the shelves, the page of a resource, the page of a collection."""

import re
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from pledges import structured
from regions.models import Region
from regions.pages import public_page
from regions.typography import day
from resources.enums import PUBLIC_STATES, Audience, Licence
from resources.forms import ShelfForm
from resources.models import Collection, DownloadCount, Resource, Version
from resources.prose import read
from resources.shelves import (
    Asked,
    Door,
    address_of,
    counts_by_audience,
    doors,
    latest_of_each_audience,
    shelf_address,
)
from resources.structured import document

PER_PAGE = 30
PER_SHELF = 4  # of each audience, before anything is asked
COLLECTIONS = 3  # put forward
RELATED = 4


@public_page
def resources(request: HttpRequest) -> HttpResponse:
    """By audience first; then whatever part of it is asked for, thirty to a page."""
    given = request.GET.dict()
    if any(not value for value in given.values()):
        # A form sends what was left empty too: each thing shown has one address.
        return redirect(address_of({name: str(value) for name, value in given.items() if value}))
    form = ShelfForm(request.GET)
    asked = form.asked()
    counts = counts_by_audience()
    total = sum(counts.values())
    ways = doors(counts)
    context: dict[str, Any] = {
        "form": form,
        "asked": asked,
        "doors": ways,
        "total": total,
        "structured": structured.breadcrumb([], _("Ressources"), request.path),
    }
    if not asked.query:
        latest = latest_of_each_audience(Resource.objects.published(), PER_SHELF)
        return render(
            request,
            "resources/resource_list.html",
            context
            | {
                "sentence": asked.sentence(total, total),
                "shelves": _by_audience(latest.with_cards().fetch_mode(models.FETCH_RAISE), ways),
                "collections": Collection.objects.published().with_shown_count()[:COLLECTIONS],
            },
        )
    found = asked.find()
    page = _page(request)
    keys = found[PER_PAGE * (page - 1) : PER_PAGE * page]
    if page > 1 and not keys:
        return redirect(address_of(asked.query))
    loaded = Resource.objects.with_cards().fetch_mode(models.FETCH_RAISE).in_bulk(keys)
    return render(
        request,
        "resources/resource_list.html",
        context
        | {
            "sentence": asked.sentence(len(found), total),
            "found": [loaded[key] for key in keys if key in loaded],
            "page": page,
            "last_page": -(-len(found) // PER_PAGE),
            "previous": _page_address(asked, page - 1) if page > 1 else "",
            "next": _page_address(asked, page + 1) if len(found) > PER_PAGE * page else "",
        },
    )


def _by_audience(shown: "models.QuerySet[Resource]", doors: list[Door]) -> list[tuple[Door, list[Resource]]]:
    """The shelves that hold something, in the order of the audiences."""
    loaded = list(shown)
    shelves = [(door, [resource for resource in loaded if resource.audience == door.audience]) for door in doors]
    return [(door, resources) for door, resources in shelves if resources]


def _page(request: HttpRequest) -> int:
    """The page that the address asks for; the first when it asks for none that can be."""
    asked = request.GET.get("page", "")
    return int(asked) if re.fullmatch(r"[1-9][0-9]?", asked, re.ASCII) else 1


def _page_address(asked: Asked, page: int) -> str:
    return address_of(asked.query | ({"page": str(page)} if page > 1 else {}))


@public_page
def resource(request: HttpRequest, slug: str) -> HttpResponse:
    """What a resource is, for whom, and its versions. An archived one keeps its address, and says so."""
    shown = get_object_or_404(Resource.objects.public().select_related("region", "network", "election"), slug=slug)
    return render(request, "resources/resource.html", resource_context(shown))


def resource_context(resource: Resource) -> dict[str, Any]:
    """What the page of a resource shows, at its address and in the preview of the desk alike.

    :param resource: Published or not; a draft may have no version yet. With its region, network and election loaded.
    """
    versions = list(resource.versions.order_by("-number").fetch_mode(models.FETCH_RAISE))
    for version in versions:
        version.resource = resource  # their addresses begin with its own
    current = next((version for version in versions if version.replaced_on is None), None)
    audience = Audience(resource.audience)
    crumbs = [(_("Ressources"), reverse("resources")), (str(audience.label), shelf_address(audience=audience))]
    downloads = DownloadCount.objects.filter(version__resource=resource).aggregate(total=Sum("count"))["total"] or 0
    related = Resource.objects.published().filter(audience=audience).exclude(pk=resource.pk)
    related = related.for_region(resource.region) if resource.region else related.filter(region=None)
    return {
        "resource": resource,
        "audience": audience,
        "audience_address": shelf_address(audience=audience),
        "licence": Licence(resource.licence),
        "current": current,
        "earlier": [version for version in versions if version is not current],
        "prose": read(current.twin, language=current.language) if current and current.twin else None,
        "principles": resource.principles.order_by("number", "charter") if resource.pk else [],
        "citation": _citation(resource, current),
        "downloads": downloads,
        "collections": Collection.objects.published().filter(items__resource=resource),
        "related": related[:RELATED],
        "territories": _territories(resource) if current and current.model_text else [],
        "is_public": resource.state in PUBLIC_STATES,
        "crumbs": crumbs,
        "structured": structured.described(
            document(resource, current),
            structured.breadcrumb(crumbs, resource.title, resource.get_absolute_url()),
        ),
    }


def _citation(resource: Resource, current: Version | None) -> str:
    """How to cite it, in a line to copy: who, what, which version, of when, where. In French, as its title is."""
    since = timezone.localdate(current.added_at) if current else timezone.localdate()
    with override(settings.LANGUAGE_CODE):
        words = {
            "network": resource.network.name if resource.network else "Engagements ESS",
            "title": resource.title,
            "number": current.number if current else 1,
            "day": day(max(since, resource.published_on or since)),
            "address": f"{settings.SITE_URL}{resource.get_absolute_url()}",
        }
        return "{network}, « {title} », version {number}, {day}, {address}".format(**words)


def _territories(resource: Resource) -> list[Region]:
    """Those that a model text is written for: its own, or all of them."""
    return [resource.region] if resource.region else list(Region.objects.order_by("norm"))


@public_page
def collection(request: HttpRequest, slug: str) -> HttpResponse:
    """A collection, in its order."""
    shown = get_object_or_404(Collection.objects.published().select_related("region", "network"), slug=slug)
    shelf = list(shown.shown().fetch_mode(models.FETCH_RAISE))
    files = [version for resource in shelf if (version := resource.current) and version.file]
    crumbs = [(_("Ressources"), reverse("resources"))]
    context = {
        "collection": shown,
        "resources": shelf,
        "file_count": len(files),
        "weight": sum(version.size or 0 for version in files),
        "crumbs": crumbs,
        "structured": structured.breadcrumb(crumbs, shown.title, request.path),
    }
    return render(request, "resources/collection.html", context)
