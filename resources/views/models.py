"""The model texts, written for a territory."""

from django.http import Http404, HttpRequest, HttpResponse

from regions.pages import public_page


@public_page
def model_text(request: HttpRequest, slug: str, region: str, extension: str) -> HttpResponse:
    """A model text for a territory."""
    raise Http404
