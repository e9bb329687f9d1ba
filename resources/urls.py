"""The addresses of the resources, and of the pages of prose."""

from django.urls import path

from resources.enums import PageName
from resources.views import collection, file, generic_model_text, model_text, page, resource, resources

urlpatterns = [
    path("ressources/", resources, name="resources"),
    path("ressources/dossiers/<slug:slug>/", collection, name="collection"),
    path("ressources/<slug:slug>/", resource, name="resource"),
    path("ressources/<slug:slug>/modele.<str:extension>", generic_model_text, name="model-text-blank"),
    path("ressources/<slug:slug>/<slug:region>.<str:extension>", model_text, name="model-text"),
    path("ressources/<slug:slug>/<int:number>/<str:name>", file, name="resource-file"),
    *(path(f"{name}/", page, {"name": name.value}, name=name.route) for name in PageName),
]
