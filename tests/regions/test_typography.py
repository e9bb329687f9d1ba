"""French typography is applied to what is read, never to what was typed in a form."""

import datetime

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from regions.typography import day, typeset, typeset_text

NARROW = "\N{NARROW NO-BREAK SPACE}"
WIDE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("plain", "printed"),
    [
        ("Qui signe ?", f"Qui signe{NARROW}?"),
        ("Bravo !", f"Bravo{NARROW}!"),
        ("oui ; non", f"oui{NARROW}; non"),
        ("Dates : 2021", f"Dates{WIDE}: 2021"),
        ("« charte »", f"«{NARROW}charte{NARROW}»"),
        ("8 741 candidats", f"8{NARROW}741 candidats"),
        ("1 234 567 voix", f"1{NARROW}234{NARROW}567 voix"),
        ("12 % des listes", f"12{NARROW}% des listes"),
        ("n° 68, p. 3", f"n°{WIDE}68, p.{WIDE}3"),
        ("le 20 juin 2021", f"le 20{WIDE}juin 2021"),
        ("35000 Rennes", "35000 Rennes"),
        ("https://example.org/?q=a", "https://example.org/?q=a"),
    ],
)
def test_a_text_gets_its_non_breaking_spaces(plain, printed):
    assert typeset_text(plain) == printed


@pytest.mark.parametrize("element", ["textarea", "script", "style", "pre", "TEXTAREA"])
def test_what_was_typed_or_coded_is_left_alone(element):
    kept = f'<{element} name="words">Qui ? « moi »\n 8 741 !</{element}>'

    assert typeset(f"<p>Qui ?</p>{kept}<p>Moi !</p>") == f"<p>Qui{NARROW}?</p>{kept}<p>Moi{NARROW}!</p>"


def test_attributes_are_left_alone():
    assert typeset('<a title="Qui ?" href="/a ?b">Qui ?</a>') == f'<a title="Qui ?" href="/a ?b">Qui{NARROW}?</a>'


@given(st.text(alphabet="ab <>/!?;:«»textarea\"'-\n"))
def test_only_spaces_ever_change(html):
    assert typeset(html).replace(NARROW, " ").replace(WIDE, " ") == html


@given(st.text(alphabet="ab <>/!?;:«»0123456789"))
def test_a_printed_text_prints_the_same_again(text):
    assert typeset(typeset(text)) == typeset(text)


@pytest.mark.parametrize(
    ("language", "text", "shown"),
    [
        ("fr", "Qui ? <moi>", "Qui ? &lt;moi&gt;"),
        ("en", "Qui ? <moi>", f'<span lang="fr">Qui{NARROW}? &lt;moi&gt;</span>'),
        ("en", mark_safe("Qui ? <b>moi</b>"), f'<span lang="fr">Qui{NARROW}? <b>moi</b></span>'),
        ("en", "", ""),
    ],
)
def test_words_that_stay_french_say_so_on_a_page_in_another_language(language, text, shown):
    with translation.override(language):
        page = Template("{% load typography %}{{ text|in_french }}").render(Context({"text": text}))

    assert page == shown


def test_the_filter_keeps_the_escaping_of_its_text():
    template = Template("{% load typography %}{{ typed|typeset }} {{ markup|typeset }}")

    html = template.render(Context({"typed": "<b>Qui ?</b>", "markup": mark_safe("<b>Qui ?</b>")}))

    assert html == f"&lt;b&gt;Qui{NARROW}?&lt;/b&gt; <b>Qui{NARROW}?</b>"


@pytest.mark.parametrize(
    ("date", "written"),
    [(datetime.date(2028, 6, 1), "1er juin 2028"), (datetime.date(2021, 6, 20), "20 juin 2021")],
)
def test_the_first_of_a_month_is_an_ordinal(date, written):
    assert day(date) == written


def test_a_text_in_english_keeps_its_spaces_and_its_dates():
    with translation.override("en"):
        assert typeset_text("Who signs? 8 741 « charter »") == "Who signs? 8 741 « charter »"
        assert day(datetime.date(2028, 6, 1)) == "1 June 2028"
