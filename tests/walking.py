"""The portal as a reader walks it: from the home page, by the links of each page."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.translation import override

PER_ROUTE = 12  # pages of each route in each language: those after look like those before
ELSEWHERE = ("/admin/", "/signer/", "/verifier/", "/demonstration/")  # what is done or for us, not read


class Answer(NamedTuple):
    """What a server said to a path. Only a page has a text: sheets, pictures and tables are not walked through."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_page(self) -> bool:
        return self.headers["Content-Type"].startswith("text/html")

    @property
    def text(self) -> str:
        return self.body.decode()


class Page(HTMLParser):
    """What a test wants to know of a page: its elements, ids, links, needed files, title, words, what bears no name."""

    def __init__(self, html):
        super().__init__()
        self.ids, self.tags = Counter(), Counter()
        self.links, self.needed, self.heads, self.nameless = [], [], [], []
        self.title = self.description = ""
        self.language, self.others = "", {}  # its own, then the address that it gives in each
        self.words = []  # what is read or heard, that no element marks as French
        self._lang = []  # the elements we are in that name their language: [tag, language, those of the tag inside]
        self._open = []  # the links and buttons we are in: [tag, whether something names it]
        self._in_title = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags[tag] += 1
        if "id" in attrs:
            self.ids[attrs["id"]] += 1
        self._enter(tag, attrs)
        self._address(tag, attrs)
        if tag == "meta" and attrs.get("name") == "description":
            self.description = attrs["content"]
        label = (attrs.get("aria-label") or attrs.get("title") or attrs.get("alt") or "").strip()
        if tag == "img" and "alt" not in attrs:
            self.nameless.append(attrs.get("src"))
        if tag == "svg" and not (attrs.get("aria-hidden") == "true" or label or attrs.get("aria-labelledby")):
            self.nameless.append(f"svg {attrs}")
        if label and self._open:
            self._open[-1][1] = True
        if tag in {"a", "button"}:
            self._open.append([tag, bool(label or attrs.get("aria-labelledby")), attrs])
        self._in_title = self._in_title or (tag == "title" and not self.title)

    def _enter(self, tag, attrs):
        if tag == "html":
            self.language = attrs.get("lang")
        if self._lang and self._lang[-1][0] == tag:
            self._lang[-1][2] += 1
        if "lang" in attrs:
            self._lang.append([tag, attrs["lang"], 0])
        names = {"aria-label", "title", "alt", "placeholder"} | (
            {"content"} if attrs.get("name") == "description" else set()
        )
        for name in names & attrs.keys():
            self._hear(attrs[name])

    def _hear(self, text):
        if (
            text
            and text.strip()
            and self._lang
            and self._lang[-1][1] != "fr"
            and self.lasttag not in {"script", "style"}
        ):
            self.words.append(" ".join(text.split()))

    def _address(self, tag, attrs):
        if tag == "link":
            rel = attrs.get("rel")
            if "hreflang" in attrs:
                self.others[attrs["hreflang"]] = attrs["href"]
            (self.needed if rel in {"stylesheet", "icon"} else self.heads).append(attrs["href"])
        elif tag in {"script", "img"} and "src" in attrs:
            self.needed.append(attrs["src"])
        elif tag == "a" and "href" in attrs:
            self.links.append(attrs["href"])

    def handle_data(self, data):
        self._hear(data)
        if self._in_title:
            self.title += data
        if data.strip() and self._open:
            self._open[-1][1] = True

    def handle_endtag(self, tag):
        if tag == "title":
            self._in_title = False
        if self._lang and self._lang[-1][0] == tag:
            self._lang[-1][2] -= 1
            if self._lang[-1][2] < 0:
                self._lang.pop()
        if self._open and self._open[-1][0] == tag:
            _tag, named, attrs = self._open.pop()
            if not named:
                self.nameless.append(f"{tag} {attrs}")


class Walk:
    """Every page met from the home page: ``pages`` by path, ``routes`` and ``statuses`` likewise, ``anchors`` asked;
    ``personal`` are those that set a cookie, or vary.

    :param get: asks a server for a path, and follows where it sends.
    :param site: how this server names itself: what starts with it is ours.
    :param per_route: how many pages of each route, in each language.
    """

    def __init__(self, get: Callable[[str], Answer], site: str, per_route: int = PER_ROUTE):
        self.get, self.site, self.per_route = get, site, per_route
        self.pages, self.routes, self.statuses = {}, {}, {}
        self.anchors, self.foreign, self.personal = set(), set(), set()
        self._counts = defaultdict(int)
        queue = ["/"]
        while queue:
            path = queue.pop(0)
            if path not in self.statuses and self._wanted(path):
                queue += self._visit(path)

    def sample(self, count: int) -> dict[str, str]:
        """The first pages of each route, in each language, with and without a question: their route by path."""
        kinds, chosen = Counter(), {}
        for path in self.pages:
            kind = self._kind(path)
            kinds[kind] += 1
            if kinds[kind] <= count:
                chosen[path] = self.routes[path]
        return chosen

    def _kind(self, path):
        return self.routes[path], path.startswith("/en/"), "?" in path

    def _wanted(self, path):
        if path.startswith((*ELSEWHERE, settings.STATIC_URL)):
            return False
        with override("en" if path.startswith("/en/") else "fr"):  # the prefix of an address follows the language
            try:
                route = resolve(urlsplit(path).path).view_name
            except Resolver404:
                route = ""
        self.routes[path] = route
        self._counts[self._kind(path)] += 1
        return not route or self._counts[self._kind(path)] <= self.per_route

    def _visit(self, path):
        answer = self.get(path)
        self.statuses[path] = answer.status
        if not answer.is_page:
            return []
        page = self.pages[path] = Page(answer.text)
        if {"Set-Cookie", "Vary"} & set(answer.headers):
            self.personal.add(path)
        links = [self._local(path, link) for link in page.links + page.heads]
        self.foreign |= {(path, link) for link in page.needed if urlsplit(link).netloc or not link.startswith("/")}
        return [link for link in links if link]

    def _local(self, path, link):
        """The path and query of an address of ours, whose anchor is noted; None of one that is not ours."""
        whole = urlsplit(urljoin(f"{self.site}{path}", link))
        if f"{whole.scheme}://{whole.netloc}" != self.site:
            return None
        target = whole.path + (f"?{whole.query}" if whole.query else "")
        if whole.fragment:
            self.anchors.add((path, target, unquote(whole.fragment)))
        return target
