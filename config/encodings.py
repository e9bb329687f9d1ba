"""A body as it goes over the wire: the encodings that a page is offered in, and the one that a client asks for."""

import gzip
import re
from collections.abc import Iterable

import brotli

IDENTITY = "identity"
# Middling on purpose: a page is kept for a minute only, so the best level would work more than it spares.
GZIP_LEVEL = 6
BROTLI_QUALITY = 5

_WEIGHT = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")


def encoded(body: bytes) -> dict[str, bytes]:
    """The body by encoding, the one that we prefer first; an encoding that does not make it smaller is left out.

    :param body: what anyone may read. Never a page that holds a secret: its length once compressed would tell it.
    """
    offered = {
        "br": brotli.compress(body, mode=brotli.MODE_TEXT, quality=BROTLI_QUALITY),
        "gzip": gzip.compress(body, GZIP_LEVEL, mtime=0),
    }
    return {name: short for name, short in offered.items() if len(short) < len(body)} | {IDENTITY: body}


def chosen(accepted: str, offered: Iterable[str]) -> str:
    """The encoding to answer with: the one that weighs most for the client, or the first offered of several.

    :param accepted: an ``Accept-Encoding``; what cannot be read in it counts as refused.
    :param offered: names of encodings, the preferred one first.
    :return: one of those offered, or ``identity``, which everyone can read, when none is accepted.
    """
    weights: dict[str, float] = {}
    for choice in accepted.lower().split(","):
        name, has_weight, weight = (part.strip() for part in choice.partition(";"))
        said = _WEIGHT.fullmatch(weight)
        weights[name] = float(said[1]) if said else 0.0 if has_weight else 1.0
    weighed = {name: weights.get(name, weights.get("*", 0.0)) for name in offered}
    best = max(weighed, key=weighed.__getitem__, default=IDENTITY)
    return best if weighed.get(best) else IDENTITY
