"""Cards in the pages of other sites: framed there they are read; nothing else of the portal may be framed."""

import threading
from functools import partial
from html import escape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

pytestmark = pytest.mark.timeout(600)  # seconds: it loads a whole demonstration

CARDS = {"embed-region", "embed-list"}
REFUSED = "chrome-error://chromewebdata/"


class Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_words):
        pass


@pytest.fixture
def elsewhere(tmp_path):
    """Another site: what is written in this folder answers there."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=tmp_path))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield tmp_path, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_cards_alone_are_read_in_a_sandbox_of_another_site(routes, portal, window, elsewhere):
    folder, site = elsewhere
    extra = ["/signer/", "/verifier/", "/admin/login/", "/nulle-part/"]
    frames = [
        f'<iframe sandbox src="{escape(portal + path)}" title="{escape(path)}"></iframe>' for path in [*routes, *extra]
    ]
    (folder / "index.html").write_text(f"<!doctype html><title>Ailleurs</title>{''.join(frames)}")
    page = window(1280).new_page()

    page.goto(f"{site}/index.html")

    shown, empty = set(), set()
    for frame in page.frames[1:]:
        if frame.url != REFUSED:
            path = frame.url.removeprefix(portal)
            shown.add(path)
            if "démonstration" not in frame.locator("main").inner_text().lower():
                empty.add(path)
    assert shown == {path for path, route in routes.items() if route in CARDS}
    assert {routes[path] for path in shown} == CARDS
    assert empty == set()
