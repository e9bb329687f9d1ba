"""The guides on paper: a text of the kit in A4, with the way back to its page. Its Markdown is what the page shows."""

import datetime
from dataclasses import asdict

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from pledges import drawing
from pledges.drawing import Content
from regions.typography import day, typeset_text
from resources.blocks import blocks
from resources.kit_texts import KitText

TEMPLATE = drawing.FOLDER / "drawings" / "guide.typ"


def guide(slug: str, text: KitText, body: str) -> bytes:
    """The PDF of a guide.

    :param slug: The address of its resource, which its QR code leads to.
    :param body: Its Markdown, as its page shows it.
    :raises drawing.DrawingError: When it cannot be made.
    """
    return drawing.pdf(TEMPLATE, _content(slug, text, body), dated=dated(text.changed_on))


def dated(on: datetime.date) -> int:
    """A day as a file says it: noon in Greenwich, the same on any machine."""
    return int(datetime.datetime.combine(on, datetime.time(12), datetime.UTC).timestamp())


def _content(slug: str, text: KitText, body: str) -> Content:
    return {
        "language": "fr",
        "title": typeset_text(text.title),
        "kicker": typeset_text(text.kicker),
        "lede": typeset_text(text.lede),
        "size": text.size,
        "notes": typeset_text(text.notes),
        "blocks": [asdict(block) for block in blocks(body)],
        "address": f"{settings.SITE_URL}{reverse('resource', args=[slug])}",
        "foot": typeset_text(_("Engagements ESS, texte du %s. Licence CC BY 4.0.") % day(text.changed_on)),
        "words": {
            "page": _("page"),
            "of": _("sur"),
            "qr": _("Code QR de la page de ce guide sur le portail"),
        },
    }
