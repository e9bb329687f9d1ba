"""Sealing the journal: one sealer at a time puts what was written into the chain, and nobody who signs waits for it."""

import logging
import time
from dataclasses import dataclass
from functools import partial

from django.db import connection, transaction
from django.utils import timezone

from pledges import chain
from pledges.models import JournalEntry, Seal
from pledges.models.journal import JournalEntryQuerySet
from pledges.reading import read

logger = logging.getLogger(__name__)

BATCH = 500
"""Entries sealed in one transaction."""
JUST_NOW = 1_000
"""Keys at the end of the journal where an act that has just committed is looked for; the loop looks everywhere."""
REST = 1.0
"""Seconds between two rounds of one process: an act alone is sealed at once, a rush of them by one round a second.

Sealing after every act took a third of the signatures a second. The last acts of a rush wait for the next one, or for
`send_outbox`, which goes round every 30 seconds.
"""
_PEN = 0x6A6F75726E616C  # « journal », as the number of an advisory lock
_rested_at = 0.0


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a round of sealing did."""

    count: int
    refused: tuple[int, ...]
    """The keys of the entries whose signature is not the portal's: they stay out of the chain."""


def seal_after_commit() -> None:
    """Seal what this transaction writes, just after it commits: one round however many acts it holds."""
    if not any(getattr(hook[1], "func", None) is _seal_just_now for hook in connection.run_on_commit):
        # A seal that fails is another's to make: send_outbox goes round for all.
        transaction.on_commit(partial(_seal_just_now), robust=True)


def seal_journal() -> Sealed:
    """Put every entry that has no seal into the chain, wherever it is. Safe to repeat, and to run beside others.

    Outside a transaction: each batch commits in its own.
    """
    sealed, after = 0, 0
    refused: list[int] = []
    while batch := _seal_batch(JournalEntry.objects.filter(pk__gt=after), wait=True):
        sealed += batch.count
        refused += batch.refused
        after = batch.last
    if refused:
        logger.error("%s journal entries are not signed by this portal: %s…", len(refused), refused[0])
    return Sealed(sealed, tuple(refused))


@dataclass(frozen=True, slots=True)
class _Batch:
    count: int
    refused: list[int]
    last: int


def _seal_just_now() -> None:
    """Seal the acts of this moment, unless someone is at it, who looks once more after putting the pen down."""
    global _rested_at  # noqa: PLW0603  what this process did last: two threads that meet here do no harm
    if time.monotonic() < _rested_at:
        return
    _rested_at = time.monotonic() + REST
    last = JournalEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    recent = JournalEntry.objects.filter(pk__gt=last - JUST_NOW)
    while (batch := _seal_batch(recent, wait=False)) and batch.count:
        if not recent.unsealed().exists():
            return


@transaction.atomic
def _seal_batch(entries: JournalEntryQuerySet, *, wait: bool) -> _Batch | None:
    """Seal the first of these entries that are not.

    :return: Nothing when there are none, or when somebody else is sealing and we do not ``wait``.
    """
    if not _take_the_pen(wait=wait):
        return None
    # Read once the pen is ours: an entry with a lower key may have committed late, so the order is that of sealing.
    waiting = read(entries.unsealed().order_by("pk")[:BATCH])
    if not waiting:
        return None
    head = Seal.objects.head()
    position, digest, now = head.count, head.digest, timezone.now()
    seals, refused = [], []
    for key, entry in waiting:
        if entry is None or not entry.is_signed:
            refused.append(key)
            continue
        position += 1
        digest = chain.link(digest, position=position, key=key, sealed_at=now, entry=entry.fingerprint)
        mac = chain.sign_link(digest)
        seals.append(Seal(position=position, entry=entry, digest=digest, mac=mac, sealed_at=now))
    Seal.objects.bulk_create(seals)
    return _Batch(len(seals), refused, waiting[-1][0])


def _take_the_pen(*, wait: bool) -> bool:
    """Be the only one who seals until the transaction ends.

    An advisory lock on PostgreSQL, which holds no row; SQLite's transactions, opened IMMEDIATE, already exclude one
    another. Two sealers would not fork the chain: a position exists once.
    """
    if connection.vendor != "postgresql":
        return True
    lock = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(%s)", [_PEN])
        return wait or bool(cursor.fetchone()[0])
