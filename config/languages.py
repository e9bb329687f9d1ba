"""The language of a page is that of its address: `/en/…` is English, everything else French. No cookie, no header.

Pages to read are in both; what is signed, and the desk, are in French alone (docs/adr/0018).
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import NoReverseMatch, reverse
from django.utils import translation

OTHERS = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


class LanguageOfAddress:
    """Speak the language that the first word of the address names, French where it names none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        first = request.path_info.lstrip("/").partition("/")[0]  # « OPTIONS * » has no slash at all
        with translation.override(first if first in OTHERS else settings.LANGUAGE_CODE):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response


def addresses(request: HttpRequest) -> dict[str, str]:
    """The same page in each language, by code, its own included; nothing for a page in one language alone."""
    match = request.resolver_match
    if match is None:
        return {}
    found = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            try:
                found[code] = reverse(match.view_name, args=match.args, kwargs=match.kwargs)
            except NoReverseMatch:  # an address that only answers, such as an old one
                return {}
    return found if len(set(found.values())) == len(found) else {}
