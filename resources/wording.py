"""What a version is, in words: its format and weight, how long it takes to read, where its link leads."""

import math
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from resources.enums import ResourceKind
from resources.models import Resource, Version

WORDS_A_MINUTE = 200
MINUTES_A_PAGE = 2.5  # of five hundred words
_NO_BREAK = "\N{NO-BREAK SPACE}"
_THE = {
    ResourceKind.KIT: _("le kit"),
    ResourceKind.ARGUMENT: _("l’argumentaire"),
    ResourceKind.MODEL_TEXT: _("le texte type"),
    ResourceKind.POSTER: _("l’affiche"),
    ResourceKind.SHEET: _("la fiche"),
    ResourceKind.VIDEO: _("la vidéo"),
    ResourceKind.TESTIMONY: _("le témoignage"),
    ResourceKind.DATASET: _("le jeu de données"),
}


def weight(size: int) -> str:
    """« 120 ko », « 1,2 Mo »: a thousand at a time, rounded up, never broken."""
    if size < 1_000_000:
        number, unit = str(max(1, math.ceil(size / 1_000))), gettext("ko")
    else:
        number, unit = number_format(math.ceil(size / 100_000) / 10, 1), gettext("Mo")
    return f"{number}{_NO_BREAK}{unit}"


def pages(version: Version) -> str:
    """« 2 pages »; nothing where pages mean nothing."""
    if not version.page_count:
        return ""
    words = ngettext("%(count)d page", "%(count)d pages", version.page_count)
    return words % {"count": version.page_count}


def described(version: Version) -> str:
    """What a link to it says beside its name: « PDF, 120 ko, 2 pages, en anglais »."""
    language = gettext("en anglais") if version.language == "en" else ""
    if version.url:
        parts = [site(version), language]
    elif version.model_text:
        parts = [gettext("ODT ou texte")]
    else:
        size = weight(version.size) if version.size else ""
        parts = [version.get_format_display(), size, pages(version), language]
    return ", ".join(part for part in parts if part)


def site(version: Version) -> str:
    """The site that a link leads to; nothing when it is this one."""
    host = urlsplit(version.url).hostname or ""
    return "" if host == urlsplit(settings.SITE_URL).hostname else host.removeprefix("www.")


def minutes(version: Version) -> int:
    """About how long it takes to read: by the words of its accessible text, else by its pages; 0 where nobody knows."""
    if version.twin:
        return max(1, round(len(version.twin.split()) / WORDS_A_MINUTE))
    return math.ceil((version.page_count or 0) * MINUTES_A_PAGE)


def reading(version: Version) -> str:
    """« 2 pages, environ 5 minutes de lecture »; nothing for what is not read."""
    about = minutes(version)
    words = ngettext("environ %(count)d minute de lecture", "environ %(count)d minutes de lecture", about)
    parts = [pages(version), words % {"count": about} if about else ""]
    return ", ".join(part for part in parts if part)


def invitation(resource: Resource, version: Version) -> str:
    """The words of the link that gives it: « Télécharger la fiche (PDF, 120 ko, 2 pages) »."""
    the = str(_THE[ResourceKind(resource.kind)])
    if not version.url:
        return gettext("Télécharger %(it)s (%(format)s)") % {"it": the, "format": described(version)}
    if where := described(version):
        return gettext("Ouvrir %(it)s, sur un autre site (%(site)s)") % {"it": the, "site": where}
    return gettext("Ouvrir %(it)s, sur ce site") % {"it": the}
