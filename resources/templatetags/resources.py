"""Places documents on a territory's page, which itself knows nothing of them."""

from django import template

from regions.models import Region
from resources.models import Resource, ResourceQuerySet

register = template.Library()

SHOWN = 4


@register.simple_tag
def region_resources(region: Region) -> ResourceQuerySet:
    """The latest resources that serve this territory."""
    return Resource.objects.published().for_region(region).select_related("network")[:SHOWN]
