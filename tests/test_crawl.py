"""The whole demonstration as a reader walks it: every link of every page."""

from collections import Counter, defaultdict
from html.parser import HTMLParser
from io import StringIO
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from django.urls import Resolver404, resolve
from django.utils.translation import override

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]  # it loads a whole demonstration

PER_ROUTE = 12  # pages of each route in each language: those after look like those before
ELSEWHERE = ("/admin/", "/signer/", "/verifier/")  # what is done, not read
HEAVY = {"home", "region", "list", "principle", "resources"}
ELEMENTS = 800


class Page(HTMLParser):
    """What a test wants to know of a page: its elements, ids, links, needed files, title, and what bears no name."""

    def __init__(self, html):
        super().__init__()
        self.ids, self.tags = Counter(), Counter()
        self.links, self.needed, self.heads, self.nameless = [], [], [], []
        self.title = ""
        self._open = []  # the links and buttons we are in: [tag, whether something names it]
        self._in_title = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags[tag] += 1
        if "id" in attrs:
            self.ids[attrs["id"]] += 1
        self._address(tag, attrs)
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

    def _address(self, tag, attrs):
        if tag == "link":
            rel = attrs.get("rel")
            (self.needed if rel in {"stylesheet", "icon"} else self.heads).append(attrs["href"])
        elif tag in {"script", "img"} and "src" in attrs:
            self.needed.append(attrs["src"])
        elif tag == "a" and "href" in attrs:
            self.links.append(attrs["href"])

    def handle_data(self, data):
        if self._in_title:
            self.title += data
        if data.strip() and self._open:
            self._open[-1][1] = True

    def handle_endtag(self, tag):
        if tag == "title":
            self._in_title = False
        if self._open and self._open[-1][0] == tag:
            _tag, named, attrs = self._open.pop()
            if not named:
                self.nameless.append(f"{tag} {attrs}")


class Walk:
    """Every page met from the home page: ``pages`` by path, ``routes`` and ``statuses`` likewise, ``anchors`` asked."""

    def __init__(self, client):
        self.client = client
        self.pages, self.routes, self.statuses = {}, {}, {}
        self.anchors, self.foreign = set(), set()
        self._counts = defaultdict(int)
        queue = ["/"]
        while queue:
            path = queue.pop(0)
            if path not in self.statuses and self._wanted(path):
                queue += self._visit(path)

    def _wanted(self, path):
        if path.startswith((*ELSEWHERE, settings.STATIC_URL)):
            return False
        with override("en" if path.startswith("/en/") else "fr"):  # the prefix of an address follows the language
            try:
                route = resolve(urlsplit(path).path).view_name
            except Resolver404:
                route = ""
        self.routes[path] = route
        kind = (route, path.startswith("/en/"), "?" in path)
        self._counts[kind] += 1
        return not route or self._counts[kind] <= PER_ROUTE

    def _visit(self, path):
        response = self.client.get(path, follow=True)
        self.statuses[path] = response.status_code
        if not response.headers["Content-Type"].startswith("text/html"):
            return []
        page = self.pages[path] = Page(response.content.decode())
        links = [self._local(path, link) for link in page.links + page.heads]
        self.foreign |= {(path, link) for link in page.needed if urlsplit(link).netloc or not link.startswith("/")}
        return [link for link in links if link]

    def _local(self, path, link):
        """The path and query of an address of ours, whose anchor is noted; None of one that is not ours."""
        whole = urlsplit(urljoin(f"{settings.SITE_URL}{path}", link))
        if f"{whole.scheme}://{whole.netloc}" != settings.SITE_URL:
            return None
        target = whole.path + (f"?{whole.query}" if whole.query else "")
        if whole.fragment:
            self.anchors.add((path, target, unquote(whole.fragment)))
        return target


@pytest.fixture(scope="module")
def walk(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(DEMO=True):
            call_command("load_demo", stdout=StringIO())
        yield Walk(Client())
        transaction.set_rollback(True)


def test_every_address_that_a_page_gives_answers(walk):
    assert {path: status for path, status in walk.statuses.items() if status != 200} == {}
    assert set(walk.routes.values()) >= HEAVY | {"candidate", "contest", "election", "search", "method", "glossary"}


def test_every_anchor_is_on_the_page_that_it_names(walk):
    lost = {
        (page, target, anchor)
        for page, target, anchor in walk.anchors
        if target in walk.pages and anchor not in walk.pages[target].ids
    }

    assert walk.anchors
    assert lost == set()


def test_no_id_is_twice_in_a_page(walk):
    assert {path: twice for path, page in walk.pages.items() if (twice := +(page.ids - Counter(set(page.ids))))} == {}


def test_every_picture_link_and_button_has_a_name(walk):
    assert {path: page.nameless for path, page in walk.pages.items() if page.nameless} == {}


def test_no_page_needs_a_file_of_another_host(walk):
    assert walk.foreign == set()


def test_the_pages_that_everyone_reads_are_short(walk):
    long = {path: sum(page.tags.values()) for path, page in walk.pages.items() if walk.routes[path] in HEAVY}

    assert {path: count for path, count in long.items() if count >= ELEMENTS} == {}
