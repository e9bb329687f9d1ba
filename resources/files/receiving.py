"""From an upload to a file that may be kept, or a sentence that says why not."""

from dataclasses import dataclass
from typing import Any

from django.core.files.base import File

from resources.enums import FileFormat


class RefusedFileError(Exception):
    """A file that the portal does not take; the text says why, in French, to whoever sent it."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file as it will be kept, and what was read in it.

    ``content`` is open at its beginning; ``size`` is in bytes; ``page_count`` is None where pages mean nothing.
    """

    content: "File[bytes]"
    format: FileFormat
    size: int
    sha256: str
    page_count: int | None = None


def receive(upload: "File[Any]") -> Received:
    """Recognise a file by what it holds, and refuse what could harm a reader.

    :param upload: Whatever was sent; its name and declared type decide nothing.
    :raises RefusedFileError: With a sentence for whoever sent it.
    """
    raise NotImplementedError
