"""What axe finds in a page, in each of the ways in which people look at it, said in words."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDTHS = (320, 768, 1280)
# axe lies in the page already where a script brought it there: half a megabyte, sent once a page.
RUN = """async () => {
  const over = document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime !== Infinity);
  const still = Promise.allSettled(over.map((one) => one.finished));  // a colour on its way is no colour to judge
  await Promise.race([still, new Promise((done) => setTimeout(done, 2000))]);  // one taken back may never finish
  const {violations} = await axe.run({resultTypes: ["violations"]});
  return violations.flatMap(({id, nodes}) => nodes.map((node) =>
    `${id}: ${node.html.slice(0, 200)} (${node.failureSummary.split("\\n").slice(1).join(" ").trim().slice(0, 300)})`));
}"""


class Look(NamedTuple):
    """A way to look at a page: its colours, and whether things may move."""

    colours: str
    motion: str = "no-preference"

    def __str__(self) -> str:
        return self.colours if self.motion == "no-preference" else f"{self.colours}, reduced motion"


LIGHT, DARK, STILL = Look("light"), Look("dark"), Look("light", "reduce")


def faults(page: Page, views: Iterable[tuple[int, Look]]) -> list[str]:
    """What is wrong in the page as it stands, which is left as it was found.

    :param views: the widths to try, in pixels, each with how it is looked at.
    :return: where, which rule of axe, which element and why; and where the page is wider than the window.
    """
    size: Any = page.viewport_size
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = []
    for width, look in views:
        page.set_viewport_size({"width": width, "height": size["height"]})
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"at {width} px: the page is wider than the window")
        page.emulate_media(color_scheme=look.colours, reduced_motion=look.motion)  # type: ignore[arg-type]
        found += [f"at {width} px, {look}: {fault}" for fault in page.evaluate(RUN)]
    page.set_viewport_size(size)
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    return found
