"""What the pages of the desk show in their own way."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

register = template.Library()


@register.filter
def labelled(cells: Iterable[SafeString], headers: Iterable[Mapping[str, Any]]) -> Iterator[SafeString]:
    """The cells of a row of a register, each with the name of its column: on a phone a row is read as a card.

    ``role`` says to screen readers that they are still cells, whatever the style makes of them.
    """
    for cell, header in zip(cells, headers, strict=False):
        text = str(header["text"])
        # The box that selects a row has markup for a header: its own label says what it does.
        label = "" if "<" in text else capfirst(text)
        role = "rowheader" if cell.startswith("<th") else "cell"
        attributes = format_html(' role="{}" data-label="{}"', role, label)
        yield mark_safe(cell[:3] + attributes + cell[3:])  # noqa: S308  the admin's own cell, and escaped words
