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
