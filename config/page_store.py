"""A store of public pages around the WSGI application: a page that is kept is answered without Django or a database.

Public pages are functions of their address, of the revision and of the minute (docs/adr/0017). Each process keeps its
own store, and asks the revision at most once a second.
"""

import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any, Self

from django.db import DatabaseError, connection

from config.encodings import IDENTITY, chosen, encoded
from regions.models import Revision

MAX_BYTES = 32 * 1024 * 1024  # of keys, headers and bodies, in each process: about a thousand pages
LONGEST = 300  # characters of what names a page: no host and no address of ours is longer
POLLED_EVERY = 1.0  # seconds: how late a page may be

type Key = tuple[str, ...]
type Version = tuple[int, int]
type Headers = list[tuple[str, str]]
type Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Form:
    """A page in one encoding, as it goes out again. Each has its own tag: a cache takes none of them for another."""

    headers: Headers
    body: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class Page:
    """An answer that is kept, in each encoding: it is compressed once, not for each reader."""

    forms: dict[str, Form]

    @classmethod
    def made(cls, headers: Headers, body: bytes) -> Self:
        """Compress an answer.

        :param headers: what the application said of it; its length is said again for each encoding.
        :param body: the whole of it, as the application made it.
        """
        mark = hashlib.sha256(body).hexdigest()[:32]
        shared = [header for header in headers if header[0].lower() != "content-length"]
        forms = {}
        for encoding, short in encoded(body).items():
            etag = f'"{mark}"' if encoding == IDENTITY else f'"{mark}-{encoding}"'
            own = [("ETag", etag), ("Vary", "Accept-Encoding"), ("Content-Length", str(len(short)))]
            if encoding != IDENTITY:
                own.append(("Content-Encoding", encoding))
            forms[encoding] = Form(shared + own, short, etag)
        return cls(forms)

    def asked_for(self, accepted: str) -> Form:
        """The page in the encoding that an ``Accept-Encoding`` prefers."""
        return self.forms[chosen(accepted, self.forms)]

    @property
    def size(self) -> int:
        """About what it takes in memory, in all its encodings."""
        lengths = (
            len(form.body) + sum(len(name) + len(value) for name, value in form.headers) for form in self.forms.values()
        )
        return sum(lengths) + 4 * LONGEST


class PageStore:
    """The WSGI application, and before it the pages it has already made.

    Whoever bears a cookie has just acted, or may act: they always get a page made for them, so they see at once what
    they changed. Everyone else sees it within a second.
    """

    def __init__(self, application: Application) -> None:
        self.application = application
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self._size = 0
        self._version: Version | None = None  # the revision and the minute that the pages are of
        self._revision = -1
        self._polled_at = float("-inf")
        self._lock = Lock()

    def __call__(self, request: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        version = self._current_version() if _may_be_kept(request) else None
        if version is None:
            return self.application(request, start_response)
        key = (request.get("wsgi.url_scheme", ""), *(request.get(name, "") for name in _IDENTITY))
        page = self._get(key, version) or self._make(key, version, request, start_response)
        if not isinstance(page, Page):
            return page
        form = page.asked_for(request.get("HTTP_ACCEPT_ENCODING", ""))
        if form.etag in request.get("HTTP_IF_NONE_MATCH", ""):
            start_response("304 Not Modified", [header for header in form.headers if header[0] in _KEPT_BY_304])
            return [b""]
        start_response("200 OK", form.headers)
        return [b"" if request["REQUEST_METHOD"] == "HEAD" else form.body]

    def _make(
        self,
        key: Key,
        version: Version,
        request: dict[str, Any],
        start_response: Callable[..., Any],
    ) -> Page | Iterable[bytes]:
        """Have the page made, and keep it if it is the same for everyone; anything else passes through."""
        if request["REQUEST_METHOD"] != "GET":
            return self.application(request, start_response)
        answer: list[Any] = []
        chunks = self.application(request, lambda *started: answer.extend(started))
        status, headers = answer[0], answer[1]
        names = {name.lower(): value for name, value in headers}
        public = names.get("cache-control", "").startswith("public")
        packed = names.get("content-type", "").startswith(_PACKED)
        if not status.startswith("200") or not public or packed or _OWN & names.keys():
            start_response(*answer)
            return chunks
        try:
            body = b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        page = Page.made(headers, body)
        self._keep(key, version, page)
        return page

    def _get(self, key: Key, version: Version) -> Page | None:
        with self._lock:
            if self._version != version:
                return None
            if page := self._pages.get(key):
                self._pages.move_to_end(key)
            return page

    def _keep(self, key: Key, version: Version, page: Page) -> None:
        with self._lock:
            if self._version != version:
                if self._version and version < self._version:
                    return  # made for a version that is over
                self._pages.clear()
                self._size, self._version = 0, version
            self._size += page.size - (self._pages[key].size if key in self._pages else 0)
            self._pages[key] = page
            while self._size > MAX_BYTES:
                _oldest, gone = self._pages.popitem(last=False)
                self._size -= gone.size

    def _current_version(self) -> Version | None:
        """The revision, polled at most once a second, and the minute: all that the calendar decides falls on one.

        :return: None when the database does not answer: the application says it better.
        """
        now = time.time()
        if not 0 <= now - self._polled_at < POLLED_EVERY:  # below 0: the clock was set back
            try:
                self._revision = Revision.current()
            except DatabaseError:
                return None
            finally:
                connection.close()  # back to the pool: no request will end here, and do it
            self._polled_at = now
        return self._revision, int(now // 60)


# What an answer depends on. A proxy of ours says the scheme in a header.
_IDENTITY = ("HTTP_HOST", "HTTP_X_FORWARDED_PROTO", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING")
# The filters of a matrix, the doors of the resources: a few dozen for each page, and nobody's words.
_FILTER = re.compile(
    r"(?:principe=[1-9])?&?(?:reponse=[a-z-]{1,15})?|public=(?:candidats|citoyens|reseaux|presse)", re.ASCII
)
# An answer that is one person's, or that has already been given its form: it passes as it is.
_OWN = {"set-cookie", "vary", "content-encoding"}
# Drawings are kept as files already: here they would push out a hundred pages, and compressing them gains nothing.
_PACKED = ("application/pdf", "image/png")
_KEPT_BY_304 = {"Cache-Control", "ETag", "Vary", "Content-Security-Policy", "Strict-Transport-Security"}


def _may_be_kept(request: dict[str, Any]) -> bool:
    """Whether a request is a reader's: it asks for an address, filtered at most, and bears nothing of its own.

    What someone searches is not kept: the words are theirs, and as many as they like.
    """
    return bool(
        request["REQUEST_METHOD"] in {"GET", "HEAD"}
        and not request.get("HTTP_COOKIE")
        and _FILTER.fullmatch(request.get("QUERY_STRING", ""))
        and not request.get("HTTP_AUTHORIZATION")
        and all(len(request.get(name, "")) <= LONGEST for name in _IDENTITY)
    )
