"""What ``RESOURCES_STORAGE`` says, for Django."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ImproperlyConfigured

_WEB = ("https", "http")


def shelf(address: str) -> dict[str, Any]:
    """The storage of the resources: a folder, or what ``s3://bucket?endpoint=https://…&region=…`` names.

    :raises ImproperlyConfigured: If it is neither empty nor such an address.
    """
    if not address:
        return {"BACKEND": "resources.files.shelves.Folder"}
    parts = urlsplit(address)
    options = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    known = options.keys() <= {"endpoint", "region"} and urlsplit(options.get("endpoint", "https:")).scheme in _WEB
    if parts.scheme != "s3" or not parts.netloc or parts.path.strip("/") or not known:
        raise ImproperlyConfigured("RESOURCES_STORAGE: s3://bucket?endpoint=https://…&region=…, or nothing.")
    return {"BACKEND": "resources.files.shelves.Bucket", "OPTIONS": {"bucket": parts.netloc, **options}}
