"""A table as an OpenDocument spreadsheet: words and numbers, no formula, no style."""

import io
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

MEDIA_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{MEDIA_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3">'
    "<office:body><office:spreadsheet>"
)
_TAIL = "</office:spreadsheet></office:body></office:document-content>"


def workbook(name: str, header: Sequence[object], rows: Iterable[Sequence[object]]) -> bytes:
    """A file of one sheet.

    :param name: Of the sheet.
    :param header: The names of the columns.
    :param rows: The cells, row by row; numbers stay numbers, all else is words, None is nothing.
    """
    lines = "".join(f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>" for row in (header, *rows))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        # First and as it is, so that whoever looks at the first bytes knows the format.
        archive.writestr("mimetype", MEDIA_TYPE, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        sheet = f'<table:table table:name="{_attribute(name)}">{lines}</table:table>'
        archive.writestr("content.xml", f"{_HEAD}{sheet}{_TAIL}")
    return file.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, int | float) and not isinstance(value, bool):
        kind = f'office:value-type="float" office:value="{value}"'
    else:
        kind = 'office:value-type="string"'
    return f"<table:table-cell {kind}><text:p>{escape(_words(value))}</text:p></table:table-cell>"


def _attribute(text: str) -> str:
    return escape(_words(text), {'"': "&quot;"})


def _words(value: object) -> str:
    """Without the characters that XML cannot hold."""
    return "".join(sign for sign in str(value) if unicodedata.category(sign) not in ("Cc", "Cn", "Cs"))
