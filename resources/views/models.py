"""`/ressources/<slug>/<territory>.odt`: a model text, written for a territory when it is asked for."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from regions.models import Region
from regions.pages import attached, public_page
from resources.enums import PUBLIC_STATES, ModelText
from resources.model_texts import FORMATS, current_charter, write
from resources.models import Version


@public_page
def model_text(request: HttpRequest, slug: str, region: str, extension: str) -> HttpResponse:
    """A model text filled with the names of a territory."""
    return _written(slug, get_object_or_404(Region, slug=region), extension)


@public_page
def generic_model_text(request: HttpRequest, slug: str, extension: str) -> HttpResponse:
    """The same with blanks, to be filled in by hand."""
    return _written(slug, None, extension)


def _written(slug: str, region: Region | None, extension: str) -> HttpResponse:
    """The file to keep.

    :raises Http404: When no public resource gives such a text, for that territory, in that format.
    """
    version = get_object_or_404(
        Version.objects.current().select_related("resource").exclude(model_text=""),
        resource__slug=slug,
        resource__state__in=PUBLIC_STATES,
    )
    charter = current_charter()
    is_elsewhere = version.resource.region_id and (region is None or version.resource.region_id != region.pk)
    if extension not in FORMATS or charter is None or is_elsewhere:
        raise Http404
    written = write(ModelText(version.model_text), charter, region, extension)
    response = HttpResponse(written.content, content_type=written.content_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return attached(response, written.name)
