"""What makes a page public: no account, and an answer that is the same for everyone."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

# A browser asks each time, and is mostly told that nothing has changed; a proxy in front may keep it for a second.
SAME_FOR_EVERYONE = "public, max-age=0, s-maxage=1"


def public_page[**P](view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """A page that is a function of its address and of what is published: the page store may keep it.

    Not for a page with a form of its own, a message or a cookie: those are marked ``never_cache``.
    """

    @wraps(view)
    def inner(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(*args, **kwargs)
        request = next(argument for argument in args if isinstance(argument, HttpRequest))
        if request.method in {"GET", "HEAD"}:
            response.headers.setdefault("Cache-Control", SAME_FOR_EVERYONE)
        return response

    return login_not_required(inner)


def attached(response: HttpResponse, name: str) -> HttpResponse:
    """The same answer, kept by the browser as a file of this name."""
    response.headers["Content-Disposition"] = content_disposition_header(True, name)  # noqa: FBT003  Django's own
    return response
