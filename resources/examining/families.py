"""What a file seems to be by its first bytes, and how much of it is taken."""

import enum

from resources.examining.refusal import Refusal, _

MEGABYTE = 1024 * 1024
HEAD = 1024  # bytes: enough to know what is refused by its own name


class Family(enum.StrEnum):
    """Who examines a file."""

    PDF = "pdf"
    OFFICE = "office"
    IMAGE = "image"
    SOUND = "sound"
    VIDEO = "video"

    @property
    def limit(self) -> int:
        """The heaviest that is taken, in bytes."""
        return _LIMITS[self]


_LIMITS = {
    Family.PDF: 25 * MEGABYTE,
    Family.OFFICE: 25 * MEGABYTE,
    Family.IMAGE: 15 * MEGABYTE,
    Family.SOUND: 60 * MEGABYTE,
    Family.VIDEO: 200 * MEGABYTE,
}
LARGEST = max(_LIMITS.values())

_TAKEN = (
    (b"%PDF-", Family.PDF),
    (b"PK\x03\x04", Family.OFFICE),
    (b"\x89PNG\r\n\x1a\n", Family.IMAGE),
    (b"\xff\xd8\xff", Family.IMAGE),
    (b"ID3", Family.SOUND),
)
_OLD_OFFICE = _("c’est un ancien format de bureautique, qui peut cacher des macros. Enregistrez-le en ODT ou en DOCX.")
_ARCHIVE = _("c’est une archive. Envoyez les documents un par un : un dossier les réunira.")
_PROGRAM = _("c’est un programme, et non un document.")
_WEB_PAGE = _("c’est une page web. Exportez-la en PDF, ou donnez son adresse comme lien.")
_DRAWING = _("un dessin SVG peut contenir un programme. Exportez-le en PNG ou en PDF.")
_OTHER_IMAGE = _("ce format d’image n’est pas pris. Enregistrez-la en PNG, en JPEG ou en WebP.")
_OTHER_SOUND = _("ce format de son ou de vidéo n’est pas pris. Convertissez-le en MP3 ou en MP4.")
_REFUSED = (
    (b"\xd0\xcf\x11\xe0", _OLD_OFFICE),
    (rb"{\rtf", _OLD_OFFICE),
    (b"PK\x05\x06", _ARCHIVE),
    (b"PK\x07\x08", _ARCHIVE),
    (b"Rar!", _ARCHIVE),
    (b"7z\xbc\xaf", _ARCHIVE),
    (b"\x1f\x8b", _ARCHIVE),
    (b"BZh", _ARCHIVE),
    (b"\xfd7zXZ", _ARCHIVE),
    (b"MZ", _PROGRAM),
    (b"\x7fELF", _PROGRAM),
    (b"#!", _PROGRAM),
    (b"GIF8", _OTHER_IMAGE),
    (b"BM", _OTHER_IMAGE),
    (b"II*\0", _OTHER_IMAGE),
    (b"MM\0*", _OTHER_IMAGE),
    (b"OggS", _OTHER_SOUND),
    (b"fLaC", _OTHER_SOUND),
    (b"\x1aE\xdf\xa3", _OTHER_SOUND),
)
_STILL_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis")


def family_of(head: bytes) -> Family:
    """Who examines a file that begins like this.

    :raises Refusal: With what to send instead.
    """
    for signature, family in _TAKEN:
        if head.startswith(signature):
            return family
    if head.startswith(b"RIFF"):
        if head[8:12] == b"WEBP":
            return Family.IMAGE
        raise Refusal(_OTHER_SOUND)
    if head[4:8] == b"ftyp":
        if head[8:12] in _STILL_BRANDS:
            raise Refusal(_OTHER_IMAGE)
        return Family.VIDEO
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2:  # the synchronisation of a frame of layer III
        return Family.SOUND
    raise Refusal(_reason(head))


def _reason(head: bytes) -> str:
    """Why nobody examines it."""
    for signature, reason in _REFUSED:
        if head.startswith(signature):
            return reason
    # A text may begin with a mark and be in sixteen bits: without these bytes, its tags read the same.
    words = head.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n").lower()
    if b"<svg" in words or b"<!doctype svg" in words:
        return _DRAWING
    if words.startswith((b"<!doctype html", b"<html", b"<script", b"<head", b"<body")) or b"<script" in words:
        return _WEB_PAGE
    if b"%PDF-" in head:
        return _("ce PDF est précédé d’autres données. Enregistrez-le à nouveau.")
    return _(
        "son contenu n’est pas d’un format reconnu. Sont pris : PDF, ODT, ODS, ODP, DOCX, XLSX, PPTX, PNG, JPEG, WebP,"
        " MP3 et MP4."
    )
