"""What people type: the texts of the pages of prose, the filters of the shelves."""

from resources.forms.filtering import ShelfForm
from resources.forms.pages import PageForm

__all__ = ["PageForm", "ShelfForm"]
