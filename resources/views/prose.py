"""The pages of prose: the method, the glossary, the legal notices."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from regions.pages import public_page
from resources.models import Page
from resources.prose import read
from resources.shipped import Text


@public_page
def page(request: HttpRequest, name: str) -> HttpResponse:
    """A page of prose, in the language of its address."""
    language = get_language() or "fr"
    return render(request, "resources/page.html", page_context(name, Page.objects.text(name, language), language))


def page_context(name: str, text: Text, language: str) -> dict[str, Any]:
    """What the template of a page of prose shows, at its address and in the preview of the desk alike."""
    return {"name": name, "text": text, "prose": read(text.body, language=language)}
