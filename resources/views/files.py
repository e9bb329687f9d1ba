"""The files of the resources."""

from django.http import Http404, HttpRequest, HttpResponse

from regions.pages import public_page


@public_page
def file(request: HttpRequest, slug: str, number: int, name: str) -> HttpResponse:
    """The file of a version."""
    raise Http404
