"""The files of the resources."""

from django.http import Http404, HttpRequest, HttpResponse

from regions.pages import public_page


@public_page
def file(request: HttpRequest, slug: str, number: int, name: str) -> HttpResponse:
    """The file of a version."""
    raise Http404


@public_page
def resources_zip(request: HttpRequest) -> HttpResponse:
    """The files of the resources that the address names, in one zip."""
    raise Http404


@public_page
def collection_zip(request: HttpRequest, slug: str) -> HttpResponse:
    """The files of a collection, in one zip."""
    raise Http404
