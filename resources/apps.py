"""Documents and links for candidates, citizens and networks."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResourcesConfig(AppConfig):
    name = "resources"
    verbose_name = _("Ressources")

    def ready(self) -> None:
        from resources.our_pages import register  # noqa: PLC0415  models are not loaded before

        register()
