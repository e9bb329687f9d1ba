"""What people do in a browser, in one call each."""

import re

from playwright.sync_api import expect

from tests.browser.accessibility import DARK, LIGHT, WIDTHS, faults
from tests.browser.html_pages import keep_source

# Each width once, and each set of colours once: every route of the portal is tried in all of them elsewhere.
NARROW = ((min(WIDTHS), LIGHT), (min(WIDTHS), DARK))
WIDE = ((768, LIGHT), (1280, DARK))


def fits_and_is_accessible(page):
    """Nothing overflows to the side, and axe finds nothing, once the page that a click asked for is there.

    Its source goes to the validator of HTML.
    On a telephone narrower than this one, light and dark; or on a tablet in the light and on a desk in the dark.
    """
    page.wait_for_load_state()
    keep_source(page)
    found = faults(page, NARROW if page.viewport_size["width"] < WIDE[0][0] else WIDE)
    assert found == [], "\n".join([page.url, *found])


def heading(page):
    return page.get_by_role("heading", level=1)


def go_on(page):
    page.get_by_role("button", name="Continuer").click()


def answer_all(page, *, first="Je m’engage", others="Je ne réponds pas", words=""):
    """Answer the five principles, one page each, and arrive at « Qui signe »."""
    for answer in [first, *[others] * 4]:
        page.get_by_role("radio", name=answer, exact=True).check()
        if words and answer == first:
            page.get_by_label("Vos mots").fill(words)
        go_on(page)
    expect(heading(page)).to_have_text("Qui signe")


def read_then_press(page):
    """Press « Signer », as late as a person who reads: sooner, it is refused."""
    page.wait_for_timeout(2_000)  # milliseconds
    page.get_by_role("button", name="Signer", exact=True).click()


def send(page, *, consents=True):
    """On the last page: agree, and sign."""
    if consents:
        page.get_by_role("checkbox").first.check()
    read_then_press(page)
    expect(heading(page)).to_have_text("Il reste à confirmer")


def link_in(message, word="confirmer"):
    """The link that a mail carries."""
    [link] = set(re.findall(rf"https?://\S+/signer/{word}/[\w-]{{43}}/", message.get_body(("plain",)).get_content()))
    return link


def confirm(page, link, *, consents=False):
    """Open the link of a mail, and confirm."""
    page.goto(link)
    for box in page.get_by_role("checkbox").all()[: 2 if consents else 1]:
        box.check()
    page.get_by_role("button", name="Confirmer ma signature").click()
    expect(heading(page)).to_have_text("Votre signature est confirmée")
