"""The whole demonstration as a reader walks it: every link of every page."""

import re
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

from pledges.models import CandidateList, Contest, Election, Principle
from regions.models import Department, Network, Region
from resources.models import Resource

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]  # it loads a whole demonstration

PER_ROUTE = 12  # pages of each route in each language: those after look like those before
ELSEWHERE = ("/admin/", "/signer/", "/verifier/")  # what is done, not read
# Words that no English sentence has, and signs that no English page prints.
FRENCH = re.compile(
    r"\b(?:aucune?|aux|avec|ce|ces|cette|dans|des|du|elle|est|et|il|ils|la|le|les|leurs?|ne|notre|nous|où|pas|par|pour"
    r"|qu[ei]|sa|ses|son|sont|sur|une?|votre|vous)\b|\b[cdjlnqs]’\w|[«»]|\s[:;?!](?:\s|$)",
    re.IGNORECASE,
)
CALLED = ("Défenseur des droits", "La Poste", "place de Fontenoy")  # names that pages cite
HEAVY = {"home", "region", "list", "principle", "resources"}
ELEMENTS = 800


class Page(HTMLParser):
    """What a test wants to know of a page: its elements, ids, links, needed files, title, words, what bears no name."""

    def __init__(self, html):
        super().__init__()
        self.ids, self.tags = Counter(), Counter()
        self.links, self.needed, self.heads, self.nameless = [], [], [], []
        self.title = ""
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
    """Every page met from the home page: ``pages`` by path, ``routes`` and ``statuses`` likewise, ``anchors`` asked."""

    def __init__(self, client):
        self.client = client
        self.pages, self.routes, self.statuses = {}, {}, {}
        self.anchors, self.foreign, self.personal = set(), set(), set()
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
        if response.cookies or "Vary" in response.headers:
            self.personal.add(path)
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


def names():
    """What people, places and votes are called: the same in every language."""
    of = {
        Region: ("name", "council"),
        Department: ("name",),
        Network: ("name",),
        Election: ("name",),
        Contest: ("name",),
        CandidateList: ("name",),
        Principle: ("short",),
        Resource: ("title",),
    }
    found = {name for model, fields in of.items() for row in model.objects.values_list(*fields) for name in row}
    return sorted({*found, *CALLED}, key=len, reverse=True)


def test_a_page_in_english_marks_all_that_it_says_in_french(walk):
    called = re.compile("|".join(map(re.escape, names())), re.IGNORECASE)
    pages = {path: page for path, page in walk.pages.items() if path.startswith("/en/")}

    left = {text for page in pages.values() for text in page.words if FRENCH.search(called.sub("", text))}

    assert {walk.routes[path] for path in pages} >= HEAVY | {"candidate", "contest", "election", "method", "glossary"}
    assert left == set()


def test_a_page_in_english_says_where_it_is_in_french_and_is_the_same_for_everyone(walk):
    pages = {path: page for path, page in walk.pages.items() if path.startswith("/en/")}
    alone = {path for path, page in pages.items() if not page.others}
    site = settings.SITE_URL

    assert {page.language for page in pages.values()} == {"en"}
    assert {walk.routes[path] for path in alone} <= {"search", "compare"}  # answers, that no search engine keeps
    for path in pages.keys() - alone:
        french = f"{site}{path.removeprefix('/en')}"
        assert pages[path].others == {"fr": french, "x-default": french, "en": f"{site}{path}"}
    assert walk.personal == set()
