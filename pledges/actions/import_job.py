"""The work on an import that no request waits for: reading it for a preview, then, once accepted, writing it.

A worker killed at any line leaves the import where it was: its lease runs out, the page says so, and someone starts
it again. What it writes, and the state that says so, are one transaction.
"""

import secrets
import time
from collections.abc import Mapping

from django.core.files import File
from django.db import transaction
from django.db.models import Q
from django.tasks import task
from django.utils import timezone

from pledges.actions import import_summary
from pledges.actions.import_state import READING_LEASE, WRITING_LEASE, ImportMovedError, move
from pledges.actions.importing import (
    ChangedSinceError,
    Importing,
    ImportReport,
    preview,
    read_file,
    write,
)
from pledges.actions.importing_second_round import SecondRound
from pledges.calendar import SilenceError
from pledges.enums import IMPORT_AT_WORK, ImportState, Round
from pledges.models import CandidateImport
from pledges.official_files import FileRefusedError, OfficialFile
from pledges.official_files.columns import Layout
from pledges.official_files.lists import kind_of
from pledges.official_files.tables import open_table
from regions.models import Region, User

_TELL_EVERY = 0.5  # seconds


# It stands here and not in tasks.py, which the acts lean on: this one is an act itself.
@task
def run(import_id: int) -> bool:
    """Do what an import waits for, unless another worker is at it."""
    return work(import_id)


def work(import_id: int) -> bool:
    """Read or write an import, as its state asks.

    :return: Whether there was something to do, and nobody doing it.
    """
    lease = secrets.token_hex(16)
    free = Q(leased_until=None) | Q(leased_until__lt=timezone.now())
    taken = CandidateImport.objects.filter(
        free, pk=import_id, state__in=(ImportState.READING, ImportState.ACCEPTED)
    ).update(lease=lease, leased_until=timezone.now() + READING_LEASE)
    if not taken:
        return False
    try:
        candidate_import = CandidateImport.objects.select_related("election", "by", "decided_by").get(pk=import_id)
        _Job(candidate_import, lease).run()
    except ImportMovedError:
        pass  # someone cancelled it, or thought this worker dead and started another
    finally:
        # When it failed: whoever looks at the page is told at once.
        CandidateImport.objects.filter(pk=import_id, lease=lease, state__in=IMPORT_AT_WORK).update(
            leased_until=timezone.now()
        )
    return True


class _Job:
    """One import, in the hands of the worker that holds this lease."""

    def __init__(self, candidate_import: CandidateImport, lease: str) -> None:
        self.row = candidate_import
        self.lease = lease
        self.kind = SecondRound if self.row.round == Round.SECOND else Importing
        self.told_at = 0.0
        self.names = dict(Region.objects.values_list("code", "name"))
        self.only = set(candidate_import.regions.values_list("code", flat=True))

    def run(self) -> None:
        try:
            with self.row.file.open("rb") as source:
                if self.row.state == ImportState.READING:
                    self._preview(source)
                else:
                    self._write(source)
        except FileRefusedError as refusal:
            end(self.row, ImportState.REFUSED, held=self.lease, refusal=import_summary.refusal_of(refusal))

    def tell(self, sentence: str, done: int, total: int) -> None:
        """Say how far the work is, which also says that its worker lives.

        :raises ImportMovedError: When the import is no longer this worker's: the work ends there.
        """
        if time.monotonic() - self.told_at < _TELL_EVERY:
            return
        self.told_at = time.monotonic()
        held = CandidateImport.objects.filter(pk=self.row.pk, state=self.row.state, lease=self.lease)
        leased_until = timezone.now() + READING_LEASE
        if not held.update(progress=sentence[:200], done=done, total=total, leased_until=leased_until):
            raise ImportMovedError(CandidateImport.objects.select_related("decided_by").get(pk=self.row.pk))

    def _preview(self, source: File[bytes]) -> None:
        kind = kind_of(
            source, name=self.row.name, of_pairs=self.row.election.choice.is_by_pairs, mapping=self.row.mapping
        )
        with open_table(source, kind, name=self.row.name, may_lack=True) as table:
            sha256, origin, layout = table.sha256, table.origin, table.layout
        mapping = self.row.mapping or remembered(layout, by=self.row.by)
        layout = layout.kind.lay_out(layout.headers, mapping)
        known = {"sha256": sha256, "headers_sha256": layout.signature, "mapping": _used(mapping, layout)}
        reading = import_summary.recognised(origin, layout) | {"is_remembered": bool(mapping and not self.row.mapping)}
        if layout.missing:
            move(self.row, ImportState.UNCLEAR, held=self.lease, reading=reading, **known)
            return
        official = self._read(source, mapping)
        report = preview(self.row.election, official, kind=self.kind, progress=self.tell)
        reading |= import_summary.territories(official, self.names)
        with transaction.atomic():
            self._show(report, reading=reading, **known)
            self.row.regions.set(Region.objects.filter(code__in=official.regions))

    def _write(self, source: File[bytes]) -> None:
        official = self._read(source, self.row.mapping)
        # Said before it begins: during one transaction, SQLite lets no other connection write how far it is.
        self.row = move(self.row, ImportState.WRITING, held=self.lease, leased_until=timezone.now() + WRITING_LEASE)
        try:
            with transaction.atomic():
                report = write(
                    self.row.election,
                    official,
                    kind=self.kind,
                    by=self.row.decided_by,
                    expected=self.row.fingerprint,
                )
                end(self.row, ImportState.DONE, held=self.lease, report=import_summary.report_of(report))
        except (ChangedSinceError, SilenceError):  # accepted a moment before: it is read and accepted again
            self._show(preview(self.row.election, official, kind=self.kind), is_renewed=True, decided_by=None)

    def _read(self, source: File[bytes], mapping: Mapping[str, str]) -> OfficialFile:
        return read_file(
            self.row.election, source, name=self.row.name, only=self.only, mapping=mapping, progress=self.tell
        )

    def _show(self, report: ImportReport, **changes: object) -> None:
        move(
            self.row,
            ImportState.READY,
            held=self.lease,
            preview=import_summary.preview_of(report),
            fingerprint=report.fingerprint,
            **changes,
        )


def end(
    candidate_import: CandidateImport, state: ImportState, *, held: str | None = None, **changes: object
) -> CandidateImport:
    """Bring an import to its end: its file goes once that is sure, and with it the names of the preview."""
    name = candidate_import.file.name
    ended = move(
        candidate_import,
        state,
        held=held,
        finished_at=timezone.now(),
        file="",
        preview={},
        fingerprint="",
        **changes,
    )
    transaction.on_commit(lambda: candidate_import.file.storage.delete(name) if name else None)
    return ended


def remembered(layout: Layout, *, by: User) -> dict[str, str]:
    """Where someone said that columns are, the last time that a file with these headers was imported here."""
    same = (
        CandidateImport.objects.visible_to(by)
        .filter(state=ImportState.DONE, headers_sha256=layout.signature)
        .exclude(mapping={})
    )
    mapping: dict[str, str] = same.order_by("-pk").values_list("mapping", flat=True).first() or {}
    return mapping


def _used(mapping: Mapping[str, str], layout: Layout) -> dict[str, str]:
    return {field: header for field, header in mapping.items() if field in layout.fields}
