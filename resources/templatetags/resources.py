"""Places documents on the pages of a territory, of a principle and of a signature, which know nothing of them."""

from django import template
from django.db import models

from pledges.models import Principle
from regions.models import Region
from resources import wording
from resources.enums import Audience, ResourceKind
from resources.models import Resource, ResourceQuerySet, Version
from resources.shelves import Door, doors, latest_of_each_audience, shelf_address

register = template.Library()

OF_A_REGION = 2  # of each audience
OF_A_PRINCIPLE = 4
BEFORE_SIGNING = 2
GUIDES = (ResourceKind.ARGUMENT, ResourceKind.KIT, ResourceKind.SHEET)


@register.simple_tag
def resource_doors() -> list[Door]:
    """The way to the resources of each audience, uncounted."""
    return doors()


@register.simple_tag
def region_resources(region: Region) -> ResourceQuerySet:
    """The latest resources that serve this territory, a few for each audience."""
    serving = latest_of_each_audience(Resource.objects.published().for_region(region), OF_A_REGION)
    return _linked(serving)


@register.simple_tag
def principle_resources(principle: Principle) -> ResourceQuerySet:
    """The latest resources that serve a principle, everywhere: of any charter that has this number."""
    return _linked(Resource.objects.published().filter(principles__number=principle.number).distinct())[:OF_A_PRINCIPLE]


@register.simple_tag
def before_signing(region: Region) -> ResourceQuerySet:
    """What a candidate may read before signing: the latest guides and sheets that serve this territory."""
    serving = Resource.objects.published().for_region(region).filter(audience=Audience.CANDIDATES, kind__in=GUIDES)
    return _linked(serving)[:BEFORE_SIGNING]


@register.simple_tag
def resources_address(audience: str = "", region: Region | None = None, principle: Principle | None = None) -> str:
    """``{% resources_address region=region as shelf %}``: the shelves, narrowed."""
    return shelf_address(audience=Audience(audience) if audience else None, region=region, principle=principle)


def _linked(resources: ResourceQuerySet) -> ResourceQuerySet:
    return resources.fetch_mode(models.FETCH_RAISE)


@register.filter
def described(version: Version) -> str:
    """``{{ version|described }}``: « PDF, 120 ko, 2 pages »."""
    return wording.described(version)


@register.filter
def reading_time(version: Version) -> str:
    """``{{ version|reading_time }}``: « 2 pages, environ 5 minutes de lecture »."""
    return wording.reading(version)


@register.filter
def weight(size: int) -> str:
    """``{{ size|weight }}``: « 1,2 Mo »."""
    return wording.weight(size)


@register.filter
def other_site(version: Version) -> str:
    """The site that a link leads to; nothing when it is this one."""
    return wording.site(version)


@register.simple_tag
def invitation(resource: Resource, version: Version) -> str:
    """The words of the link that gives it: « Télécharger la fiche (PDF, 120 ko, 2 pages) »."""
    return wording.invitation(resource, version)
