"""`/ressources/`: documents and links, by audience; and the pages of prose."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from regions.pages import public_page
from resources.enums import Audience
from resources.models import Page, Resource
from resources.prose import read
from resources.shipped import Text


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


@public_page
def file(request: HttpRequest, slug: str, number: int, name: str) -> HttpResponse:
    """The file of a version."""
    raise Http404


@public_page
def page(request: HttpRequest, name: str) -> HttpResponse:
    """A page of prose, in the language of its address."""
    language = get_language() or "fr"
    return render(request, "resources/page.html", page_context(name, Page.objects.text(name, language), language))


def page_context(name: str, text: Text, language: str) -> dict[str, Any]:
    """What the template of a page of prose shows, at its address and in the preview of the desk alike."""
    return {"name": name, "text": text, "prose": read(text.body, language=language)}
