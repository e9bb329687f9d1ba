"""A text as an OpenDocument file: what an office suite opens, changes and prints. No macro, no link to a model."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from resources.blocks import Block, Line, Run

MEDIA_TYPE = "application/vnd.oasis.opendocument.text"
# A zip cannot be older; a date of its own would make another file each day.
_DATE = (1980, 1, 1, 0, 0, 0)
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_NAMESPACES = (
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
    ' xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"'
    ' xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' office:version="1.3"'
)
_MANIFEST = (
    f"{_DECLARATION}"
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{MEDIA_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    '<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/>'
    '<manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)
# What a person still has to fill in, between square brackets.
_BLANK = re.compile(r"(\[[^\[\]]+\])")

_FONT = "Liberation Serif"
_STYLES = f"""{_DECLARATION}
<office:document-styles{_NAMESPACES}>
<office:font-face-decls>
<style:font-face style:name="{_FONT}" svg:font-family="'{_FONT}', 'Times New Roman', serif"
 style:font-family-generic="roman" style:font-pitch="variable"/>
</office:font-face-decls>
<office:styles>
<style:default-style style:family="paragraph">
<style:paragraph-properties fo:hyphenation-ladder-count="no-limit" style:tab-stop-distance="1.25cm"/>
<style:text-properties style:font-name="{_FONT}" fo:font-size="11pt" fo:language="fr" fo:country="FR"
 fo:hyphenate="false"/>
</style:default-style>
<style:style style:name="Standard" style:family="paragraph" style:class="text"/>
<style:style style:name="Text_20_body" style:display-name="Text body" style:family="paragraph"
 style:parent-style-name="Standard" style:class="text">
<style:paragraph-properties fo:margin-top="0cm" fo:margin-bottom="0.28cm" fo:line-height="118%" fo:orphans="2"
 fo:widows="2"/>
</style:style>
<style:style style:name="Title" style:family="paragraph" style:parent-style-name="Standard" style:class="chapter"
 style:next-style-name="Text_20_body">
<style:paragraph-properties fo:margin-top="0cm" fo:margin-bottom="0.6cm" fo:keep-with-next="always"/>
<style:text-properties fo:font-size="18pt" fo:font-weight="bold" fo:color="#5b1f4f"/>
</style:style>
<style:style style:name="Heading_20_1" style:display-name="Heading 1" style:family="paragraph"
 style:parent-style-name="Standard" style:class="text" style:next-style-name="Text_20_body"
 style:default-outline-level="1">
<style:paragraph-properties fo:margin-top="0.5cm" fo:margin-bottom="0.2cm" fo:keep-with-next="always"/>
<style:text-properties fo:font-size="13pt" fo:font-weight="bold"/>
</style:style>
<style:style style:name="Heading_20_2" style:display-name="Heading 2" style:family="paragraph"
 style:parent-style-name="Heading_20_1" style:class="text" style:next-style-name="Text_20_body"
 style:default-outline-level="2">
<style:text-properties fo:font-size="11.5pt" fo:font-weight="bold"/>
</style:style>
<style:style style:name="Quotations" style:family="paragraph" style:parent-style-name="Text_20_body"
 style:class="html">
<style:paragraph-properties fo:margin-left="1cm" fo:margin-right="1cm"/>
<style:text-properties fo:font-style="italic"/>
</style:style>
<style:style style:name="Strong_20_Emphasis" style:display-name="Strong Emphasis" style:family="text">
<style:text-properties fo:font-weight="bold"/>
</style:style>
<style:style style:name="Emphasis" style:family="text">
<style:text-properties fo:font-style="italic"/>
</style:style>
<style:style style:name="Placeholder" style:family="text">
<style:text-properties fo:background-color="#f7e3b1" fo:color="#261a2b"/>
</style:style>
<style:style style:name="Internet_20_link" style:display-name="Internet link" style:family="text">
<style:text-properties fo:color="#5b1f4f" style:text-underline-style="solid"
 style:text-underline-width="auto" style:text-underline-color="font-color"/>
</style:style>
<text:list-style style:name="Numbers">
<text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix=".">
<style:list-level-properties text:list-level-position-and-space-mode="label-alignment">
<style:list-level-label-alignment text:label-followed-by="listtab" fo:text-indent="-0.7cm" fo:margin-left="1.2cm"/>
</style:list-level-properties>
</text:list-level-style-number>
</text:list-style>
<text:list-style style:name="Bullets">
<text:list-level-style-bullet text:level="1" text:bullet-char="•">
<style:list-level-properties text:list-level-position-and-space-mode="label-alignment">
<style:list-level-label-alignment text:label-followed-by="listtab" fo:text-indent="-0.5cm" fo:margin-left="1.2cm"/>
</style:list-level-properties>
</text:list-level-style-bullet>
</text:list-style>
</office:styles>
<office:automatic-styles>
<style:page-layout style:name="A4">
<style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" style:print-orientation="portrait"
 fo:margin-top="2.2cm" fo:margin-bottom="2cm" fo:margin-left="2.4cm" fo:margin-right="2.4cm"/>
</style:page-layout>
</office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="A4"/></office:master-styles>
</office:document-styles>"""


def document(title: str, text: Iterable[Block]) -> bytes:
    """A file that says this text; the same text gives the same bytes.

    :param title: Of the file: what a window and a screen reader announce. It is not printed.
    """
    body = "".join(_block(block) for block in text)
    content = (
        f"{_DECLARATION}<office:document-content{_NAMESPACES}>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    meta = (
        f"{_DECLARATION}<office:document-meta{_NAMESPACES}><office:meta>"
        f"<meta:generator>Engagements ESS</meta:generator><dc:title>{_words(title)}</dc:title>"
        "<dc:language>fr-FR</dc:language></office:meta></office:document-meta>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        # First and as it is, so that whoever looks at the first bytes knows the format.
        _write(archive, "mimetype", MEDIA_TYPE, zipfile.ZIP_STORED)
        _write(archive, "META-INF/manifest.xml", _MANIFEST)
        _write(archive, "meta.xml", meta)
        _write(archive, "styles.xml", _STYLES)
        _write(archive, "content.xml", content)
    return file.getvalue()


def _write(archive: zipfile.ZipFile, name: str, text: str, how: int = zipfile.ZIP_DEFLATED) -> None:
    entry = zipfile.ZipInfo(name, _DATE)
    entry.compress_type = how
    archive.writestr(entry, text)


def _block(block: Block) -> str:
    if block.kind == "heading":
        line = _line(block.lines[0])
        return f'<text:h text:style-name="Heading_20_{block.level}" text:outline-level="{block.level}">{line}</text:h>'
    if block.kind in {"bullets", "numbers"}:
        items = "".join(f"<text:list-item>{_paragraph(line)}</text:list-item>" for line in block.lines)
        return f'<text:list text:style-name="{block.kind.capitalize()}">{items}</text:list>'
    style = "Quotations" if block.kind == "quote" else "Text_20_body"
    return "".join(_paragraph(line, style) for line in block.lines)


def _paragraph(line: Line, style: str = "Text_20_body") -> str:
    return f'<text:p text:style-name="{style}">{_line(line)}</text:p>'


def _line(line: Line) -> str:
    return "".join(part for run in line for part in _run(run))


def _run(run: Run) -> Iterator[str]:
    """The words of a run, what is to be filled in marked apart."""
    for piece in filter(None, _BLANK.split(run.text)):
        words = _words(piece).replace("\n", "<text:line-break/>")
        if _BLANK.fullmatch(piece):
            words = f'<text:span text:style-name="Placeholder">{words}</text:span>'
        if run.href:
            words = f'<text:a xlink:type="simple" xlink:href={quoteattr(run.href)}>{words}</text:a>'
        if run.strong or run.emphasis:
            style = "Strong_20_Emphasis" if run.strong else "Emphasis"
            words = f'<text:span text:style-name="{style}">{words}</text:span>'
        yield words


def _words(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return escape(
        "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cn", "Cs"))
    )
