"""What people type: at the desk, resources, collections and pages of prose; on the shelves, their filters."""

from resources.forms.collections import CollectionForm, ItemFormSet
from resources.forms.filtering import ShelfForm
from resources.forms.pages import PageForm
from resources.forms.resources import RemarkForm, ResourceForm

__all__ = ["CollectionForm", "ItemFormSet", "PageForm", "RemarkForm", "ResourceForm", "ShelfForm"]
