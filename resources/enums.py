"""Closed lists of words about resources."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    """For whom a resource is made."""

    CANDIDATES = "candidates", _("Candidates et candidats")
    CITIZENS = "citizens", _("Citoyennes et citoyens")
    NETWORKS = "networks", _("Réseaux de l’ESS")
    PRESS = "press", _("Presse")


class ResourceKind(models.TextChoices):
    """What a resource is."""

    KIT = "kit", _("kit")
    ARGUMENT = "argument", _("argumentaire")
    MODEL_TEXT = "model_text", _("texte type")
    POSTER = "poster", _("affiche")
    SHEET = "sheet", _("fiche")
    VIDEO = "video", _("vidéo")
    TESTIMONY = "testimony", _("témoignage")
    DATASET = "dataset", _("jeu de données")


class ResourceState(models.TextChoices):
    """Where a resource stands."""

    DRAFT = "draft", _("brouillon")
    SUBMITTED = "submitted", _("à relire")
    PUBLISHED = "published", _("publiée")
    ARCHIVED = "archived", _("archivée")

    def can_become(self, state: "ResourceState") -> bool:
        return state in NEXT_STATES[self]


NEXT_STATES: dict[ResourceState, set[ResourceState]] = {
    ResourceState.DRAFT: {ResourceState.SUBMITTED, ResourceState.PUBLISHED},
    # Whoever reads it publishes it, or sends it back with a remark.
    ResourceState.SUBMITTED: {ResourceState.PUBLISHED, ResourceState.DRAFT},
    ResourceState.PUBLISHED: {ResourceState.ARCHIVED},
    ResourceState.ARCHIVED: {ResourceState.PUBLISHED},
}
# They have an address that answers.
PUBLIC_STATES = (ResourceState.PUBLISHED, ResourceState.ARCHIVED)


class Licence(models.TextChoices):
    """What a reader may do with a resource."""

    CC_BY = "cc-by", _("Creative Commons Attribution 4.0 (CC BY)")
    CC_BY_SA = "cc-by-sa", _("Creative Commons Attribution, partage dans les mêmes conditions 4.0 (CC BY-SA)")
    ETALAB = "etalab", _("Licence Ouverte 2.0 (Etalab)")
    RESERVED = "reserved", _("tous droits réservés : à lire et à transmettre sans changement")

    @property
    def address(self) -> str:
        """Where its text is; nothing for a document whose author keeps all rights."""
        return LICENCE_ADDRESSES.get(self, "")


LICENCE_ADDRESSES = {
    Licence.CC_BY: "https://creativecommons.org/licenses/by/4.0/deed.fr",
    Licence.CC_BY_SA: "https://creativecommons.org/licenses/by-sa/4.0/deed.fr",
    Licence.ETALAB: "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
}


class FileFormat(models.TextChoices):
    """The formats that are received, by the end of the name that a reader saves them under."""

    PDF = "pdf", "PDF"
    ODT = "odt", "ODT"
    ODS = "ods", "ODS"
    ODP = "odp", "ODP"
    DOCX = "docx", "DOCX"
    XLSX = "xlsx", "XLSX"
    PPTX = "pptx", "PPTX"
    PNG = "png", "PNG"
    JPEG = "jpg", "JPEG"
    WEBP = "webp", "WebP"
    MP3 = "mp3", "MP3"
    MP4 = "mp4", "MP4"


class ModelText(models.TextChoices):
    """The texts that the portal writes for a territory."""

    DELIBERATION = "deliberation", _("projet de délibération")
    LETTER = "letter", _("lettre aux candidates et candidats")


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
