"""What acts on a pledge do to its receipts: owe one, forget them all."""

import logging
from datetime import timedelta
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from pledges import kept, tasks
from pledges.enums import STANDING
from pledges.models import Pledge, Receipt
from pledges.models.receipt import RECEIPT_FOLDER

logger = logging.getLogger(__name__)

# A file is written just before its row: one that no row names is a leftover only after a while.
STRAY_AFTER = timedelta(hours=1)


def owe_receipt(pledge: Pledge) -> None:
    """Have the receipt made as soon as the act commits: what it says has just changed."""
    # Robust: the act is done, and the receipt is also made for whoever asks.
    transaction.on_commit(partial(tasks.make_receipt.enqueue, pledge.pk), robust=True)


def forget_receipts(pledge: Pledge) -> None:
    """Take away the receipts of a pledge, and of those it replaced, in the act's own transaction.

    They hold what a consent no longer covers. An earlier pledge that still stands keeps its own: answers that were to
    replace it were withdrawn, and not it. The files go once the act is certain.
    """
    covered = [earlier for earlier in pledge.earlier() if earlier.state not in STANDING]
    receipts = Receipt.objects.filter(pledge__in=[pledge, *covered])
    names = list(receipts.values_list("file", flat=True))
    receipts.delete()
    # Robust: the act is done, and what could not be deleted now is by ``delete_stray_receipts``.
    transaction.on_commit(partial(_delete_files, names), robust=True)
    # Sheets and pictures hold the same words, under names that tell nothing: all go, and are drawn again when asked.
    transaction.on_commit(kept.forget, robust=True)


def delete_stray_receipts() -> int:
    """Delete the files that no receipt names: what a crash left between a file and its row. Safe to repeat.

    :return: How many were deleted.
    """
    try:
        _folders, names = default_storage.listdir(RECEIPT_FOLDER)
    except FileNotFoundError:  # no receipt was made yet
        return 0
    written = {f"{RECEIPT_FOLDER}/{name}" for name in names}
    strays = written - set(Receipt.objects.values_list("file", flat=True))
    limit = timezone.now() - STRAY_AFTER
    old = [name for name in sorted(strays) if default_storage.get_modified_time(name) < limit]
    _delete_files(old)
    return len(old)


def _delete_files(names: list[str]) -> None:
    for name in names:
        default_storage.delete(name)
