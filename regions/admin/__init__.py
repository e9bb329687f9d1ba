"""The networks' desk: the territory and the people. ``scoping`` holds the border that every class rests on."""

from . import people, territory  # noqa: F401  they register themselves
