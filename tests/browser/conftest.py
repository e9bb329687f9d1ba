"""The pages in headless Chromium: Debian's own, nothing downloaded, nothing asked of another host."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser import html_pages

# Playwright keeps an event loop in the test's thread, where Django would refuse every query.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    executable = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not executable:
        pytest.fail("No Chromium or Chrome on this machine: `make test` installs one, or says how.", pytrace=False)
    return browser_type_launch_args | {
        "executable_path": executable,
        "args": [
            "--no-sandbox",  # the tests run as root in CI, where Chromium's sandbox does not start
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return browser_context_args | {"locale": "fr-FR", "timezone_id": "Europe/Paris"}


@pytest.fixture(autouse=True)
def quiet_pages(context: Any, live_server: Any) -> Iterator[None]:
    """Fail a test whose pages ask another host for anything, break our security policy, or have a faulty script."""
    faults: list[str] = []

    def look_at(request: Any) -> None:
        if not request.url.startswith((live_server.url, "data:", "blob:")):
            faults.append(f"asked another host: {request.url}")

    html_pages.watch(context)
    context.on("request", look_at)
    context.on("weberror", lambda error: faults.append(f"script error: {error.error}"))
    context.on(
        "console",
        lambda message: faults.append(f"console: {message.text}") if "Content Security" in message.text else None,
    )
    yield
    assert faults == []
