"""The charter to fold: its own words on one A4 sheet, two sides, four pages of A5."""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import override

from pledges import drawing
from pledges.codes import in_groups
from pledges.drawing import Content, one_line
from pledges.models import Charter
from regions.typography import day, french_text
from resources.blocks import Block, blocks, escaped, plain
from resources.guides import dated
from resources.kit_texts import KitText

TEMPLATE = drawing.FOLDER / "drawings" / "foldout.typ"


def foldout(charter: Charter, text: KitText) -> bytes:
    """The sheet, to be printed on both sides and folded once.

    :param text: What stands around the charter's words.
    :raises drawing.DrawingError: When it cannot be made.
    """
    with override("fr"):
        return drawing.pdf(TEMPLATE, _content(charter, text), dated=dated(text.changed_on))


def foldout_twin(charter: Charter, text: KitText) -> str:
    """The same words in Markdown, to be read on screen."""
    statements = "\n\n".join(
        f"## {principle.number}. {escaped(principle.short)} {{#principe-{principle.number}}}\n\n"
        f"> {escaped(principle.statement)}"
        for principle in charter.principles.all()
    )
    addressed = f"Destinataires : {escaped(charter.addressed_to)}."
    proof = f"Version {escaped(charter.version)}. Empreinte SHA-256 du texte : `{charter.sha256}`"
    return f"# {escaped(charter.title)}\n\n{addressed}\n\n{statements}\n\n{text.body}\n\n{proof}\n"


def _content(charter: Charter, text: KitText) -> Content:
    address = f"{settings.SITE_URL}/"
    return {
        "language": "fr",
        "title": _set(text.title),
        "charter": {
            "title": _set(charter.title),
            "addressed_to": capfirst(_set(charter.addressed_to)),
            "version": _set(f"Version {charter.version} de la charte"),
            "fingerprint": in_groups(charter.sha256, " "),
        },
        "principles": [
            {"number": it.number, "short": _set(it.short), "statement": _set(it.statement)}
            for it in charter.principles.all()
        ],
        "sections": list(_sections(blocks(text.body))),
        "address": address,
        "shown_address": urlsplit(address).netloc,
        "foot": _set(f"Engagements ESS, texte du {day(text.changed_on)}. Licence CC BY 4.0."),
        "words": {
            "portal": "Engagements ESS",
            "addressed_to": "Destinataires",
            "inside": "Les cinq principes, mot pour mot",
            "answers": _set(
                "À chacun de ces principes, une liste répond « s’engage » ou « ne s’engage pas », ou le laisse sans"
                " réponse. Toutes les listes sont montrées, avec leurs mots, et rien n’est noté."
            ),
            "visit": _set("Lire les réponses, ou signer :"),
            "qr": "Code QR de la page d’accueil du portail",
            "fingerprint": _set("Empreinte SHA-256 du texte de la charte, par groupes de quatre signes :"),
        },
    }


def _sections(text: list[Block]) -> "list[Content]":
    sections: list[Content] = []
    for block in text:
        if block.kind == "heading":
            sections.append({"heading": plain(block.lines[0]), "paragraphs": []})
        else:
            sections[-1]["paragraphs"].append(plain(block.lines[0]))
    return sections


def _set(text: str) -> str:
    return french_text(one_line(text))
