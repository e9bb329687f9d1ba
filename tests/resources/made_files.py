"""Files of each format, made here: good ones, and the pieces that hostile ones are made of."""

import io
import struct
import zipfile
import zlib
from functools import cache

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

# --- PDF ---


def pdf(change=None, pages=1):
    """A PDF of blank pages; ``change`` may add what it likes to the writer."""
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(width=200, height=200)
    if change:
        change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf_dictionary(**values):
    """``S="/Launch"`` is the name ``/Launch``; another text is a text."""
    return DictionaryObject({NameObject(f"/{key}"): pdf_value(value) for key, value in values.items()})


def pdf_value(value):
    if isinstance(value, str):
        return NameObject(value) if value.startswith("/") else TextStringObject(value)
    if isinstance(value, dict):
        return pdf_dictionary(**value)
    if isinstance(value, list):
        return ArrayObject([pdf_value(item) for item in value])
    return NumberObject(value) if isinstance(value, int) else value


def pdf_with_root(**values):
    """A PDF whose catalogue says this too."""
    return pdf(lambda writer: writer.root_object.update(pdf_dictionary(**values)))


def pdf_with_annotation(**values):
    """A PDF with this on its page."""

    def annotate(writer):
        note = writer._add_object(pdf_dictionary(Type="/Annot", Rect=[0, 0, 9, 9], **values))
        writer.pages[0][NameObject("/Annots")] = ArrayObject([note])

    return pdf(annotate)


def pdf_with_stream(data, **values):
    """A PDF that holds these bytes as they are, described so."""

    def add(writer):
        stream = StreamObject()
        stream._data = data
        stream.update(pdf_dictionary(**values))
        writer.root_object[NameObject("/Kept")] = writer._add_object(stream)

    return pdf(add)


def pdf_in_object_stream(hidden):
    """A PDF whose catalogue is in a compressed object stream, where nobody reads it from outside; it says this too."""
    parts = [(1, b"<</Type/Catalog/Pages 2 0 R" + hidden + b">>"), (2, b"<</Type/Pages/Kids[3 0 R]/Count 1>>")]
    parts.append((3, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"))
    index, body = b"", b""
    for number, content in parts:
        index += b"%d %d " % (number, len(body))
        body += content + b" "
    packed = zlib.compress(index + body)
    out = b"%PDF-1.5\n"
    streams_at = len(out)
    out += b"4 0 obj\n<</Type/ObjStm/N 3/First %d/Filter/FlateDecode/Length %d>>\nstream\n" % (len(index), len(packed))
    out += packed + b"\nendstream\nendobj\n"
    table_at = len(out)
    rows = struct.pack(">BHB", 0, 0, 255)
    rows += b"".join(struct.pack(">BHB", 2, 4, place) for place in range(3))
    rows += struct.pack(">BHB", 1, streams_at, 0) + struct.pack(">BHB", 1, table_at, 0)
    out += b"5 0 obj\n<</Type/XRef/Size 6/W[1 2 1]/Root 1 0 R/Length %d>>\nstream\n" % len(rows)
    return out + rows + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % table_at


# --- Office ---


def zipped(parts, compression=zipfile.ZIP_DEFLATED):
    """A zip of these parts, by name; the first one of an OpenDocument file is stored as it is."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, 0 if name == "mimetype" else compression)
    return out.getvalue()


OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "draw", "script")
)


def open_document(content="", kind="text", **parts):
    """An ODT, an ODS or an ODP with this in its body."""
    body = (
        f'<office:document-content {_SPACES} xmlns:xlink="http://www.w3.org/1999/xlink"><office:body>{content}'
        "</office:body></office:document-content>"
    )
    manifest = '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return zipped(
        {"mimetype": OPEN_DOCUMENT + kind, "content.xml": body, "META-INF/manifest.xml": manifest}
        | {name.replace("__", "/"): value for name, value in parts.items()}
    )


_KINDS = {
    "docx": ("wordprocessingml.document", "word/document.xml"),
    "xlsx": ("spreadsheetml.sheet", "xl/workbook.xml"),
    "pptx": ("presentationml.presentation", "ppt/presentation.xml"),
}


def open_xml(kind="docx", content="<document/>", parts=(), types="", declared=None):
    """A DOCX, an XLSX or a PPTX: ``types`` are declared besides its own, ``parts`` are added."""
    middle, main = _KINDS[kind]
    declared = declared or f"application/vnd.openxmlformats-officedocument.{middle}.main+xml"
    return zipped(
        {
            "[Content_Types].xml": f'<Types><Override PartName="/{main}" ContentType="{declared}"/>{types}</Types>',
            "_rels/.rels": "<Relationships/>",
            main: content,
        }
        | dict(parts)
    )


def relation(kind, target, mode="External"):
    """The relations of a document, with this one."""
    return (
        f'<Relationships><Relationship Id="r1" Type="http://schemas.example/relationships/{kind}" Target="{target}"'
        f' TargetMode="{mode}"/></Relationships>'
    )


# --- Images ---


def image(kind="PNG", size=(40, 30), mode="RGB", **options):
    out = io.BytesIO()
    Image.new(mode, size, "teal" if mode in ("RGB", "RGBA") else 0).save(out, kind, **options)
    return out.getvalue()


def png_of(width, height):
    """The head of a PNG of this size, which nothing follows: a few bytes that would take gigabytes."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


def talkative_png():
    """A PNG that says who made it."""
    words = PngInfo()
    words.add_text("Author", "Camille Secret")
    return image("PNG", pnginfo=words)


def turned_jpeg():
    """A JPEG, 40 by 30, that its Exif turns by a quarter, and that says where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "Camille Secret"
    exif.get_ifd(0x8825)[1] = "N"
    return image("JPEG", exif=exif, comment="Camille Secret")


# --- Sounds and films ---


@cache
def mp3(frames=8):
    """Silence: frames of MPEG 1, layer III, 128 kbit/s, 44.1 kHz."""
    return (b"\xff\xfb\x90\x00" + bytes(413)) * frames


def labelled_mp3():
    return b"ID3\x04\x00\x00\x00\x00\x00\x0a" + b"TIT2 title" + mp3() + b"TAG" + bytes(125)


def box(name, content=b""):
    return struct.pack(">I4s", len(content) + 8, name) + content


def mp4(reference_flag=1, more=b""):
    """A film without pictures. What its table of references says may lead out of the file."""
    entry = box(b"url ", struct.pack(">I", reference_flag) + b"https://example.org/film\0")
    table = box(b"dref", struct.pack(">II", 0, 1) + entry)
    inner = box(b"trak", box(b"mdia", box(b"minf", box(b"dinf", table))))
    return box(b"ftyp", b"isom\0\0\0\0isommp41") + box(b"moov", inner) + box(b"mdat", bytes(64)) + more
