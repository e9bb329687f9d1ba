"""What a correction may be asked about: the pages of the resources, which the portal's own list cannot know."""

from django.shortcuts import get_object_or_404

from pledges.our_pages import SHOWN_AT, OurPage
from resources.models import Collection, Resource


def register() -> None:
    """Add these pages to those that a request for a correction may name."""
    SHOWN_AT.update(dict.fromkeys(("resource", "resource-file", "model-text", "model-text-blank"), _resource))
    SHOWN_AT.update(dict.fromkeys(("collection", "collection-zip"), _collection))


def _resource(_route: str, slug: str, **_more: object) -> OurPage:
    """A resource, for whatever is taken away from its page too."""
    shown = get_object_or_404(Resource.objects.public().select_related("region"), slug=slug)
    return OurPage(shown.get_absolute_url(), shown.region)


def _collection(_route: str, slug: str) -> OurPage:
    shown = get_object_or_404(Collection.objects.published().select_related("region"), slug=slug)
    return OurPage(shown.get_absolute_url(), shown.region)
