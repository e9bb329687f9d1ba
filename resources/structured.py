"""What a resource is, in schema.org's words."""

from typing import Any

from django.conf import settings

from resources.enums import Licence
from resources.models import Resource, Version


def document(resource: Resource, current: Version | None) -> dict[str, Any]:
    """A document, who publishes it, since when, and what one may do with it."""
    node: dict[str, Any] = {
        "@type": "CreativeWork",
        "name": resource.title,
        "description": resource.summary,
        "url": f"{settings.SITE_URL}{resource.get_absolute_url()}",
    }
    if resource.published_on:
        node["datePublished"] = resource.published_on.isoformat()
    if resource.network:
        node["publisher"] = {"@type": "Organization", "name": resource.network.name}
    if address := Licence(resource.licence).address:
        node["license"] = address
    if current:
        node |= {"inLanguage": current.language, "version": str(current.number)}
    return node
