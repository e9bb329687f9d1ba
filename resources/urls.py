"""The addresses of the resources."""

from django.urls import path

from resources.views import resources

urlpatterns = [path("ressources/", resources, name="resources")]
