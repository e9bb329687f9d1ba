"""The HTML of pages, kept as the server wrote it for the validator that `make test` runs once on all of them.

HTML_DIR names the folder; where it is not set, nothing is kept.
"""

import hashlib
import os
import re
from pathlib import Path
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from playwright.sync_api import BrowserContext, Page, Response

_documents: WeakKeyDictionary[Page, Response] = WeakKeyDictionary()


def watch(context: BrowserContext) -> None:
    """Note what each page of a window was made from."""
    context.on("response", _note)


def _note(response: Response) -> None:
    if response.request.is_navigation_request() and response.frame.parent_frame is None:
        _documents[response.frame.page] = response


def keep_source(page: Page) -> None:
    """Keep what the server sent for the page as it stands, an answer to a form included."""
    if "HTML_DIR" in os.environ and page in _documents:
        keep(page.url, _documents[page].text())


def keep(url: str, html: str) -> None:
    """Keep a page, under a name that says its address: twice the same is once."""
    if "HTML_DIR" not in os.environ:
        return
    whole = urlsplit(url)
    address = re.sub(r"[^\w.?=&-]+", "~", whole.path + (f"?{whole.query}" if whole.query else ""))
    digest = hashlib.sha256(html.encode()).hexdigest()[:8]
    (Path(os.environ["HTML_DIR"]) / f"{address[:120]} {digest}.html").write_text(html, encoding="utf-8")
