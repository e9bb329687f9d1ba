"""The pages of prose as the product ships them: ``resources/texts/README.md`` says how they are written."""

import datetime
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TEXTS = Path(__file__).resolve().parent / "texts"
FIELDS = ("title", "heading", "lede", "description", "body")


@dataclass(frozen=True, slots=True)
class Text:
    """What a page of prose says, and since when."""

    title: str
    heading: str
    lede: str
    description: str
    body: str
    changed_on: datetime.date


@cache
def shipped(name: str, language: str) -> Text:
    """The text of a page as it left the workshop.

    :param name: A ``PageName``.
    :param language: The code of one of ``settings.LANGUAGES``.
    :raises FileNotFoundError: When the product ships no such page.
    """
    head, _blank, body = (TEXTS / language / f"{name}.md").read_text().partition("\n\n")
    facts = dict(line.split(": ", 1) for line in head.splitlines())
    changed_on = datetime.date.fromisoformat(facts.pop("changed"))
    return Text(**facts, body=body.strip(), changed_on=changed_on)
