"""French typography, applied when a text is shown and never stored."""

import datetime
import re

from django.utils.formats import date_format

_NARROW = "\N{NARROW NO-BREAK SPACE}"
_WIDE = "\N{NO-BREAK SPACE}"
# Text between tags, and whole elements whose text is left as it was typed.
_PIECES = re.compile(r"(<(?P<kept>textarea|script|style|pre)\b.*?</(?P=kept)\s*>|<[^>]*>)", re.DOTALL | re.IGNORECASE)
_MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_RULES = (
    (re.compile(r" (?=[;!?](?:\W|$))"), _NARROW),
    (re.compile(r" (?=:(?:\s|$))"), _WIDE),
    (re.compile(r"« "), f"«{_NARROW}"),
    (re.compile(r" »"), f"{_NARROW}»"),
    (re.compile(r"(?<=\d) (?=(?:%|€|\d{3}\b))"), _NARROW),
    (re.compile(r"(?<=\d) (?=h\b)"), _WIDE),
    (re.compile(rf"(?:(?<=\d)|(?<=\der)) (?=(?:{_MONTHS})\b)"), _WIDE),
    (re.compile(r"\b(n°|p\.|art\.) (?=\d)"), rf"\1{_WIDE}"),
)


def day(date: datetime.date) -> str:
    """A date as French writes it, by its own clock: « 1er juin 2028 », « 20 juin 2021 »."""
    return date_format(date, r"j\e\r F Y" if date.day == 1 else "j F Y")


def hour(at: datetime.datetime) -> str:
    """An hour as French writes it, by its own clock, never broken: « 14 h 32 »."""
    return date_format(at, f"G{_WIDE}\\h{_WIDE}i")


def typeset_text(text: str) -> str:
    """Put the non-breaking spaces that French asks for: before ``: ; ! ?``, inside « », in 8 741 and 12 %."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


def typeset(html: str) -> str:
    """The same for HTML: tags and what was typed in a form are left alone."""
    pieces = _PIECES.split(html)  # text, tag, name of a kept element, text, ...
    pieces[::3] = map(typeset_text, pieces[::3])
    del pieces[2::3]
    return "".join(pieces)
