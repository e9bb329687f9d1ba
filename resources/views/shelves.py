"""`/ressources/`: documents and links, by audience."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from regions.pages import public_page
from resources.enums import Audience
from resources.models import Resource


@public_page
def resources(request: HttpRequest) -> HttpResponse:
    """What is published, for candidates first, then citizens, then networks."""
    published = list(Resource.objects.published().with_cards())
    groups = [
        (audience, [resource for resource in published if resource.audience == audience]) for audience in Audience
    ]
    return render(request, "resources/resource_list.html", {"groups": groups, "count": len(published)})


@public_page
def resource(request: HttpRequest, slug: str) -> HttpResponse:
    """What a resource is, for whom, and its versions."""
    raise Http404


@public_page
def collection(request: HttpRequest, slug: str) -> HttpResponse:
    """A collection, in its order."""
    raise Http404
