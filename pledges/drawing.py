"""From plain values to a PDF or a picture, by a template of typst: the same bytes on any machine and any day.

Values are data: nothing that anybody typed is ever read as markup (docs/adr/0005).
"""

import hashlib
import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import segno
import typst
from django.conf import settings

from regions.typography import typeset_text

FOLDER = Path(settings.BASE_DIR) / "templates"
_IMPORT = re.compile(r'^#import "/([\w./-]+)"', re.MULTILINE)  # typst's root is FOLDER
# Raised by whoever changes, in this module, how a content becomes a file: all files are then made anew.
EDITION = 1

type Content = dict[str, Any]


class DrawingError(Exception):
    """The file could not be made. The text says where the compiler stopped, and nothing of what the content says."""


# --- What it is made from ---


def fingerprint(template: Path, content: Content) -> str:
    """The hash of everything a file is made from: what it says, the templates' own text, what draws it."""
    texts = list(_texts(template))
    whole = [content, *texts, version("typst"), version("segno"), EDITION]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def _texts(template: Path) -> Iterator[str]:
    """What is written in a template, then in those it imports."""
    text = template.read_text(encoding="utf-8")
    yield text
    for path in _IMPORT.findall(text):
        yield from _texts(FOLDER / path)


def one_line(text: str) -> str:
    """A text as a page shows it: line ends and runs of spaces are one space, so that words stay in their place."""
    return re.sub(r"[ \t\r\n\f\v]+", " ", text).strip()


def as_on_a_page(content: Content) -> Content:
    """The same content, each text on one line and with the spaces that French asks for."""
    changed: Content = _map_text(content, lambda text: typeset_text(one_line(text)))
    return changed


# --- The file ---

# « error: PDF/UA-1 error: the text `"…"` could not be displayed with font … »: one line for each group of signs.
_REFUSED = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
# Signs that every font has: they are never the reason of a refusal.
_COMMON = re.compile("[\u0020-\u007e\u00a0-\u017f\u2010-\u2027\u202f\u2039\u203a\u27e8\u27e9]")


def pdf(template: Path, content: Content, *, dated: int) -> bytes:
    """A PDF, tagged for those who do not see it (PDF/UA-1). The same content gives the same bytes.

    A sign that no font draws, or that nobody sees, is written by its number, ``⟨U+1F600⟩``: the words stay exact.

    :param content: What the template shows; of its ``address``, if it has one, the template is given the QR code.
    :param dated: What the file says of its own date, in seconds since 1970.
    :raises DrawingError: When the compiler refuses it.
    """
    return _drawable(template, content, dated)[1]


def png(template: Path, content: Content) -> bytes:
    """A picture, one pixel for each point of the template's page.

    :raises DrawingError: When the compiler refuses it.
    """
    # A picture may leave out a sign without a word; a PDF for all refuses to, and says which.
    if _uncommon(_signs(content)):
        content = _drawable(template, content, 0)[0]
    try:
        return _compile(template, content, format="png", ppi=72)
    except typst.TypstError as error:
        raise DrawingError(error.message) from None


def _drawable(template: Path, content: Content, dated: int) -> tuple[Content, bytes]:
    """The content with numbers in place of the signs that cannot be drawn, and its PDF."""
    numbered = {sign for sign in _signs(content) if _is_hidden(sign)}
    attempts = 0
    while True:
        attempts += 1
        exact = _by_number(content, numbered)
        try:
            return exact, _compile(template, exact, format="pdf", pdf_standards=["ua-1"], timestamp=dated)
        except typst.TypstError as error:
            refused = _refused(error) - numbered
            if not refused:
                raise DrawingError(error.message) from None
        # Signs are drawn in groups: writing one by its number may leave another alone. Twice, then all at once.
        numbered |= refused if attempts < 3 else _uncommon(_signs(content))


def _compile(template: Path, content: Content, *, format: Literal["pdf", "png"], **options: Any) -> bytes:  # noqa: A002  the compiler's own name
    made = _compiler(template, content).compile(format=format, **options)
    assert isinstance(made, bytes)  # noqa: S101  one file: a PDF whatever its pages, a picture of one page
    return made


def _compiler(template: Path, content: Content) -> typst.Compiler:
    """The template with a content; the fonts are those that come with the compiler, the same on any machine."""
    inputs = {"content": json.dumps(content, sort_keys=True)}
    if "address" in content:
        inputs["qr"] = _qr(content["address"])
    return typst.Compiler(
        input=template.read_bytes(),
        root=FOLDER,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs=inputs,
    )


def _qr(address: str) -> str:
    """The QR code of an address, as SVG: the PDF keeps it as lines, sharp at any size."""
    svg = io.BytesIO()
    segno.make_qr(address, error="m").save(svg, kind="svg", xmldecl=False, border=4, dark="#261a2b", nl=False)
    return svg.getvalue().decode()


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


def _map_text(value: Any, change: Callable[[str], str]) -> Any:
    """The same values, each text changed."""
    if isinstance(value, dict):
        return {name: _map_text(inner, change) for name, inner in value.items()}
    if isinstance(value, list):
        return [_map_text(inner, change) for inner in value]
    return change(value) if isinstance(value, str) else value


def _signs(value: Any) -> set[str]:
    """Every sign of a content."""
    if isinstance(value, dict | list):
        return set().union(*map(_signs, value.values() if isinstance(value, dict) else value))
    return set(value) if isinstance(value, str) else set()


def _by_number(content: Content, signs: set[str]) -> Content:
    """Write these signs by their number, wherever they are."""
    table = {ord(sign): f"⟨U+{ord(sign):04X}⟩" for sign in signs}
    changed: Content = _map_text(content, lambda text: text.translate(table))
    return changed


def _is_hidden(sign: str) -> bool:
    """Controls, directions, joiners, private and half signs: nobody sees them, or nobody knows what they show."""
    return unicodedata.category(sign) in {"Cc", "Cf", "Co", "Cs"}


def _uncommon(signs: Iterable[str]) -> set[str]:
    return {sign for sign in signs if not _COMMON.match(sign)}


def _refused(error: typst.TypstError) -> set[str]:
    """The signs that the compiler could not draw, as its words name them."""
    groups = "".join(_REFUSED.findall(error.diagnostic))
    return _uncommon(_ESCAPED.sub(lambda match: chr(int(match[1], 16)), groups))
