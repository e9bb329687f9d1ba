"""What an examination found, and what it may read."""

from dataclasses import dataclass
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may be kept. ``page_count`` is None where pages mean nothing; ``rewritten`` says it was made anew."""

    format: str
    page_count: int | None = None
    rewritten: bool = False


def length(file: BinaryIO) -> int:
    """How many bytes a file holds; it is left at its beginning."""
    size = file.seek(0, 2)
    file.seek(0)
    return size


def is_archive_too(file: BinaryIO) -> bool:
    """Whether a reader of zips, who begins at the end, would find an archive in it."""
    import zipfile  # noqa: PLC0415  each examination loads what it needs

    found = zipfile.is_zipfile(file)
    file.seek(0)
    return found
