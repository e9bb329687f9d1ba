"""`make screenshots`: the pictures of the README, from a new demonstration or from the one whose address is given."""

import base64
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from launch import ROOT, stop
from playwright.sync_api import Browser, Page, sync_playwright
from run_tests import find_browser

FOLDER = ROOT / "docs" / "images"
MOST_BYTES = 80_000  # a README is read on the road too
PATIENCE = 300  # seconds: a demonstration is loaded in half a minute on a quiet machine
PORT = "8199"
SIGNED = "tr:has(.answer--commits) th a[href*='/listes/']"


@dataclass(frozen=True)
class Picture:
    """One page, in a window of this size: ``density`` pixels for each of CSS, and light or dark."""

    name: str
    path: str
    width: int
    height: int
    colours: Literal["light", "dark"] = "light"
    density: float = 1


PICTURES = (
    Picture("accueil-telephone", "/", 390, 976, density=1.5),
    Picture("region", "/regions/normandie/", 1280, 1240),
    Picture("comparaison-sombre", "/comparer/?listes={}&listes={}", 1280, 1240, colours="dark"),
)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/sante/", timeout=5):
            return True
    except OSError:
        return False


@contextmanager
def demonstration() -> Iterator[str]:
    """Where a demonstration answers: the one of the command line, or a new one, ended on the way out."""
    if len(sys.argv) > 1:
        yield sys.argv[1].rstrip("/")
        return
    url = f"http://127.0.0.1:{PORT}"
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"PORT": PORT, "DEMO_DATA_DIR": folder, "RESET": "0"}
        process = subprocess.Popen([sys.executable, str(ROOT / "bin" / "demo.py")], env=environment)
        try:
            deadline = time.monotonic() + PATIENCE
            while not answers(url):
                if process.poll() is not None or time.monotonic() > deadline:
                    stop("La démonstration n’a pas démarré : `make demo` dit pourquoi.")
                time.sleep(0.5)
            yield url
        finally:
            process.terminate()
            process.wait(20)


def two_who_signed(page: Page, url: str) -> list[str]:
    """The keys of two lists that have words to compare."""
    page.goto(f"{url}/regions/normandie/")
    links = [link.get_attribute("href") or "" for link in page.locator(SIGNED).all()]
    return [link.split("/listes/")[1].partition("-")[0] for link in links[:2]]


def take(browser: Browser, url: str, picture: Picture) -> None:
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        device_scale_factor=picture.density,
        color_scheme=picture.colours,
        locale="fr-FR",
    )
    page = context.new_page()
    path = picture.path.format(*two_who_signed(page, url)) if "{}" in picture.path else picture.path
    page.goto(url + path, wait_until="networkidle")
    # Playwright's own call knows PNG and JPEG: four times as heavy, or blurred.
    shot = context.new_cdp_session(page).send("Page.captureScreenshot", {"format": "webp", "quality": 70})
    picture_bytes = base64.b64decode(shot["data"])
    if len(picture_bytes) > MOST_BYTES:
        stop(f"{picture.name} pèse {len(picture_bytes)} octets, plus de {MOST_BYTES} : réduisez sa fenêtre.")
    file = FOLDER / f"{picture.name}.webp"
    file.write_bytes(picture_bytes)
    print(f"{file.relative_to(ROOT)} : {len(picture_bytes)} octets", flush=True)
    context.close()


def main() -> None:
    executable = find_browser()
    if not executable:
        stop("Il manque Chromium à cette machine (sur Debian ou Ubuntu : sudo apt-get install chromium).")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demonstration() as url, sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        for picture in PICTURES:
            take(browser, url, picture)
        browser.close()


if __name__ == "__main__":
    main()
