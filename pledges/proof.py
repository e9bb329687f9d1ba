"""A small computation asked of the browser that sends a form, free for a person and dear for a flood: docs/adr/0006.

Nothing is asked of a third party; a browser that cannot do it sends the form all the same, under a lower limit.
"""

import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import cast

import altcha
from django.db import IntegrityError, transaction
from django.utils import timezone

from pledges.keyed_hash import keyed_hash
from pledges.models import SpentProof

# A slow signer reads the charter, asks their co-signer, and is still in time.
LIFE = timedelta(hours=2)
ALGORITHM = "PBKDF2/SHA-256"  # one that browsers have built in, out of the page's own thread
COST = 3_000  # rounds a try; the server does as many, once, to make a challenge: about a millisecond
# The number to find, and so the number of tries: about a second on a cheap phone, and never three.
FIRST_NUMBER, LAST_NUMBER = 100, 300
LONGEST = 2_000  # characters of an honest answer, twice


def challenge() -> str:
    """A new computation to do, in JSON, signed so that the answer need not be remembered."""
    made = altcha.create_challenge(
        ALGORITHM,
        COST,
        counter=FIRST_NUMBER + secrets.randbelow(LAST_NUMBER - FIRST_NUMBER + 1),
        expires_at=timezone.now() + LIFE,
        hmac_secret=_key("challenge"),
        hmac_key_secret=_key("answer"),
    )
    return json.dumps(made.to_dict(), separators=(",", ":"))


def accept(answer: str) -> bool:
    """Whether this is the right answer to a challenge of ours, given in time, and for the first time.

    Anything else is as good as no answer at all.
    """
    if not answer or len(answer) > LONGEST:
        return False
    result = altcha.verify_solution(answer, _key("challenge"), hmac_key_secret=_key("answer"))
    if not result.verified:
        return False
    # One challenge can be written in many ways; the signature that was just checked, in one.
    solved = altcha.Payload.from_base64(answer).challenge
    expires_at = datetime.fromtimestamp(cast("int", solved.parameters.expires_at), UTC)
    return _spend(cast("str", solved.signature), expires_at)


def forget() -> int:
    """Delete the spent proofs that are refused by their age alone.

    :return: How many.
    """
    return SpentProof.objects.filter(expires_at__lt=timezone.now() - timedelta(days=1)).delete()[0]


def _spend(digest: str, expires_at: datetime) -> bool:
    """Keep what must not serve twice. One INSERT says whether it was new, whoever else sends it at the same moment."""
    try:
        with transaction.atomic():
            SpentProof.objects.create(digest=digest, expires_at=expires_at)
    except IntegrityError:
        return False
    return True


def _key(use: str) -> bytes:
    return keyed_hash("proof", use)
