"""The whole demonstration as a reader walks it: every link of every page."""

import re
from collections import Counter, defaultdict
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import reverse

from pledges.models import CandidateList, Contest, Election, Principle
from regions.models import Department, Network, Region
from resources.models import Collection, Resource
from tests.walking import Answer, Walk

# One process loads a whole demonstration, and walks it.
pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600), pytest.mark.xdist_group("walk")]

# Words that no English sentence has, and signs that no English page prints.
FRENCH = re.compile(
    r"\b(?:aucune?|aux|avec|ce|ces|cette|dans|des|du|elle|est|et|il|ils|la|le|les|leurs?|ne|notre|nous|où|pas|par|pour"
    r"|qu[ei]|sa|ses|son|sont|sur|une?|votre|vous)\b|\b[cdjlnqs]’\w|[«»]|\s[:;?!](?:\s|$)",
    re.IGNORECASE,
)
CALLED = ("Défenseur des droits", "La Poste", "place de Fontenoy")  # names that pages cite
HEAVY = {"collection", "home", "region", "list", "principle", "resource", "resources"}
ELEMENTS = 800


def ask(path):
    response = Client().get(path, follow=True)
    return Answer(response.status_code, response.headers, response.getvalue())


@pytest.fixture(scope="module")
def walk(django_db_setup, django_db_blocker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("demonstration")
    reverse("home")  # the addresses are read once, and here: those of a real portal
    files = override_settings(DATA_DIR=folder, MEDIA_ROOT=folder / "media")
    with files, django_db_blocker.unblock(), transaction.atomic():
        with override_settings(DEMO=True):
            call_command("load_demo", stdout=StringIO())
        if connection.vendor == "postgresql":
            # Nothing is committed, so nobody counts these rows for the planner: left to itself, it takes them for few.
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        yield Walk(ask, settings.SITE_URL)
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


def test_every_page_has_one_heading(walk):
    assert {path: page.tags["h1"] for path, page in walk.pages.items() if page.tags["h1"] != 1} == {}


@pytest.mark.parametrize("what", ["title", "description"])
def test_every_page_says_in_its_head_what_no_other_says(walk, what):
    said = defaultdict(list)
    for path, page in walk.pages.items():
        words = getattr(page, what).strip()
        if "?" not in path and (words or what == "title"):  # a page of answers is as many pages as questions
            said[words, path.startswith("/en/")].append(path)

    assert {words: paths for (words, _english), paths in said.items() if len(paths) > 1 or not words} == {}


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
        Collection: ("title",),
    }
    found = {name for model, fields in of.items() for row in model.objects.values_list(*fields) for name in row}
    return sorted({*found, *CALLED}, key=len, reverse=True)


def test_a_page_in_english_marks_all_that_it_says_in_french(walk):
    called = re.compile("|".join(map(re.escape, names())), re.IGNORECASE)
    pages = {path: page for path, page in walk.pages.items() if path.startswith("/en/")}

    left = {text for page in pages.values() for text in page.words if FRENCH.search(called.sub("X", text))}

    assert {walk.routes[path] for path in pages} >= HEAVY | {"candidate", "contest", "election", "method", "glossary"}
    assert sorted(left) == []


def test_a_page_in_english_says_where_it_is_in_french_and_is_the_same_for_everyone(walk):
    pages = {path: page for path, page in walk.pages.items() if path.startswith("/en/")}
    alone = {path for path, page in pages.items() if not page.others}
    site = settings.SITE_URL

    assert {page.language for page in pages.values()} == {"en"}
    assert {walk.routes[path] for path in alone} <= {"search", "compare"}  # answers, that no search engine keeps
    for path in pages.keys() - alone:
        address = path.partition("?")[0]  # a filter is a way to read the same page
        french = f"{site}{address.removeprefix('/en')}"
        assert pages[path].others == {"fr": french, "x-default": french, "en": f"{site}{address}"}
    assert {walk.routes[path] for path in walk.personal} <= {"corrections"}  # a form, guarded by a cookie
