"""From an upload to a file that may be kept, or a sentence that says why not."""

import hashlib
import json
import logging
import re
import subprocess
import sys
import tempfile
import weakref
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings
from django.core.files.base import File
from django.utils.translation import gettext

from resources.enums import FileFormat
from resources.examining.families import HEAD, MEGABYTE, Family, family_of
from resources.examining.found import Found
from resources.examining.refusal import Refusal, _

logger = logging.getLogger(__name__)

PATIENCE = 60  # seconds for an examination, whatever it does; its own time of computing is counted apart
# Two separators of folders, what cannot be seen, and what makes a name read backwards.
_MISLEADING = re.compile(r"[/\\\x00-\x1f\x7f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SUFFIX = re.compile(r"\.(?=\w*[^\W\d])(\w{1,10})$")  # « guide 2.1 » has none
# How else the names of these formats end.
_ALSO = {"jpeg": FileFormat.JPEG, "jpe": FileFormat.JPEG, "m4v": FileFormat.MP4}
_LONGEST_ANSWER = 4096  # bytes
SHOWN = 60  # characters of a name, in a sentence


class RefusedFileError(Exception):
    """A file that the portal does not take; the text says why, in French, to whoever sent it."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file as it will be kept, and what was read in it.

    ``content`` is open at its beginning, on a file that has no name: it leaves the disk when nobody holds it any more.
    ``size`` is in bytes; ``page_count`` is None where pages mean nothing.
    """

    content: "File[bytes]"
    format: FileFormat
    size: int
    sha256: str
    page_count: int | None = None


def receive(upload: "File[Any]") -> Received:
    """Recognise a file by what it holds, and refuse what could harm a reader.

    :param upload: Whatever was sent; its declared type decides nothing, and its name only refuses.
    :raises RefusedFileError: With a sentence for whoever sent it.
    """
    name = upload.name or ""
    try:
        return _received(upload, name)
    except Refusal as refusal:
        reason = gettext(refusal.reason) % refusal.values if refusal.values else gettext(refusal.reason)
        raise RefusedFileError(_sentence(name, reason)) from refusal


def _received(upload: "File[Any]", name: str) -> Received:
    if _MISLEADING.search(name):
        raise Refusal(_("son nom contient des signes trompeurs. Renommez-le avec des lettres et des chiffres."))
    copy, family = _copied(upload)
    out = _nameless()
    found = _examined(copy, family, out)
    kind = FileFormat(found.format)
    suffix = _SUFFIX.search(name.lower())
    if suffix and _ALSO.get(suffix[1], suffix[1]) != kind:
        raise Refusal(
            _("son nom finit par « .%(suffix)s », mais son contenu est du %(kind)s. Renommez-le, ou vérifiez-le."),
            suffix=suffix[1],
            kind=str(kind.label),
        )
    content = out if found.rewritten else copy
    fingerprint, size = hashlib.sha256(), 0
    for chunk in content.chunks():
        fingerprint.update(chunk)
        size += len(chunk)
    content.seek(0)
    return Received(content, kind, size, fingerprint.hexdigest(), found.page_count)


def _sentence(name: str, reason: str) -> str:
    shown = _MISLEADING.sub("·", name)
    if len(shown) > SHOWN:
        shown = f"{shown[: SHOWN // 2]}…{shown[-SHOWN // 2 :]}"
    if not shown:
        return gettext("Ce fichier est refusé : %(reason)s") % {"reason": reason}
    return gettext("« %(name)s » est refusé : %(reason)s") % {"name": shown, "reason": reason}


def _nameless() -> "File[bytes]":
    """A file on disk that no folder names: whatever happens, nothing of it stays."""
    file: IO[bytes] = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115  closed just below
    wrapped = File(file, name="")
    weakref.finalize(wrapped, file.close)
    return wrapped


def _copied(upload: "File[Any]") -> tuple["File[bytes]", Family]:
    """What was sent, once: as much of it as its family may weigh, and not a byte more."""
    copy, family, size = _nameless(), None, 0
    upload.seek(0)
    for chunk in upload.chunks(64 * 1024):
        if family is None:
            family = family_of(chunk[:HEAD])
        size += len(chunk)
        if size > family.limit:
            raise Refusal(
                _("il pèse plus de %(most)d Mo, la limite pour ce genre de fichier. Allégez-le."),
                most=family.limit // MEGABYTE,
            )
        copy.write(chunk)
    if family is None:
        raise Refusal(_("il est vide."))
    copy.flush()
    copy.seek(0)
    return copy, family


def _examined(copy: "File[bytes]", family: Family, out: "File[bytes]") -> Found:
    """Have a file judged by a process that knows no secret, and may take little time and memory.

    :raises Refusal: With its reason, or because it did not answer.
    """
    with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as answer:
        try:
            status = subprocess.run(  # noqa: S603  our own program, and no word of a visitor's
                [sys.executable, "-m", "resources.examining", family, str(out.fileno())],
                cwd=settings.BASE_DIR,
                env={"LC_ALL": "C.UTF-8"},
                stdin=copy.fileno(),
                stdout=answer,
                stderr=subprocess.DEVNULL,
                pass_fds=[out.fileno()],
                timeout=PATIENCE,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            status = None
        answer.seek(0)
        said = json.loads(answer.read(_LONGEST_ANSWER)) if status == 0 else {}
    if "reason" in said:
        raise Refusal(said["reason"], **said["values"])
    if not said:
        logger.warning("The examination of a file (%s) ended with %s.", family, status)
        raise Refusal(_("son examen n’a pas abouti. Il est abîmé, ou trop lourd à ouvrir."))
    return Found(**said)
