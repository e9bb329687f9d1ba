"""The starting kit: what a portal has on its shelves the first day, of our own writing, made when it is loaded."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from pledges.models import Charter
from resources import model_texts
from resources.enums import Audience, ModelText, PageName, ResourceKind
from resources.foldout import foldout, foldout_twin
from resources.guides import guide
from resources.kit_texts import KitText, kit_text
from resources.shipped import shipped

_SECTION = re.compile(r"^# ", re.MULTILINE)

COLLECTION = "kit-de-depart"
COLLECTION_TITLE = "Le kit de départ"
COLLECTION_SUMMARY = (
    "Pour comprendre les cinq principes, les faire connaître et les traduire en décisions : un guide pour qui se"
    " présente, un autre pour qui vote, la charte à plier, deux textes types et les mots de l’ESS."
)


@dataclass(frozen=True, slots=True)
class Made:
    """What a resource of the kit gives: a paper, or a model text; and the same words in Markdown."""

    twin: str
    pdf: bytes = b""
    model_text: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A resource of the kit: its address, for whom it is, and how it is made from a charter."""

    slug: str
    audience: Audience
    kind: ResourceKind
    make: Callable[[str, Charter], Made]

    @property
    def text(self) -> KitText:
        return kit_text(self.slug)


def _guide(slug: str, _charter: Charter) -> Made:
    text = kit_text(slug)
    return Made(text.body, guide(slug, text, text.body))


def _foldout(slug: str, charter: Charter) -> Made:
    text = kit_text(slug)
    return Made(foldout_twin(charter, text), foldout(charter, text))


def _words(slug: str, _charter: Charter) -> Made:
    """The first part of the glossary, which is the portal's own page: the words are written once."""
    first = _SECTION.split(shipped(PageName.GLOSSARY, "fr").body)[1]
    words = first.partition("\n")[2].strip()
    return Made(words, guide(slug, kit_text(slug), words))


def _model_text(model_text: ModelText, _slug: str, charter: Charter) -> Made:
    return Made(model_texts.twin(model_text, charter), model_text=model_text)


# In the order of the collection, which is also that of the shelves.
KIT = (
    Item("guide-candidats", Audience.CANDIDATES, ResourceKind.ARGUMENT, _guide),
    Item("charte-a-plier", Audience.CANDIDATES, ResourceKind.KIT, _foldout),
    Item(
        "projet-de-deliberation",
        Audience.CANDIDATES,
        ResourceKind.MODEL_TEXT,
        partial(_model_text, ModelText.DELIBERATION),
    ),
    Item("guide-citoyens", Audience.CITIZENS, ResourceKind.SHEET, _guide),
    Item("mots-de-l-ess", Audience.CITIZENS, ResourceKind.SHEET, _words),
    Item("lettre-aux-candidats", Audience.NETWORKS, ResourceKind.MODEL_TEXT, partial(_model_text, ModelText.LETTER)),
)
