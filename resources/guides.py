"""The guides on paper: a text of the kit in A4, with the way back to its page. Its Markdown is what the page shows."""

import datetime
from dataclasses import asdict

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from pledges import drawing
from pledges.drawing import Content
from regions.typography import day, french_text
from resources.blocks import blocks
from resources.kit_texts import KitText

TEMPLATE = drawing.FOLDER / "drawings" / "guide.typ"


def guide(slug: str, text: KitText, body: str) -> bytes:
    """The PDF of a guide.

    :param slug: The address of its resource, which its QR code leads to.
    :param body: Its Markdown, as its page shows it.
    :raises drawing.DrawingError: When it cannot be made.
    """
    with override("fr"):
        return drawing.pdf(TEMPLATE, _content(slug, text, body), dated=dated(text.changed_on))


def dated(on: datetime.date) -> int:
    """A day as a file says it: noon in Greenwich, the same on any machine."""
    return int(datetime.datetime.combine(on, datetime.time(12), datetime.UTC).timestamp())


def _content(slug: str, text: KitText, body: str) -> Content:
    return {
        "language": "fr",
        "title": french_text(text.title),
        "kicker": french_text(text.kicker),
        "lede": french_text(text.lede),
        "size": text.size,
        "notes": french_text(text.notes),
        "blocks": [asdict(block) for block in blocks(body)],
        "address": f"{settings.SITE_URL}{reverse('resource', args=[slug])}",
        "foot": french_text(f"Engagements ESS, texte du {day(text.changed_on)}. Licence CC BY 4.0."),
        "words": {
            "page": "page",
            "of": "sur",
            "qr": "Code QR de la page de ce guide sur le portail",
        },
    }
