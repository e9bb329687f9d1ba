"""What is kept of something that must be recognised and never read again: an address, a code, what was sent."""

from django.utils.crypto import salted_hmac


def keyed_hash(use: str, text: str) -> bytes:
    """The HMAC-SHA-256 of a text under the portal's secret: without that secret, nothing can be tried against it.

    :param use: What it is for: the same text has another hash for another use.
    """
    return salted_hmac(f"pledges.{use}", text, algorithm="sha256").digest()
