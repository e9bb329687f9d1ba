"""What the public is shown: the shelves, the files themselves, and the pages of prose."""

from resources.views.files import file
from resources.views.prose import page, page_context
from resources.views.shelves import collection, resource, resources

__all__ = ["collection", "file", "page", "page_context", "resource", "resources"]
