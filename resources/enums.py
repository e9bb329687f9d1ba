"""Closed lists of words about resources."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    """For whom a resource is made."""

    CANDIDATES = "candidates", _("Candidates et candidats")
    CITIZENS = "citizens", _("Citoyennes et citoyens")
    NETWORKS = "networks", _("Réseaux de l’ESS")


class ResourceKind(models.TextChoices):
    """What a resource is."""

    KIT = "kit", _("kit")
    ARGUMENT = "argument", _("argumentaire")
    MODEL_TEXT = "model_text", _("texte type")
    SHEET = "sheet", _("fiche")
    LINK = "link", _("lien")


class PageName(models.TextChoices):
    """The pages of prose: the word is the address, and the name of the file that holds the text as shipped."""

    METHOD = "methode", _("Méthode")
    LEGAL_NOTICE = "mentions-legales", _("Mentions légales")
    PRIVACY = "confidentialite", _("Confidentialité")
    ACCESSIBILITY = "accessibilite", _("Accessibilité")
    GLOSSARY = "glossaire", _("Glossaire")
    EASY = "facile-a-lire", _("Facile à lire")

    @property
    def route(self) -> str:
        """The name of its address in the code: ``legal-notice``."""
        return self.name.lower().replace("_", "-")
