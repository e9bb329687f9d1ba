"""The one writer of tables for spreadsheets: what people typed is text there, never a formula."""

import csv
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

_BOM = "\ufeff"  # without it, Excel takes UTF-8 for Windows-1252
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# Some spreadsheets read these as the ASCII signs they look like.
_WIDE_FORMULA = ("\uff1d", "\uff0b", "\uff0d", "\uff20")


class Writable(Protocol):
    """A text file, or an answer to a request."""

    def write(self, content: str, /) -> Any: ...


def safe_cell(value: object) -> str:
    """What a cell of an export holds: numbers as they are, None as nothing, and no text that begins a formula.

    >>> safe_cell("=1+1")
    "'=1+1"
    >>> safe_cell(-1)
    '-1'
    """
    if value is None:
        return ""
    text = str(value)
    if isinstance(value, int | float):
        return text
    # Some drop the spaces before they look at the first sign.
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA + _WIDE_FORMULA) else text


def write_rows(target: Writable, header: Sequence[object], rows: Iterable[Sequence[object]]) -> None:
    """Write a table that a French spreadsheet opens with a double click: UTF-8 and its mark, semicolons, CRLF.

    :param target: Where to: an ``HttpResponse`` in UTF-8, or a text file opened with ``newline=""``.
    :param header: The names of the columns.
    :param rows: The cells, row by row; they may come one at a time from the database.
    """
    target.write(_BOM)
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow(map(safe_cell, header))
    writer.writerows(map(safe_cell, row) for row in rows)
