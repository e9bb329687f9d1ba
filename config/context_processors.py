"""What every page knows of the portal. Nothing here depends on who visits."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from config.languages import addresses

SHOWN = (
    "CONTACT_EMAIL",
    "DEMO",
    "LEGAL_ADDRESS",
    "LEGAL_DIRECTOR",
    "LEGAL_HOST",
    "LEGAL_PHONE",
    "LEGAL_PUBLISHER",
    "SITE_URL",
)


def portal(request: HttpRequest) -> dict[str, object]:
    """Whether this is a demonstration, the address the public knows, who answers for it, the page's languages."""
    return {name: getattr(settings, name) for name in SHOWN} | {
        "languages": SimpleLazyObject(lambda: addresses(request))
    }
