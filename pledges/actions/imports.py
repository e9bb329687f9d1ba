"""What a member of a network decides about an official file: send it, say where columns are, accept it, give it up."""

import datetime
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pledges.actions import import_job
from pledges.actions.import_job import end
from pledges.actions.import_state import ImportMovedError, move
from pledges.calendar import refuse_in_silence
from pledges.enums import IMPORT_OVER, ImportState, Round
from pledges.models import CandidateImport, Election
from pledges.models.imports import PrivateStorage
from regions.models import Region, User

KEPT = datetime.timedelta(days=30)
"""How long a file waits to be accepted, and what a refusal says of its rows is kept."""


class StalePreviewError(Exception):
    """What someone accepts is not what they would read now. The text says so."""


class UnansweredListsError(Exception):
    """A list that has a pledge comes under another name with another head, and nobody said that it is the same."""


@transaction.atomic
def send(election: Election, file: UploadedFile[bytes], *, by: User, one_round: Round = Round.FIRST) -> CandidateImport:
    """Keep a file and have it read. Nothing is written of what it says until someone accepts it.

    :param file: As uploaded; its name is kept to be shown, never to find it.
    :param one_round: Whose lists it names.
    """
    candidate_import = CandidateImport(
        election=election, round=one_round, by=by, name=Path(file.name or "").name[-200:], size=file.size or 0
    )
    with ExitStack() as undo:
        candidate_import.file.save("file", file, save=False)
        undo.callback(candidate_import.file.delete, save=False)
        candidate_import.save()
        candidate_import.regions.set(Region.objects.visible_to(by))
        undo.pop_all()  # its row is written: the file is its own
    _enqueue(candidate_import)
    return candidate_import


@transaction.atomic
def choose_columns(candidate_import: CandidateImport, mapping: Mapping[str, str], *, by: User) -> CandidateImport:
    """Say which header holds which field, and have the file read again.

    :raises ImportMovedError: When it is neither unclear nor ready.
    """
    moved = move(candidate_import, ImportState.READING, mapping=dict(mapping))
    moved.regions.set(Region.objects.visible_to(by))  # another column may say another region
    _enqueue(moved)
    return moved


@transaction.atomic
def accept(
    candidate_import: CandidateImport, *, fingerprint: str, same_lists: Collection[int] = (), by: User
) -> CandidateImport:
    """Have what the preview says written.

    :param fingerprint: That of the preview which was read.
    :param same_lists: The keys of the lists said to be the same, though their name and their head change.
    :raises StalePreviewError: When the preview is another one by now.
    :raises UnansweredListsError: When a pledge would pass to a list that nobody said is the same.
    :raises ImportMovedError: When it is not ready: someone else has decided.
    :raises SilenceError: While one of its territories keeps the electoral silence; it stays ready.
    """
    rows = CandidateImport.objects.select_for_update(of=("self",)).select_related("decided_by")
    row = rows.get(pk=candidate_import.pk)
    if row.state != ImportState.READY:  # a stopped one is started again, not accepted twice
        raise ImportMovedError(row)
    refuse_in_silence(*row.regions.all())
    if row.fingerprint != fingerprint:
        raise StalePreviewError(_("L’aperçu a été refait depuis que vous l’avez lu : relisez-le avant d’accepter."))
    if not {one["pk"] for one in row.preview.get("same_lists", ())} <= set(same_lists):
        raise UnansweredListsError(
            _(
                "Rien n’est écrit : cochez chaque liste qui est bien la même. Si l’une ne l’est pas, abandonnez cet"
                " import, sans quoi l’engagement passerait à une autre liste."
            )
        )
    moved = move(row, ImportState.ACCEPTED, decided_by=by, is_renewed=False)
    _enqueue(moved)
    return moved


@transaction.atomic
def cancel(candidate_import: CandidateImport, *, by: User | None) -> CandidateImport:
    """Give an import up: possible until its writing begins. Its worker stops at its next step.

    :param by: Who gives it up, None for the portal once its time is over.
    :raises ImportMovedError: When the writing has begun, or it is over.
    """
    return end(candidate_import, ImportState.CANCELLED, decided_by=by)


@transaction.atomic
def restart(candidate_import: CandidateImport) -> CandidateImport:
    """Start again the work that a dead worker left: nothing of it was written.

    :raises ImportMovedError: When it has not stopped.
    """
    row = CandidateImport.objects.select_for_update(of=("self",)).get(pk=candidate_import.pk)
    if not row.is_stalled:
        raise ImportMovedError(CandidateImport.objects.select_related("decided_by").get(pk=row.pk))
    if row.state == ImportState.WRITING:
        row = move(row, ImportState.ACCEPTED)
    else:
        CandidateImport.objects.filter(pk=row.pk).update(lease="", leased_until=None, moved_at=timezone.now())
    _enqueue(row)
    return row


def forget_old_imports() -> int:
    """Give up what nobody decided in 30 days; forget what refusals say of people; delete files that nothing names.

    :return: How many imports were given up.
    """
    before = timezone.now() - KEPT
    waiting = [state for state in ImportState if state.can_become(ImportState.CANCELLED)]
    forgotten = 0
    for candidate_import in CandidateImport.objects.filter(uploaded_at__lt=before, state__in=waiting):
        try:
            cancel(candidate_import, by=None)
        except ImportMovedError:
            continue  # someone decided this very moment
        forgotten += 1
    for refused in CandidateImport.objects.filter(state__in=IMPORT_OVER, finished_at__lt=before).exclude(refusal={}):
        kept = {"sentence": refused.refusal["sentence"], "problems": []}
        CandidateImport.objects.filter(pk=refused.pk).exclude(refusal=kept).update(refusal=kept)
    _delete_stray_files()
    return forgotten


def _delete_stray_files() -> None:
    """Delete what a crash may have left between a file and its row: a day later, so that no upload is disturbed."""
    storage = PrivateStorage()
    folder = Path(storage.location)
    known = set(CandidateImport.objects.exclude(file="").values_list("file", flat=True))
    yesterday = (timezone.now() - datetime.timedelta(days=1)).timestamp()
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in known and path.stat().st_mtime < yesterday:
            storage.delete(path.name)


def _enqueue(candidate_import: CandidateImport) -> None:
    # The import waits whatever becomes of the task: a queue that fails must not fail the page.
    transaction.on_commit(partial(import_job.run.enqueue, candidate_import.pk), robust=True)
