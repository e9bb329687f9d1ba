"""The accessibility statement says what the self-audit found: docs/accessibility.md."""

import re
from collections import Counter

import pytest
from django.conf import settings

from resources.shipped import shipped

AUDIT = (settings.BASE_DIR / "docs" / "accessibility.md").read_text()
LINES = re.findall(r"^\| (\d+)\.(\d+) \| ([^|]+) \| (C|NC|NA) \| ([^|]+) \|$", AUDIT, re.MULTILINE)
# How many criteria each theme of RGAA 4.1 has: 106 in all.
THEMES = {1: 9, 2: 2, 3: 3, 4: 13, 5: 8, 6: 2, 7: 5, 8: 10, 9: 4, 10: 14, 11: 13, 12: 11, 13: 12}
STATES = Counter(state for _theme, _number, _criterion, state, _proof in LINES)
CONFORMING, APPLICABLE = STATES["C"], STATES["C"] + STATES["NC"]
RATE = 100 * CONFORMING // APPLICABLE


def test_the_audit_has_every_criterion_once_in_order():
    criteria = [(int(theme), int(number)) for theme, number, *_rest in LINES]

    assert criteria == [(theme, number) for theme, count in THEMES.items() for number in range(1, count + 1)]
    assert sum(THEMES.values()) == len(LINES) == 106


def test_the_audit_adds_up():
    assert (
        f"{CONFORMING} criteria conform, {STATES['NC']} do not, {STATES['NA']} do not apply:"
        f" {CONFORMING} / {APPLICABLE} = {RATE} %." in AUDIT
    )


def test_a_test_that_the_audit_names_exists():
    named = set(re.findall(r"`(test_\w+)`", AUDIT))
    written = {
        name
        for path in (settings.BASE_DIR / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)\(", path.read_text(), re.MULTILINE)
    }

    assert named
    assert named - written == set()


@pytest.mark.parametrize(
    ("language", "rate", "counts", "others", "status"),
    [
        ("fr", f"**{RATE} %**", f"{CONFORMING} sur {APPLICABLE}.", f"Les {STATES['NA']} autres",
         "partiellement conforme"),
        ("en", f"**{RATE}%**", f"{CONFORMING} of {APPLICABLE}.", f"The other {STATES['NA']}", "partially compliant"),
    ],
)  # fmt: skip
def test_the_statement_says_what_the_audit_found(language, rate, counts, others, status):
    text = shipped("accessibilite", language)

    assert [words in text.body for words in (rate, counts, others)] == [True] * 3
    # Fully compliant at 100 %, not compliant below half: the words would have to change.
    assert 50 <= RATE < 100
    assert status in text.body
    assert status in text.title


@pytest.mark.parametrize(("language", "word"), [("fr", "critère"), ("en", "criterion")])
def test_the_statement_names_each_thing_that_does_not_conform(language, word):
    named = re.findall(rf"\({word} ([\d.]+)\)", shipped("accessibilite", language).body)

    assert named == [f"{theme}.{number}" for theme, number, _criterion, state, _proof in LINES if state == "NC"]


@pytest.mark.django_db
def test_every_page_says_in_its_footer_where_accessibility_stands(client):
    page = client.get("/").content.decode().replace("\N{NO-BREAK SPACE}", " ")

    assert f'<a href="/accessibilite/">{shipped("accessibilite", "fr").title}</a>' in page
