"""The two doors of visitors: shelves and documents, and the pages of prose."""

from resources.views.files import file
from resources.views.models import generic_model_text, model_text
from resources.views.prose import page, page_context
from resources.views.shelves import collection, resource, resources

__all__ = [
    "collection",
    "file",
    "generic_model_text",
    "model_text",
    "page",
    "page_context",
    "resource",
    "resources",
]
