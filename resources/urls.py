"""The addresses of the resources, and of the pages of prose."""

from django.urls import path

from resources.enums import PageName
from resources.views import (
    collection,
    collection_zip,
    file,
    generic_model_text,
    model_text,
    page,
    resource,
    resources,
    resources_zip,
)

urlpatterns = [
    path("ressources/", resources, name="resources"),
    path("ressources/selection.zip", resources_zip, name="resources-zip"),
    path("ressources/dossiers/<slug:slug>/", collection, name="collection"),
    path("ressources/dossiers/<slug:slug>/telecharger.zip", collection_zip, name="collection-zip"),
    path("ressources/<slug:slug>/", resource, name="resource"),
    path("ressources/<slug:slug>/<int:number>/<str:name>", file, name="resource-file"),
    path("ressources/<slug:slug>/modele.<slug:extension>", generic_model_text, name="model-text-blank"),
    path("ressources/<slug:slug>/<slug:region>.<slug:extension>", model_text, name="model-text"),
    *(path(f"{name}/", page, {"name": name.value}, name=name.route) for name in PageName),
]
