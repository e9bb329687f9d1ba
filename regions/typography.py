"""French typography, applied when a text is shown and never stored."""

import datetime
import re
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import TIME_STRINGS, timesince
from django.utils.translation import get_language, gettext, ngettext_lazy

_NARROW = "\N{NARROW NO-BREAK SPACE}"
_WIDE = "\N{NO-BREAK SPACE}"
# Stands for a tag while all the text of a page is gone through at once: no text has it.
_CUT = "\0"
# Text between tags, and whole elements whose text is left as it was typed.
_PIECES = re.compile(r"(<(?P<kept>textarea|script|style|pre)\b.*?</(?P=kept)\s*>|<[^>]*>)", re.DOTALL | re.IGNORECASE)
_MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
# Django counts « années »; an age is said in « ans ».
_SPANS: Any = {**TIME_STRINGS, "year": ngettext_lazy("%(num)d an", "%(num)d ans", "num")}
_RULES = (
    (re.compile(r" (?=[;!?](?:\W|$))"), _NARROW),
    (re.compile(rf" (?=:(?:[\s{_CUT}]|$))"), _WIDE),
    (re.compile(r"« "), f"«{_NARROW}"),
    (re.compile(r" »"), f"{_NARROW}»"),
    (re.compile(r"(?<=\d) (?=(?:%|€|\d{3}\b))"), _NARROW),
    (re.compile(r"(?<=\d) (?=h\b)"), _WIDE),
    (re.compile(rf"(?:(?<=\d)|(?<=\der)) (?=(?:{_MONTHS})\b)"), _WIDE),
    (re.compile(r"\b(n°|p\.|art\.|[LR]\.) (?=\d)"), rf"\1{_WIDE}"),
)


def is_french() -> bool:
    """Whether the page speaks French: elsewhere its spaces and ordinals are faults."""
    return (get_language() or "fr").startswith("fr")


def day(date: datetime.date) -> str:
    """A date in words, by its own clock: « 1er juin 2028 », « 20 juin 2021 »; in English, "1 June 2028"."""
    return date_format(date, r"j\e\r F Y" if date.day == 1 and is_french() else "j F Y")


def hour(at: datetime.datetime) -> str:
    """An hour, by its own clock, never broken: « 14 h 32 »; in English, "14:32"."""
    if not is_french():
        return date_format(at, "G:i")
    return date_format(at, f"G{_WIDE}\\h{_WIDE}i")


def age(at: datetime.datetime) -> str:
    """For how long: « 3 jours », « 2 heures », « moins d’une minute »."""
    if timezone.now() - at < datetime.timedelta(minutes=1):
        return gettext("moins d’une minute")
    return timesince(at, depth=1, time_strings=_SPANS)


def typeset_text(text: str) -> str:
    """Put the non-breaking spaces that French asks for: before ``: ; ! ?``, inside « », in 8 741 and 12 %.

    A text in another language is given back as it is.
    """
    return french_text(text) if is_french() else text


def french_text(text: str) -> str:
    """The same for words that are French whatever the language of the page."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


def typeset(html: str) -> str:
    """The same for HTML: tags and what was typed in a form are left alone."""
    pieces = _PIECES.split(html)  # text, tag, name of a kept element, text, ...
    texts = pieces[::3]
    typeset_texts = typeset_text(_CUT.join(texts)).split(_CUT)
    # A text that holds the sign itself, which no form lets in, is gone through piece by piece.
    pieces[::3] = typeset_texts if len(typeset_texts) == len(texts) else map(typeset_text, texts)
    del pieces[2::3]
    return "".join(pieces)
