"""A text of ours in blocks of plain words: what paper, an office file and a letter are made from, like its page.

The Markdown is that of the pages of prose (``resources.prose``): one source for what is read on screen and on paper.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from django.conf import settings
from django.utils.html import strip_tags
from markdown_it.token import Token

from regions.typography import french_text
from resources.facts import FACTS
from resources.prose import parsed

type Kind = Literal["heading", "paragraph", "quote", "bullets", "numbers", "definitions"]

_NAME = re.compile(r"\{\{ *([a-z_]+) *\}\}")


@dataclass(frozen=True, slots=True)
class Run:
    """Some words that look alike."""

    text: str
    strong: bool = False
    emphasis: bool = False
    href: str = ""


type Line = list[Run]


@dataclass(slots=True)
class Block:
    """One piece of a text. ``lines`` are its items; of a definition, the term then its meaning, and so on."""

    kind: Kind
    lines: list[Line] = field(default_factory=list)
    level: int = 0
    anchor: str = ""


def blocks(source: str, values: Mapping[str, str | Sequence[str]] | None = None) -> list[Block]:
    """The blocks of a text in Markdown, with the spaces that French asks for.

    :param source: Its names in ``{{ }}`` are those of ``values``, else facts of the installation.
    :param values: Words, put in once the Markdown is read: they are never markup. Several words stand for the items of
        a numbered list, where the name is alone in its paragraph.
    :raises KeyError: When a name is in neither.
    """
    return list(_read(iter(parsed(source)), values or {}))


def plain(line: Iterable[Run]) -> str:
    """The words of a line, without their looks."""
    return "".join(run.text for run in line)


def escaped(text: str) -> str:
    """Words that are no Markdown, whatever signs they hold, on one line."""
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>#{}|" else sign for sign in " ".join(text.split()))


_LISTS: dict[str, Kind] = {"bullet_list_open": "bullets", "ordered_list_open": "numbers", "dl_open": "definitions"}


def _read(tokens: Iterator[Token], values: Mapping[str, str | Sequence[str]]) -> Iterator[Block]:
    inside: Block | None = None
    heading: tuple[int, str] | None = None
    for token in tokens:
        if token.type == "heading_open":
            # A page has its own title above them: there, « # » is a heading of the second level.
            heading = int(token.tag[1]) - 1, str(token.attrs.get("id", ""))
        elif token.type in _LISTS:
            inside = Block(_LISTS[token.type])
        elif token.type == "blockquote_open":
            inside = Block("quote")
        elif token.type in {"bullet_list_close", "ordered_list_close", "dl_close", "blockquote_close"} and inside:
            yield inside
            inside = None
        elif token.type == "inline":
            line = list(_runs(token.children or (), values))
            if heading:
                yield Block("heading", [line], *heading)
                heading = None
            elif inside:
                inside.lines.append(line)
            else:
                yield _paragraph(token.content, line, values)


def _paragraph(content: str, line: Line, values: Mapping[str, str | Sequence[str]]) -> Block:
    alone = _NAME.fullmatch(content)
    several = values.get(alone[1]) if alone else None
    if several is not None and not isinstance(several, str):
        return Block("numbers", [[Run(french_text(words))] for words in several])
    return Block("paragraph", [line])


def _runs(tokens: Iterable[Token], values: Mapping[str, str | Sequence[str]]) -> Iterator[Run]:
    strong = emphasis = False
    href = ""
    for token in tokens:
        if token.type in {"strong_open", "strong_close"}:
            strong = token.type == "strong_open"
        elif token.type in {"em_open", "em_close"}:
            emphasis = token.type == "em_open"
        elif token.type in {"link_open", "link_close"}:
            href = _absolute(str(token.attrs.get("href", "")))
        elif text := _words(token, values):
            yield Run(french_text(text), strong, emphasis, href)


def _words(token: Token, values: Mapping[str, str | Sequence[str]]) -> str:
    if token.type == "softbreak":
        return " "
    if token.type == "hardbreak":
        return "\n"
    if token.type == "fact":
        return _value(token.content, values)
    return _NAME.sub(lambda found: _value(found[1], values), token.content)


def _value(name: str, values: Mapping[str, str | Sequence[str]]) -> str:
    if name not in values:
        return strip_tags(FACTS[name].show())
    value = values[name]
    return value if isinstance(value, str) else " ; ".join(value)


def _absolute(href: str) -> str:
    """Away from the portal, a page of the portal has its whole address, and a part of this text has none."""
    if href.startswith("#"):
        return ""
    return f"{settings.SITE_URL}{href}" if href.startswith("/") else href
