"""Reading a PDF back, as a reader copies it and as a screen reader walks it."""

import io
import re

from pypdf import PdfReader


def reader_of(pdf):
    return PdfReader(io.BytesIO(pdf))


def text_of(pdf):
    """What a reader copies, on one line, without the spaces that French asks not to break nor those that we add."""
    text = "\n".join(page.extract_text() for page in reader_of(pdf).pages).replace("\u200b", "")
    return " ".join(text.split())


def tags_of(pdf):
    """The tags of the structure tree in reading order, with their alternative texts and their titles."""
    found = []

    def walk(node):
        node = node.get_object()
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif hasattr(node, "get"):
            if tag := node.get("/S"):
                found.append((tag, str(node.get("/Alt", "")), str(node.get("/T", ""))))
            if (inside := node.get("/K")) is not None:
                walk(inside)

    walk(reader_of(pdf).trailer["/Root"]["/StructTreeRoot"])
    return found


def headings_of(pdf):
    return [(tag, title) for tag, _alt, title in tags_of(pdf) if re.fullmatch(r"/H\d", tag)]
