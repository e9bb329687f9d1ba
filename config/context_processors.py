"""What every page knows of the portal. Nothing here depends on who visits."""

from django.conf import settings
from django.http import HttpRequest

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
    """Whether this is a demonstration, the address the public knows, and who answers for the portal."""
    return {name: getattr(settings, name) for name in SHOWN}
