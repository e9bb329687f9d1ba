"""What the public is shown: the shelves, the files themselves, and the pages of prose."""

from resources.views.files import collection_zip, file, resources_zip
from resources.views.prose import page, page_context
from resources.views.shelves import collection, resource, resources

__all__ = [
    "collection",
    "collection_zip",
    "file",
    "page",
    "page_context",
    "resource",
    "resources",
    "resources_zip",
]
