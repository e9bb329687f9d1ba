"""Making the receipt of a pledge: once for each content, whoever asks and however often."""

import hashlib
import logging

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from pledges import receipts
from pledges.drawing import Content, DrawingError
from pledges.models import CandidateList, Pledge, Receipt
from pledges.models.receipt import receipt_name

logger = logging.getLogger(__name__)


def issue(pledge_id: int) -> Receipt | None:
    """The receipt of what a pledge says now, made if it is not there. Safe to repeat, and to ask for at the same time.

    :return: None when no receipt is made of such a pledge: nobody confirmed it, or it has ended.
    :raises DrawingError: When the PDF cannot be made.
    :raises OSError: When the file cannot be written; nothing half-written is kept.
    """
    pledge = receipts.read(pledge_id)
    if pledge is None:
        return None
    said = receipts.content(pledge)
    if made := _made(said):
        return made
    pdf = receipts.render(said)  # before the lock: nobody waits for a compilation
    with transaction.atomic():
        CandidateList.objects.filter(pk=pledge.candidate_list_id).take()
        # It may have been withdrawn meanwhile, or say something else: once more then, and nothing moves under the lock.
        pledge = receipts.read(pledge_id)
        if pledge is None:
            return None
        if receipts.content(pledge) != said:
            return issue(pledge_id)
        return _made(said) or _keep(pledge, said, pdf)


def try_to_issue(pledge_id: int) -> bool:
    """The same for a task: a failure is logged, and whoever asks for the receipt makes it.

    :return: Whether a receipt is there.
    """
    try:
        return issue(pledge_id) is not None
    except (DrawingError, OSError) as error:
        log_failure(pledge_id, error)
        return False


def log_failure(pledge_id: int, error: DrawingError | OSError) -> None:
    """Say what went wrong, and nothing of what the pledge says."""
    logger.error("receipt of pledge %s not made: %s: %s", pledge_id, type(error).__name__, error)


def _made(said: Content) -> Receipt | None:
    """The receipt of this content, if its file is there too: a restored database may know of files that are lost."""
    receipt = Receipt.objects.filter(content_sha256=receipts.content_sha256(said)).first()
    return receipt if receipt and default_storage.exists(receipt_name(receipt, "")) else None


def _keep(pledge: Pledge, said: Content, pdf: bytes) -> Receipt:
    """Write the file, then its row. The caller holds the list's lock, so that no other writes the same."""
    digest = receipts.content_sha256(said)
    receipt = Receipt.objects.filter(content_sha256=digest).first() or Receipt(
        pledge=pledge,
        content_sha256=digest,
        pdf_sha256=hashlib.sha256(pdf).hexdigest(),
        size=len(pdf),
        made_at=timezone.now(),
    )
    name = receipt_name(receipt, "")
    default_storage.delete(name)  # what a crash may have left of an earlier try
    try:
        receipt.file.save(name, ContentFile(pdf), save=False)
    except OSError:
        default_storage.delete(name)
        raise
    receipt.save()
    return receipt
