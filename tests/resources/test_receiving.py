"""Good files: recognised by what they hold, and kept without what should not leave their author's machine."""

import hashlib
import io

import pytest
import typst
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.utils import translation
from openpyxl import Workbook
from PIL import Image, ImageCms

from resources.enums import FileFormat
from resources.examining.__main__ import examine
from resources.files import RefusedFileError, receive, receiving
from tests.resources import made_files as made

pytestmark = pytest.mark.any_database


@pytest.fixture
def at_once(monkeypatch):
    """Judge files here: the same code as in the process that is made for each, without the time that it takes."""
    monkeypatch.setattr(receiving, "_examined", lambda copy, family, out: examine(family, copy.file, out.file))


def received(content, name=""):
    return receive(ContentFile(content, name=name))


def redrawn(content):
    """The image that is kept of this one."""
    kept = received(content)
    return Image.open(io.BytesIO(kept.content.read()))


def workbook():
    out = io.BytesIO()
    book = Workbook()
    book.active.append(["commune", "population"])
    book.save(out)
    return out.getvalue()


def charter():
    """What typst writes: object streams, fonts, tags, links."""
    text = '#set document(title: "La charte")\n= La charte\n#link("https://example.org")[à lire]\n#pagebreak()\nfin'
    return typst.compile(text.encode(), pdf_standards=["ua-1"])


def picture_of_a_document():
    return made.open_xml(
        parts={
            "word/media/image1.png": made.image(),
            "word/_rels/document.xml.rels": made.relation("hyperlink", "https://example.org"),
            "xl/printerSettings/printerSettings1.bin": bytes(9),
        }
    )


GOOD = {
    "guide.pdf": (made.pdf, FileFormat.PDF, 1),
    "charte.PDF": (charter, FileFormat.PDF, 2),
    "tables.pdf": (lambda: made.pdf_in_object_stream(b"/OpenAction<</S/GoTo/D[3 0 R/Fit]>>"), FileFormat.PDF, 1),
    "lettre.odt": (
        lambda: made.open_document(
            '<text:a xlink:href="https://example.org"/><draw:image xlink:href="Pictures/a.png"/>',
            Pictures__a_png=made.image(),
            Configurations2__accelerator__current_xml="",
        ),
        FileFormat.ODT,
        None,
    ),
    "tableau.ods": (lambda: made.open_document(kind="spreadsheet"), FileFormat.ODS, None),
    "diapositives.odp": (lambda: made.open_document(kind="presentation"), FileFormat.ODP, None),
    "lettre.docx": (picture_of_a_document, FileFormat.DOCX, None),
    "tableau.xlsx": (workbook, FileFormat.XLSX, None),
    "diapositives.pptx": (lambda: made.open_xml("pptx"), FileFormat.PPTX, None),
    "son.mp3": (made.mp3, FileFormat.MP3, None),
    "titre.mp3": (made.labelled_mp3, FileFormat.MP3, None),
    "film.mp4": (made.mp4, FileFormat.MP4, None),
    "film.m4v": (made.mp4, FileFormat.MP4, None),
}


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_is_kept_as_it_is(name):
    make, kind, pages = GOOD[name]
    content = make()

    kept = received(content, name)

    assert (kept.format, kept.page_count, kept.size, kept.sha256, kept.content.read()) == (
        kind,
        pages,
        len(content),
        hashlib.sha256(content).hexdigest(),
        content,
    )


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("name", ["", "guide", "guide 2.1", "a" * 300, "L’ÉCONOMIE SOCIALE (n° 2).pdf"])
def test_a_name_decides_nothing(name):
    assert received(made.pdf(), name).format == FileFormat.PDF


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (made.talkative_png, "photo.png", FileFormat.PNG),
        (made.turned_jpeg, "photo.JPEG", FileFormat.JPEG),
        (lambda: made.image("WEBP", exif=Image.Exif(), xmp=b"Camille Secret"), "photo.webp", FileFormat.WEBP),
    ],
)
def test_an_image_is_written_anew_without_what_is_said_beside_it(content, name, kind):
    assert b"Camille Secret" in content()

    kept = received(content(), name)

    written = kept.content.read()
    image = Image.open(io.BytesIO(written))
    assert kept.format == kind
    assert b"Camille" not in written
    assert (dict(image.getexif()), kept.size, kept.sha256) == ({}, len(written), hashlib.sha256(written).hexdigest())


@pytest.mark.usefixtures("at_once")
def test_a_photo_is_turned_as_it_was_taken():
    assert redrawn(made.turned_jpeg()).size == (30, 40)


@pytest.mark.usefixtures("at_once")
def test_colours_of_a_profile_become_those_of_the_web():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    for icc in (profile, srgb, b"no profile at all"):
        image = redrawn(made.image("PNG", icc_profile=icc))
        assert ("icc_profile" in image.info, image.convert("RGB").getpixel((5, 5))) == (False, (0, 128, 128))


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    ("mode", "kind", "options"),
    [
        ("1", "PNG", {}),
        ("L", "PNG", {}),
        ("LA", "PNG", {}),
        ("I;16", "PNG", {}),
        ("P", "PNG", {"transparency": 0}),
        ("RGBA", "PNG", {}),
        ("L", "JPEG", {}),
        ("CMYK", "JPEG", {}),
        ("RGB", "WEBP", {}),
    ],
)
def test_each_kind_of_pixels_is_kept(mode, kind, options):
    kept = redrawn(made.image(kind, mode=mode, **options))

    assert (kept.format, kept.mode, "transparency" in kept.info) == (kind, mode, bool(options))


@pytest.mark.usefixtures("at_once")
def test_what_a_telephone_adds_after_a_photo_is_dropped():
    kept = received(made.image("JPEG") + made.image("JPEG", size=(9, 9)) + b"SEFT Camille Secret")

    assert b"Camille" not in kept.content.read()


def test_an_upload_on_disk_is_received_too():
    with TemporaryUploadedFile("guide.pdf", "text/html", 0, None) as upload:
        upload.write(made.pdf())

        kept = receive(upload)

    assert (kept.format, kept.content.read(4)) == (FileFormat.PDF, b"%PDF")


@pytest.mark.usefixtures("at_once")
def test_a_reason_is_said_in_the_language_of_the_page():
    """The process that judges knows no language: it hands over a sentence of the catalogue."""
    with translation.override("fr"), pytest.raises(RefusedFileError, match=r"^Ce fichier est refusé : il est vide\.$"):
        received(b"")
