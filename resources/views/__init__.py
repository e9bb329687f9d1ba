"""The pages of the resources, their files, and the pages of prose."""

from resources.views.feeds import resources_feed
from resources.views.files import collection_zip, file, resources_zip
from resources.views.models import generic_model_text, model_text
from resources.views.prose import page, page_context
from resources.views.shelves import collection, resource, resource_context, resources

__all__ = [
    "collection",
    "collection_zip",
    "file",
    "generic_model_text",
    "model_text",
    "page",
    "page_context",
    "resource",
    "resource_context",
    "resources",
    "resources_feed",
    "resources_zip",
]
