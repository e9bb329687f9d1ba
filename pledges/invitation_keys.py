"""The two keys of an invitation: that of its link, and that by which a mail sent back is recognised.

Both are signed, so that nothing is stored which would open anything; neither says who holds it.
"""

import hmac
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing

from pledges.keyed_hash import keyed_hash

TRIAL = "essai"
"""The key in a mail that somebody sends to themself: it opens the page of no list."""

_links = signing.Signer(salt="pledges.invitation", sep=".")
# 96 bits, in letters that survive a server which makes them all small; longer, the header would be folded.
_SIGNS = 24
_RETURNED = re.compile(r"\bliste-(\d{1,18})-([0-9a-f]{24})@", re.IGNORECASE)
_LONGEST = 2_000  # characters of a header that are worth reading


class UnknownKeyError(Exception):
    """Not a key that the portal made."""


def link_key(invitation_id: int | None) -> str:
    """The key of a list's link; that of a trial without an invitation."""
    return _links.sign(TRIAL if invitation_id is None else str(invitation_id))


def owner_of(key: str) -> int | None:
    """The invitation that a link was made for; None for that of a trial.

    :raises UnknownKeyError: When the portal did not make this key.
    """
    try:
        value = _links.unsign(key)
    except signing.BadSignature as error:
        raise UnknownKeyError from error
    return None if value == TRIAL else int(value)


def mail_name(invitation_id: int) -> str:
    """How a mail is named where a mail server will repeat it: « liste-12-… », without its domain."""
    return f"liste-{invitation_id}-{_signs(invitation_id)}"


def message_id(invitation_id: int) -> str:
    """The same at each try: a mailbox that folds what has one identity keeps one."""
    return f"<{mail_name(invitation_id)}@{urlsplit(settings.SITE_URL).hostname}>"


def return_address(invitation_id: int) -> str:
    """Where a mail that cannot be delivered comes back; empty when the portal has no mailbox for that.

    ``MAIL_RETURNS`` is « rebonds@example.org »: its server gives « rebonds+…@example.org » to the same mailbox.
    """
    mailbox, _at, domain = settings.MAIL_RETURNS.rpartition("@")
    return f"{mailbox}+{mail_name(invitation_id)}@{domain}" if mailbox else ""


def returned(headers: Iterable[str]) -> int | None:
    """The invitation that a mail sent back is about, by the first of our own names in these headers."""
    for header in headers:
        for found in _RETURNED.finditer(header[:_LONGEST]):
            key = int(found[1])
            if hmac.compare_digest(found[2].lower(), _signs(key)):
                return key
    return None


def _signs(invitation_id: int) -> str:
    return keyed_hash("invitation.mail", str(invitation_id)).hex()[:_SIGNS]
