"""A file as it goes out: whole, or from where a cut download left it."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, http_date, parse_http_date_safe

from resources.enums import FileFormat

CHUNK = 64 * 1024  # bytes in memory at once
# A browser that is made to open one of these files, whatever it finds in it, runs nothing and asks nobody.
POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"

_OFFICE = "application/vnd.openxmlformats-officedocument"
CONTENT_TYPES = {
    FileFormat.PDF: "application/pdf",
    FileFormat.ODT: "application/vnd.oasis.opendocument.text",
    FileFormat.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    FileFormat.ODP: "application/vnd.oasis.opendocument.presentation",
    FileFormat.DOCX: f"{_OFFICE}.wordprocessingml.document",
    FileFormat.XLSX: f"{_OFFICE}.spreadsheetml.sheet",
    FileFormat.PPTX: f"{_OFFICE}.presentationml.presentation",
    FileFormat.PNG: "image/png",
    FileFormat.JPEG: "image/jpeg",
    FileFormat.WEBP: "image/webp",
    FileFormat.MP3: "audio/mpeg",
    FileFormat.MP4: "video/mp4",
}

_RANGE = re.compile(r"bytes=(?:(?P<first>\d{1,18})-(?P<last>\d{0,18})|-(?P<suffix>\d{1,18}))", re.ASCII)


class Stretch:
    """The bytes of a file from one place to another, read as they are sent; the file is closed with the answer."""

    def __init__(self, file: "File[bytes]", start: int, length: int) -> None:
        self.file = file
        self.start = start
        self.length = length

    def __iter__(self) -> Iterator[bytes]:
        self.file.seek(self.start)
        left = self.length
        while left:
            chunk = self.file.read(min(CHUNK, left))
            if not chunk:
                # The reader's browser sees that it lacks the end, and asks for it again.
                raise OSError("A file is shorter than what is known of it.")
            left -= len(chunk)
            yield chunk

    def close(self) -> None:
        self.file.close()


class BeyondError(Exception):
    """A stretch is asked for that begins after the end of the file."""


def asked_stretch(request: HttpRequest, size: int, etag: str, modified: datetime) -> tuple[int, int] | None:
    """The first byte that a request wants, and the one after the last; None for the whole file.

    Several stretches at once, and what is not understood, are answered by the whole, as the protocol admits.

    :raises BeyondError: If there is nothing there.
    """
    found = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if request.method != "GET" or not found or not _is_still(request.headers.get("If-Range", ""), etag, modified):
        return None
    first = max(0, size - int(found["suffix"])) if found["suffix"] else int(found["first"])
    last = min(int(found["last"] or size), size - 1)
    if found["last"] and int(found["last"]) < first:
        return None
    if first >= size:
        raise BeyondError
    return first, last + 1


def _is_still(condition: str, etag: str, modified: datetime) -> bool:
    """Whether the file is the one whose beginning the reader has (``If-Range``)."""
    if not condition or condition == etag:
        return True
    return parse_http_date_safe(condition) == int(modified.timestamp())


def answer(  # noqa: PLR0913  what a file is
    request: HttpRequest, *, open_file: Any, name: str, content_type: str, size: int, sha256: str, modified: datetime
) -> HttpResponseBase:
    """Give a file to be kept, or the stretch of it that is asked for, or the news that it has not changed.

    :param open_file: Called once, and only if its bytes are to be sent.
    """
    etag = f'"{sha256}"'
    unchanged = get_conditional_response(request, etag=etag, last_modified=int(modified.timestamp()))
    if unchanged is not None:
        return _described(unchanged, etag, modified)
    try:
        stretch = asked_stretch(request, size, etag, modified)
    except BeyondError:
        beyond = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        return _described(beyond, etag, modified)
    start, end = stretch or (0, size)
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(content_type=content_type)
    else:
        response = StreamingHttpResponse(Stretch(open_file(), start, end - start), content_type=content_type)
    response.headers["Content-Length"] = str(end - start)
    if stretch:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    response.headers["Content-Disposition"] = content_disposition_header(True, name)  # noqa: FBT003  Django's own
    return _described(response, etag, modified)


def _described(response: HttpResponseBase, etag: str, modified: datetime) -> HttpResponseBase:
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(modified.timestamp())
    response.headers["Accept-Ranges"] = "bytes"
    return guarded(response)


def guarded(response: HttpResponseBase) -> HttpResponseBase:
    """The same answer, that no browser takes for a page of ours, and that the page store leaves alone."""
    response.headers["Cache-Control"] = "no-cache"  # it may be kept, and is asked for again: then a 304
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
