"""Every route of the demonstration for whoever sees or moves otherwise: axe at three widths, light, dark and still."""

import pytest

from tests.browser.accessibility import DARK, LIGHT, STILL, WIDTHS, faults

pytestmark = pytest.mark.timeout(600)  # seconds: axe on each page, twice or more


# One look each width would be enough to find a picture that moves; the widest shows the most pictures.
LOOKS = dict.fromkeys(WIDTHS, (LIGHT, DARK)) | {max(WIDTHS): (LIGHT, DARK, STILL)}


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_on_any_route(routes, portal, window, width):
    page = window(width).new_page()
    seen = set()

    found = []
    for path, route in routes.items():
        if path.startswith("/en/"):  # the same elements
            continue
        # The first page of a route in every look; the next ones, which have its colours and pictures, in the light.
        looks = LOOKS[width] if route not in seen else (LIGHT,)
        seen.add(route)
        page.goto(portal + path)
        found += [f"{path} {fault}" for fault in faults(page, [(width, look) for look in looks])]

    assert found == []
