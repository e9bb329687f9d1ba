"""The networks' desk: resources and collections, in one's territory; the pages of prose, for administrators."""

from . import collections, pages, resources  # noqa: F401  they register themselves
