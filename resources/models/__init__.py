"""Documents and links for candidates, citizens, networks and the press; the pages of prose."""

from resources.models.collection import Collection, CollectionItem, CollectionQuerySet
from resources.models.download import DownloadCount
from resources.models.page import Page, PageQuerySet
from resources.models.resource import Resource, ResourceQuerySet, Version, VersionQuerySet

__all__ = [
    "Collection",
    "CollectionItem",
    "CollectionQuerySet",
    "DownloadCount",
    "Page",
    "PageQuerySet",
    "Resource",
    "ResourceQuerySet",
    "Version",
    "VersionQuerySet",
]
