"""What makes the journal hold together: the form in which an act is fingerprinted, its signature, the chain's links.

Everything here is a pure function of its arguments and of the portal's key. **The form never changes**: what an act has
to say beyond these fields goes into its ``details``, or the entries of six years could no longer be checked.
"""

import datetime
import hashlib
import json
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

NOTHING = "0" * 64
"""What the first link of the chain follows."""
ENTRIES, LINKS = "pledges.journal", "pledges.journal.seal"
"""What a signature is of: that of an entry is good for no link, nor the other way round."""


def content_of(entry: Any) -> str:
    """All that a journal entry says, its key and its signature apart, in one form whatever the database.

    :param entry: A ``JournalEntry``, or the row of one in a migration.
    :raises ValueError: When its details hold a number that no database keeps.
    """
    return _in_one_form(
        {
            "uid": str(entry.uid),
            "act": str(entry.act),
            "at": _moment(entry.at),
            "by": entry.by_id,
            "region": entry.region_id,
            "election": entry.election_id,
            "pledge": entry.pledge_id,
            "reason": entry.reason,
            "details": entry.details,
        }
    )


def sign(content: str) -> str:
    """What whoever writes an entry knows how to make, and someone who inserts a row by SQL does not."""
    return _hmac(content, settings.JOURNAL_KEY)


def is_signed(content: str, mac: str) -> bool:
    """Whether this signature is that of this content, under the key of today or one of those before."""
    return any(constant_time_compare(_hmac(content, key), mac) for key in _keys())


def sign_link(digest: str) -> str:
    """What makes a link the portal's: the digest is anybody's to compute, after an entry removed as before."""
    return _hmac(digest, settings.JOURNAL_KEY, salt=LINKS)


def is_signed_link(digest: str, mac: str) -> bool:
    """Whether the portal made the link of this digest, under the key of today or one of those before."""
    return any(constant_time_compare(_hmac(digest, key, salt=LINKS), mac) for key in _keys())


def fingerprint(content: str, mac: str) -> str:
    """The SHA-256 of an entry. Its signature is part of it: nobody finds a private act by trying likely ones."""
    return _sha256(_in_one_form({"content": content, "mac": mac}))


def link(previous: str, *, position: int, key: int, sealed_at: datetime.datetime, entry: str) -> str:
    """The digest of a link of the chain: it holds that of the link before, and all that its own row says.

    :param previous: The digest of the link before, ``NOTHING`` for the first.
    :param key: The primary key of the entry.
    :param entry: The entry's fingerprint: whoever is shown no more than it can still check the chain.
    """
    return _sha256(
        _in_one_form(
            {"previous": previous, "position": position, "key": key, "sealed_at": _moment(sealed_at), "entry": entry}
        )
    )


def _keys() -> list[str]:
    """The portal's own secret is none of them once the journal has a key apart: it would sign an act as well."""
    keys = [settings.JOURNAL_KEY, *settings.JOURNAL_KEY_FALLBACKS]
    if settings.JOURNAL_KEY == settings.SECRET_KEY:
        keys += settings.SECRET_KEY_FALLBACKS
    return keys


def _hmac(content: str, key: str, *, salt: str = ENTRIES) -> str:
    return salted_hmac(salt, content, secret=key, algorithm="sha256").hexdigest()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _moment(at: datetime.datetime) -> str:
    """In UTC, to the millisecond: all that a backup by ``dumpdata`` keeps of it."""
    return at.astimezone(datetime.UTC).isoformat(timespec="milliseconds")


def _in_one_form(value: Any) -> str:
    """JSON with its keys in order; read back first, so that what was written and what is read later are the same."""
    stored = json.loads(json.dumps(value, allow_nan=False), parse_float=_number)
    return json.dumps(stored, sort_keys=True, separators=(",", ":"))


def _number(text: str) -> float | int:
    """A number as both databases give it back: PostgreSQL's JSON turns 1e2 into 100, and keeps no minus zero."""
    exact = Decimal(text)
    return int(exact) if exact == exact.to_integral_value() else float(text)
