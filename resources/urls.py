"""The addresses of the resources, and of the pages of prose."""

from django.urls import path

from resources.enums import PageName
from resources.views import page, resources

urlpatterns = [
    path("ressources/", resources, name="resources"),
    *(path(f"{name}/", page, {"name": name.value}, name=name.route) for name in PageName),
]
