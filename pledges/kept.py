"""What is drawn is drawn once: a file kept under the hash of what it says (docs/adr/0020).

The folder is a cache of one machine, that may be emptied at any time: whoever asks next makes the file again.
"""

import logging
import os
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Literal

from django.conf import settings

from pledges import drawing
from pledges.drawing import Content

logger = logging.getLogger(__name__)

# Longer than the longest drawing: who waits for one turn gets it, who would wait for several is told to come back.
PATIENCE = 5.0
# And at most a day more, between two runs of `purge_expired`.
UNREAD = timedelta(days=1)
_TOUCHED_EVERY = timedelta(hours=1).total_seconds()

# One drawing at a time in each process: the compiler holds a whole core, and Python's own lock while it works.
_turn = Lock()


class BusyError(Exception):
    """Others are being drawn: this one may be asked for again in a moment."""


@dataclass(frozen=True)
class Drawing:
    """A file to be: its template, what it says, and whether it is to be read, printed or seen."""

    template: str
    kind: Literal["pdf", "png"]
    content: Content

    @cached_property
    def digest(self) -> str:
        """What the file is named after: the same for two that say the same."""
        return drawing.fingerprint(self._source, self.content)

    @property
    def path(self) -> Path:
        """Where it is kept once made."""
        return folder() / f"{self.digest}.{self.kind}"

    @property
    def _source(self) -> Path:
        return drawing.FOLDER / "drawings" / self.template

    def file(self) -> bytes:
        """Its bytes, made if they are not there. Safe to ask for at the same time.

        :raises drawing.DrawingError: When it cannot be made.
        :raises BusyError: When its turn does not come soon enough.
        """
        if made := _read(self.path):
            return made
        if not _turn.acquire(timeout=PATIENCE):
            raise BusyError
        try:
            return _read(self.path) or self._make()
        finally:
            _turn.release()

    def _make(self) -> bytes:
        if self.kind == "pdf":
            made = drawing.pdf(self._source, self.content, dated=self.content["dated"])
        else:
            made = drawing.png(self._source, self.content)
        try:
            _write(self.path, made)
        except OSError as error:  # a full disk keeps nobody from reading
            logger.error("drawing %s not kept: %s", self.path.name, error)  # noqa: TRY400  no use for a traceback
        return made


def folder() -> Path:
    """Where drawings are kept."""
    return Path(settings.DATA_DIR) / "drawings"


def forget() -> int:
    """Delete all drawings; those that are asked for are made again. Safe to repeat.

    :return: How many were deleted.
    """
    return _delete(read_before=None)


def forget_unread() -> int:
    """Delete the drawings that nobody has read for a day: what they say may have changed. Safe to repeat.

    :return: How many were deleted.
    """
    return _delete(read_before=time.time() - UNREAD.total_seconds())


def _delete(*, read_before: float | None) -> int:
    gone = 0
    for file in folder().glob("*"):
        with suppress(FileNotFoundError):  # another process was faster
            if read_before is None or file.stat().st_mtime < read_before:
                file.unlink()
                gone += 1
    return gone


def _read(path: Path) -> bytes | None:
    """The file, and a note that it is read; None when it was not made yet."""
    try:
        made = path.read_bytes()
        if time.time() - path.stat().st_mtime > _TOUCHED_EVERY:
            path.touch()
    except OSError:
        return None
    return made


def _write(path: Path, made: bytes) -> None:
    """Put the whole file in place at once: no reader, in any process, ever meets half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(made)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
