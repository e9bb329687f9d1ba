"""A mail is written once, as text: its two forms, text and HTML, are made from the same blocks.

The source is what a template of `templates/emails/` gives: the subject, a blank line, then blocks between blank lines,
and after « -- » the signature. A block is

- a paragraph;
- a list: every line begins with « - »;
- words of somebody else: every line begins with « > » (see `quoted`);
- words to copy: between two lines `RULE`;
- a button: « Label : », then an address of ours on a line of its own;
- a link: « Label : address of ours » on one line.

Nothing else becomes a link: what people typed comes in through `inline` and `quoted`, and stays words.
"""

import re
import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

WIDTH = 78  # columns: what every reader of plain text shows without breaking (RFC 5322)
RULE = "-" * 10
SIGNATURE = "-- "  # the usual mark: readers fold what follows, and leave it out of answers

# These turn the order of what is read around: in a name, only a forger needs them.
_BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# What a reader's mail program would make a link of: « https://… », « example.org/… ».
_ADDRESS_LIKE = re.compile(r"(?<=\w)(://|\.(?=\w{2}))")
_LABELLED = re.compile(r"(?P<label>.+?)\s?:\s(?P<url>https?://\S+)")


def inline(text: object) -> str:
    """What somebody typed, or an official file says, on one line and harmless in the middle of a sentence of ours.

    An address in it is cut by a space without width: mail programs, which link whatever looks like one, let it be.
    """
    words = " ".join(_BIDI.sub("", str(text)).split())
    words = "".join(letter for letter in words if unicodedata.category(letter) not in ("Cc", "Cs"))
    return _ADDRESS_LIKE.sub("\\1\N{ZERO WIDTH SPACE}", words)


def quoted(text: str) -> str:
    """Lines that somebody else wrote, marked as such, one by one: none of them can pass for ours."""
    return "\n".join(f"> {inline(line)}".rstrip() for line in text.strip().splitlines())


class BlockKind(StrEnum):
    """What a block is; `templates/emails/layout.html` shows each in its own way."""

    PARAGRAPH = "paragraph"
    LIST = "list"
    QUOTE = "quote"
    COPY = "copy"
    BUTTON = "button"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a letter: its lines without their marks, and the address that it leads to, if any."""

    kind: BlockKind
    lines: Sequence[str]
    url: str = ""

    @property
    def text(self) -> str:
        return " ".join(self.lines)

    def as_text(self) -> str:
        """The block as plain text. An address stands unbroken, however long."""
        match self.kind:
            case BlockKind.LIST:
                return "\n".join(_wrap(line, first="- ", others="  ") for line in self.lines)
            case BlockKind.QUOTE:
                return "\n".join(_wrap(line, first="> ", others="> ") or ">" for line in self.lines)
            case BlockKind.COPY:  # unbroken too: it is pasted elsewhere
                return "\n".join([RULE, *self.lines, RULE])
            case BlockKind.BUTTON:
                return f"{self.text}\N{NO-BREAK SPACE}:\n{self.url}"
            case BlockKind.LINK:
                line = f"{self.text}\N{NO-BREAK SPACE}: {self.url}"
                return line if len(line) <= WIDTH else line.replace(": ", ":\n", 1)
            case _:
                return _wrap(self.text)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail read from its source."""

    subject: str
    blocks: Sequence[Block]
    signature: Sequence[Block]

    @property
    def text(self) -> str:
        body = "\n\n".join(block.as_text() for block in self.blocks)
        return "\n".join([body, "", SIGNATURE, *(_unbroken(block) for block in self.signature), ""])


def read(source: str, *, site: str) -> Letter:
    """Read a mail's source.

    :param site: Where our own addresses begin; no other becomes a link.
    """
    subject, _line, rest = source.strip().partition("\n")
    body, _mark, signature = rest.partition(f"\n{SIGNATURE}\n")
    return Letter(
        subject=inline(subject),
        blocks=[_block(chunk.split("\n"), site) for chunk in re.split(r"\n(?:[ \t]*\n)+", body.strip())],
        signature=[_block([line], site) for line in signature.split("\n") if line.strip()],
    )


def _block(source: Sequence[str], site: str) -> Block:
    lines = [line.strip() for line in source]
    if lines[0] == lines[-1] == RULE:
        return Block(BlockKind.COPY, lines[1:-1])
    if all(line.startswith(">") for line in lines):
        return Block(BlockKind.QUOTE, [line[1:].strip() for line in lines])
    if all(line.startswith("- ") for line in lines):
        return Block(BlockKind.LIST, [line[2:].strip() for line in lines])
    found = _LABELLED.fullmatch(" ".join(lines))
    if found and (found["url"] == site or found["url"].startswith(f"{site}/")):
        kind = BlockKind.BUTTON if len(lines) > 1 else BlockKind.LINK
        return Block(kind, [found["label"]], url=found["url"])
    return Block(BlockKind.PARAGRAPH, lines)


def _wrap(text: str, first: str = "", others: str = "") -> str:
    return textwrap.fill(
        text, WIDTH, initial_indent=first, subsequent_indent=others, break_long_words=False, break_on_hyphens=False
    )


def _unbroken(block: Block) -> str:
    return f"{block.text}\N{NO-BREAK SPACE}: {block.url}" if block.url else block.text
