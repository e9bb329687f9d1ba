"""A paper that the portal made itself, as a file that is received."""

import hashlib
import re

from django.core.files.base import ContentFile

from resources.enums import FileFormat
from resources.files import Received

_PAGE = re.compile(rb"/Type\s*/Page\b")  # typst writes the pages of a PDF in the clear


def own_pdf(pdf: bytes) -> Received:
    """What is kept of a PDF that typst has just made: nothing of it came from outside."""
    return Received(
        content=ContentFile(pdf),
        format=FileFormat.PDF,
        size=len(pdf),
        sha256=hashlib.sha256(pdf).hexdigest(),
        page_count=len(_PAGE.findall(pdf)),
    )
