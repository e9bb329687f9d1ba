"""The texts of the starting kit as the product ships them: one file each, in ``resources/kit/``, written in French."""

import datetime
from dataclasses import dataclass
from functools import cache
from pathlib import Path

KIT = Path(__file__).resolve().parent / "kit"


@dataclass(frozen=True, slots=True)
class KitText:
    """A text of the kit: its title and summary on the shelf, what its paper says around the text, and since when."""

    title: str
    summary: str
    body: str
    changed_on: datetime.date
    kicker: str = ""
    lede: str = ""
    notes: str = ""
    """Above the lines that its paper leaves to write on, if it does."""
    size: float = 10.0
    """Of its letters on paper, in points: what lets it hold on its pages."""


@cache
def kit_text(slug: str) -> KitText:
    """The text of this address.

    :raises FileNotFoundError: When the kit has no such text.
    """
    head, _blank, body = (KIT / f"{slug}.md").read_text(encoding="utf-8").partition("\n\n")
    facts = dict(line.split(": ", 1) for line in head.splitlines())
    changed_on = datetime.date.fromisoformat(facts.pop("changed"))
    size = float(facts.pop("size", 10))
    return KitText(**facts, body=body.strip(), changed_on=changed_on, size=size)
