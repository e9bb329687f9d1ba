"""Several resources in one zip, written while it is sent: what takes room is never whole in memory or on disk."""

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.files.base import File
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language

from resources.enums import Licence
from resources.files.serving import CHUNK
from resources.models import Resource, Version

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

# The most that the module zipfile writes in the plain form; beyond, the weight is not said beforehand.
_PLAIN = zipfile.ZIP64_LIMIT
_FROM = 1980  # a zip knows no earlier year


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the zip. ``pieces`` is called when its turn comes."""

    name: str
    size: int
    at: datetime
    pieces: Callable[[], Iterable[bytes]]

    @classmethod
    def text(cls, name: str, words: str, at: datetime) -> "Entry":
        content = words.encode()
        return cls(name, len(content), at, lambda: [content])

    @classmethod
    def of(cls, version: Version) -> "Entry":
        """The file of a version, as its storage gives it."""
        return cls(f"fichiers/{version.file_name}", version.size or 0, version.added_at, lambda: _pieces(version.file))


@dataclass(frozen=True, slots=True)
class Line:
    """What the table of contents says of a resource: where it is in the zip, or at which address."""

    resource: Resource
    version: Version
    file: str
    twin: str
    address: str

    @property
    def licence_address(self) -> str:
        return Licence(self.resource.licence).address


@dataclass(frozen=True, slots=True)
class Bundle:
    """A zip that is not written yet: its ``entries``, the table first, and the ``versions`` whose files it gives."""

    entries: Sequence[Entry]
    versions: Sequence[Version]

    @property
    def length(self) -> int | None:
        """How many bytes it will have; None for one so large that its form changes."""
        weight = sum(entry.size for entry in self.entries)
        around = sum(map(len, _zipped(Entry(entry.name, 0, entry.at, list) for entry in self.entries)))
        return weight + around if weight + around < _PLAIN else None

    def __iter__(self) -> Iterator[bytes]:
        return _zipped(self.entries)


def bundle(title: str, resources: Iterable[Resource], absolute: Callable[[str], str]) -> Bundle:
    """Gather what resources give today: their files, what is read without them, and a table of contents.

    :param resources: Loaded ``with_cards``; those that have no version yet are left out.
    :param absolute: Makes a whole address of a path: the zip is read elsewhere.
    """
    lines, files = [], []
    for resource in resources:
        version = resource.current
        if version is None:
            continue
        if version.file:
            files.append(Entry.of(version))
        lines.append(
            Line(
                resource,
                version,
                file=files[-1].name if version.file else "",
                twin=f"textes/{resource.slug}.txt" if version.twin else "",
                address=version.url or absolute(resource.get_absolute_url()),
            )
        )
    # Its own date is that of its latest version: the same resources make the same zip, to the byte.
    at = max((line.version.added_at for line in lines), default=timezone.now())
    shown = {"title": title, "lines": lines, "LANGUAGE_CODE": get_language() or "fr"}
    entries = [
        Entry.text("SOMMAIRE.txt", render_to_string("resources/bundle.txt", shown), at),
        Entry.text("sommaire.html", render_to_string("resources/bundle.html", shown), at),
        *(Entry.text(line.twin, line.version.twin, line.version.added_at) for line in lines if line.twin),
        *files,
    ]
    return Bundle(entries, [line.version for line in lines if line.version.file])


def _pieces(file: "File[bytes]") -> Iterator[bytes]:
    with file.open("rb") as opened:
        yield from opened.chunks(CHUNK)


def _zipped(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Write a zip piece by piece, each kept until it is sent. Nothing is compressed: these formats already are."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for entry in entries:
            local = timezone.localtime(entry.at)
            described = zipfile.ZipInfo(entry.name, (max(local.year, _FROM), *local.timetuple()[1:6]))
            described.file_size = entry.size  # whether the wide form is needed is known before the first byte
            described.external_attr = 0o644 << 16
            with archive.open(described, "w") as target:
                size = 0
                for piece in filter(None, entry.pieces()):  # nothing sent is the end, to a server that cuts in pieces
                    size += len(piece)
                    target.write(piece)
                    yield sink.taken()
            if size != entry.size:
                raise OSError(f"{entry.name}: {size} bytes instead of {entry.size}.")
    yield sink.taken()


class _Sink(io.RawIOBase):
    """What was written since it was last asked. It cannot go back: the zip is then written straight on."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: "ReadableBuffer") -> int:
        written = bytes(data)
        self._written.append(written)
        return len(written)

    def taken(self) -> bytes:
        taken = b"".join(self._written)
        self._written.clear()
        return taken
