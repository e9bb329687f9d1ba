"""The whole demonstration as a reader walks it: every link of every page."""

from collections import Counter, defaultdict
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings

from tests.walking import Answer, Walk

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]  # it loads a whole demonstration

HEAVY = {"home", "region", "list", "principle", "resources"}
ELEMENTS = 800


def ask(path):
    response = Client().get(path, follow=True)
    answer = Answer(response.status_code, response.headers["Content-Type"])
    return answer._replace(text=response.content.decode()) if answer.is_page else answer


@pytest.fixture(scope="module")
def walk(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(DEMO=True):
            call_command("load_demo", stdout=StringIO())
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
