"""The demonstration under its real server, loaded once for all processes, and one browser window for each size.

PORTAL_URL measures a portal that runs already, such as that of `make demo`, instead of loading one.
"""

import fcntl
import json
import os
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.html_pages import keep
from tests.serving import prepare, production, served
from tests.walking import Answer, Walk

VISITED = 2  # pages of each route, in each language, that a browser opens: the walk without it sees more of them


@pytest.fixture(autouse=True)
def quiet_pages() -> None:
    """The visits count what is not quiet themselves, page by page."""


def ask(site: str, path: str) -> Answer:
    """Get a page without a browser; its source goes to the validator of HTML."""
    try:
        response = urllib.request.urlopen(site + path, timeout=30)
    except urllib.error.HTTPError as refusal:
        response = refusal
    with response:
        answer = Answer(response.status, response.headers["Content-Type"])
        if answer.is_page:
            answer = answer._replace(text=response.read().decode())
            keep(path, answer.text)
    return answer


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shared by the processes of one run."""
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "demonstration"
    shared.mkdir(exist_ok=True)
    return shared


@pytest.fixture(scope="session")
def portal(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the demonstration answers. The first process loads it; each serves it for itself."""
    if "PORTAL_URL" in os.environ:
        yield os.environ["PORTAL_URL"].rstrip("/")
        return
    variables = production(folder, DEMO="1", TASKS_BACKEND="immediate", SECOND_FACTOR="0", WEB_CONCURRENCY="1")
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "loaded").exists():
            prepare(variables, ["load_demo"])
            (folder / "loaded").touch()
    with served(variables, tmp_path_factory.mktemp("server") / "log") as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def routes(folder: Path, portal: str) -> dict[str, str]:
    """The pages to visit: the route of each, by its path, in the order in which a reader meets them."""
    found = folder / "routes.json"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not found.exists():
            found.write_text(json.dumps(Walk(partial(ask, portal), portal).sample(VISITED) | behind_forms(portal)))
    return json.loads(found.read_text())


def behind_forms(portal: str) -> dict[str, str]:
    """What no link leads to: the answers to a question, and the cards that other sites show."""
    table = ask(portal, "/regions/normandie/").text
    first, second = re.findall(r'name="listes" value="(\d+)"', table)[:2]
    questions = ["?listes=" + first, f"?listes={first}&listes={second}"]
    searches = ["?q=01410", "?q=zzzz", "?q=ESSAI"]  # a choice, nothing, people
    routes = {f"/comparer/{question}": "compare" for question in questions}
    routes |= {f"/recherche/{question}": "search" for question in searches}
    routes[f"/integrer/listes/{first}/"] = "embed-list"
    for path in routes:
        ask(portal, path)
    return routes


@pytest.fixture(scope="session")
def window(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Any]:
    """Open a window that stays open: ``window(390)``, ``window(1280, java_script_enabled=False)``."""
    opened: list[BrowserContext] = []

    def open_window(width: int, **options: Any) -> BrowserContext:
        size = {"width": width, "height": 844 if width < 500 else 900}
        opened.append(browser.new_context(**browser_context_args | {"viewport": size} | options))
        return opened[-1]

    yield open_window
    for context in opened:
        context.close()
