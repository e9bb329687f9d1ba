"""What a page of the portal may cost whoever opens it, on every route of the demonstration, in a real browser."""

import pytest

from tests.browser.portal.visits import Visitor

pytestmark = pytest.mark.timeout(600)  # seconds: it loads a whole demonstration, then opens each page

READ_BY_ALL = {"collection", "home", "region", "list", "candidate", "principle", "resource", "resources"}
PAGE, STYLE, SCRIPT = 60_000, 15_000, 20_000  # bytes, as they travel
REQUESTS = 10
ELEMENTS = 800


def weighed(visit, route):
    """What is too heavy, in words."""
    if visit.weight("Stylesheet") > STYLE:
        yield f"{visit.weight('Stylesheet')} bytes of style, more than {STYLE}"
    if visit.weight("Script") > SCRIPT:
        yield f"{visit.weight('Script')} bytes of script, more than {SCRIPT}"
    if len(visit.files) > REQUESTS:
        yield f"{len(visit.files)} requests, more than {REQUESTS}: {[file.url for file in visit.files]}"
    if route in READ_BY_ALL and visit.weight() > PAGE:
        yield f"{visit.weight()} bytes in all, more than {PAGE}: {visit.biggest()}"
    if route in READ_BY_ALL and visit.elements >= ELEMENTS:
        yield f"{visit.elements} elements, {ELEMENTS} or more"


def seen(visit):
    """What the reader sees go wrong, in words."""
    if visit.status != 200:
        yield f"status {visit.status}"
    if visit.shift:
        yield f"moved by {visit.shift:.4f} while it was read: {sorted(set(visit.moved))}"
    if visit.wide > 0:
        yield f"{visit.wide} pixels too wide"
    if visit.cookies and not visit.forms:  # what is sent bears a key, which a cookie proves
        yield f"cookies on a page without a form to send: {visit.cookies}"
    yield from visit.complaints


@pytest.mark.parametrize("width", [390, 1280])
def test_every_page_is_light_steady_and_quiet(routes, portal, window, width):
    visitor = Visitor(window(width), portal)

    faults = []
    for path, route in routes.items():
        visit = visitor.open(path)
        if visit.shift:  # once may be the machine's, that stopped in the middle of a page; twice is the page's
            visit = visitor.open(path)
        faults += [f"{path}: {fault}" for fault in (*weighed(visit, route), *seen(visit))]

    assert set(routes.values()) >= READ_BY_ALL
    assert faults == []


# Buttons that only a script can serve are offered by it: what they do, the reader can do without.
SAID = """() => {
  for (const button of document.querySelectorAll("main [data-copy]")) button.remove();
  return document.querySelector("main").innerText;
}"""


def lines(page, url):
    page.goto(url)
    return page.evaluate(SAID).splitlines()


def test_every_page_says_the_same_without_a_script(routes, portal, window):
    with_scripts, without = (window(1280, java_script_enabled=enabled).new_page() for enabled in (True, False))

    faults = []
    for path in routes:
        # A page that bears the hour may be asked for on both sides of a minute, but not twice.
        for _attempt in range(2):
            one, other = (lines(page, portal + path) for page in (with_scripts, without))
            if one == other:
                break
        else:
            faults.append(f"{path}: {sorted(set(one) ^ set(other))[:3] or 'lines in another order'}")

    assert faults == []
