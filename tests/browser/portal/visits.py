"""One page opened with nothing in cache, and what that cost: bytes, requests, elements, shifts, complaints."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from playwright.sync_api import BrowserContext

# Before any script of the page: what a browser tells of itself only to who listens from the start.
LISTEN = """
window.seen = {shift: 0, moved: [], refused: []};
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    window.seen.shift += entry.value;
    for (const source of entry.sources) window.seen.moved.push(source.node?.className || source.node?.nodeName);
  }
}).observe({type: "layout-shift", buffered: true});
addEventListener("securitypolicyviolation", (event) =>
  window.seen.refused.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""
# Two pictures later, what a late style or script moves has moved.
TELL = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50))));
  const count = (what) => document.querySelectorAll(what).length;
  return {...window.seen, forms: count("form[method=post]"), elements: count("*"),
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth};
}"""


class File(NamedTuple):
    """What one request brought, in bytes as they came: headers and compressed body."""

    url: str
    kind: str
    size: int


@dataclass
class Visit:
    """What opening a page brought."""

    status: int = 0
    files: list[File] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)
    forms: int = 0
    elements: int = 0
    shift: float = 0
    moved: list[str] = field(default_factory=list)
    wide: int = 0

    def weight(self, *kinds: str) -> int:
        return sum(file.size for file in self.files if not kinds or file.kind in kinds)

    def biggest(self) -> str:
        by_kind: Counter[str] = Counter()
        for file in self.files:
            by_kind[file.kind] += file.size
        return ", ".join(f"{kind} {size}" for kind, size in by_kind.most_common())


class Visitor:
    """Opens pages one after the other in one window, each as if for the first time."""

    def __init__(self, context: BrowserContext, site: str):
        self.site = site
        self.page = context.new_page()
        self.page.add_init_script(LISTEN)
        self.visit = Visit()
        self._asked: dict[str, tuple[str, str]] = {}
        protocol = context.new_cdp_session(self.page)
        protocol.send("Network.enable")
        protocol.send("Network.setCacheDisabled", {"cacheDisabled": True})
        protocol.on("Network.requestWillBeSent", self._asks)
        protocol.on("Network.loadingFinished", self._receives)
        protocol.on("Network.loadingFailed", lambda event: self._complain(f"request failed: {event['errorText']}"))
        self.page.on("pageerror", lambda error: self._complain(f"script error: {error}"))
        self.page.on("console", self._hears)

    def open(self, path: str) -> Visit:
        self.visit = visit = Visit()
        self.page.context.clear_cookies()
        response = self.page.goto(self.site + path, wait_until="load")
        visit.status = response.status if response else 0
        told = self.page.evaluate(TELL)
        for name in ("forms", "elements", "shift", "moved", "wide"):
            setattr(visit, name, told[name])
        visit.complaints += [f"refused by the security policy: {refused}" for refused in told["refused"]]
        visit.cookies = [cookie.get("name", "") for cookie in self.page.context.cookies()]
        return visit

    def _asks(self, event: dict[str, Any]) -> None:
        url = event["request"]["url"]
        self._asked[event["requestId"]] = url, event.get("type", "")
        if not url.startswith((f"{self.site}/", "data:", "blob:")):
            self._complain(f"asked another host: {url}")

    def _receives(self, event: dict[str, Any]) -> None:
        url, kind = self._asked[event["requestId"]]
        self.visit.files.append(File(url, kind, event["encodedDataLength"]))

    def _hears(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self._complain(f"console: {message.text}")

    def _complain(self, words: str) -> None:
        self.visit.complaints.append(words)
