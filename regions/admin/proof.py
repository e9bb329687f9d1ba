"""Asking again who is there, before what would do most harm in somebody else's hands: exports, roles, mass mail."""

import time
from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

PROVED_AT = "proved_at"
"""In the session: when this person last proved who they are, in seconds since 1970."""
FRESH_FOR = 10 * 60
"""Seconds after which it is asked again."""


def note_proof(request: HttpRequest) -> None:
    """Remember that this person has just proved who they are."""
    request.session[PROVED_AT] = time.time()


def is_proof_fresh(request: HttpRequest) -> bool:
    return bool(0 <= time.time() - request.session.get(PROVED_AT, 0) < FRESH_FOR)


def ask_for_proof(request: HttpRequest) -> HttpResponseRedirect | None:
    """Send whoever has not proved who they are in the last ten minutes to do so, then back here; nothing for others."""
    if is_proof_fresh(request):
        return None
    return HttpResponseRedirect(f"{reverse('admin:prove')}?{urlencode({'next': request.get_full_path()})}")


def needs_fresh_proof[**P, R: HttpResponseBase](view: Callable[P, R]) -> Callable[P, R | HttpResponseRedirect]:
    """Send whoever has not proved who they are in the last ten minutes to do so, then back here.

    For a view of a page: ``get_urls`` wraps it, then the admin site wraps both.
    """

    @wraps(view)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R | HttpResponseRedirect:
        request = next(argument for argument in args if isinstance(argument, HttpRequest))
        return ask_for_proof(request) or view(*args, **kwargs)

    return inner
