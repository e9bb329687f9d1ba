"""Office files: a zip that holds what its kind asks for, no more of it than is said, and nothing that acts."""

import re
import struct
import zipfile
import zlib
from itertools import pairwise
from typing import Any, BinaryIO
from xml.sax import SAXException
from xml.sax.handler import ContentHandler, feature_namespaces

from defusedxml.common import DefusedXmlException
from defusedxml.sax import make_parser

from resources.examining.families import MEGABYTE
from resources.examining.found import Found, length
from resources.examining.refusal import Refusal, _, damaged, doubled, inflated

MOST_ENTRIES = 5_000
INFLATED = 150 * MEGABYTE
STEEP = 200  # times: text is never so much lighter once compressed, beyond a few megabytes
FLAT = 8 * MEGABYTE

_MACROS = _("ce document contient des macros. Enregistrez-le sans macros.")
_EMBEDDED = _("ce document en contient un autre, ou un objet OLE. Collez-le comme image, ou envoyez-le à part.")
_ACTIVE = _("ce document contient un élément actif. Enregistrez-le sans contrôles ni objets.")
_LOCKED = _("ce document est protégé par un mot de passe. Enregistrez-le sans protection.")
_TEMPLATE = _("c’est un modèle ou un format voisin. Enregistrez-le en ODT, ODS, ODP, DOCX, XLSX ou PPTX.")
_ARCHIVE = _("c’est une archive ZIP. Envoyez les documents un par un : un dossier les réunira.")
_DTD = _("ce document déclare des entités XML, qui peuvent épuiser qui l’ouvre. Enregistrez-le à nouveau.")

_OPEN_DOCUMENT = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
}
_MICROSOFT = "application/vnd.openxmlformats-officedocument."
_OPEN_XML = {
    f"{_MICROSOFT}wordprocessingml.document.main+xml": "docx",
    f"{_MICROSOFT}spreadsheetml.sheet.main+xml": "xlsx",
    f"{_MICROSOFT}presentationml.presentation.main+xml": "pptx",
}
_TEXT_PARTS = {"xml", "rels", "rdf", "vml", "svg", "xhtml"}
_OTHER_PARTS = {
    "png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "webp", "emf", "wmf", "svm", "wdp", "odttf", "fntdata", "ttf",
    "otf", "mp3", "mp4", "m4a", "wav", "psmdcp", "txt",
}  # fmt: skip
_PRINTER = re.compile(r"(^|/)printerSettings\d*\.bin$")
_NESTED = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"MZ", b"\x7fELF", b"%PDF-", b"#!", b"Rar!", b"7z\xbc\xaf")
_MISLEADING = re.compile(r"[\x00-\x1f\x7f\\:*?\"<>|\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|^/|(^|/)\.\.?(/|$)|//")
_SCHEME = re.compile(r"^\s*([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_FOLLOWED = {"http", "https", "ftp", "mailto", "tel"}
_DDE = re.compile(r"^\s*(?:DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|IMPORT|MACROBUTTON)\b", re.IGNORECASE)

_XLINK = ("http://www.w3.org/1999/xlink", "href")
_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"


def examine(file: BinaryIO, _out: BinaryIO) -> Found:
    """Recognise an office file by its structure, and go through each of its parts.

    :raises Refusal: With what to change in it.
    """
    size = length(file)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = _entries(archive, file, size)
            kind = _kind(archive, entries)
            for entry in entries:
                if not entry.is_dir():
                    _examine_part(archive, entry, is_open_xml=kind.endswith("x"))
    except zipfile.BadZipFile as error:
        raise damaged() from error
    except DefusedXmlException as error:
        raise Refusal(_DTD) from error
    except (SAXException, zlib.error, struct.error, EOFError, NotImplementedError, UnicodeError) as error:
        raise damaged() from error
    return Found(kind)


# --- The archive ---


def _entries(archive: zipfile.ZipFile, file: BinaryIO, size: int) -> list[zipfile.ZipInfo]:
    """The entries in the order of the file, once all that is said of them agrees."""
    entries = sorted(archive.infolist(), key=lambda entry: entry.header_offset)
    if not entries:
        raise damaged()
    if len(entries) > MOST_ENTRIES:
        raise inflated()
    names = [entry.filename.casefold() for entry in entries]
    if any(_MISLEADING.search(entry.orig_filename) for entry in entries) or len(set(names)) < len(names):
        raise Refusal(_("il contient un nom de fichier trompeur. Enregistrez-le à nouveau."))
    if any(entry.flag_bits & 0x41 for entry in entries):
        raise Refusal(_LOCKED)
    if any(entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for entry in entries):
        raise damaged()
    if sum(entry.file_size for entry in entries) > INFLATED or any(
        entry.file_size > FLAT and entry.file_size > STEEP * entry.compress_size for entry in entries
    ):
        raise inflated()
    if archive.comment or entries[0].header_offset:
        raise doubled()
    _leave_no_room(entries, archive.start_dir, file, size)
    return entries


def _leave_no_room(entries: list[zipfile.ZipInfo], directory: int, file: BinaryIO, size: int) -> None:
    """Refuse what overlaps, and what is hidden between the entries or after the table."""
    file.seek(size - 22)
    end = file.read(22)
    length_of_table, place_of_table = struct.unpack("<II", end[12:20])
    if not end.startswith(b"PK\x05\x06") or directory + length_of_table + 22 != size or place_of_table != directory:
        raise doubled()
    places = [entry.header_offset for entry in entries]
    for entry, (place, following) in zip(entries, pairwise([*places, directory]), strict=True):
        file.seek(place)
        head = file.read(30)
        if len(head) < 30:
            raise damaged()
        name, extra = struct.unpack("<HH", head[26:30])
        # A writer that did not know the weight beforehand says it afterwards, in 12 to 24 bytes.
        if not 0 <= following - (place + 30 + name + extra + entry.compress_size) <= 24:
            raise doubled()


def _kind(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> str:
    """The format, by what the archive declares where its kind of document declares it."""
    names = {entry.filename for entry in entries}
    if entries[0].filename == "mimetype" and entries[0].compress_type == zipfile.ZIP_STORED:
        declared = _read(archive, "mimetype", 200).decode("ascii", "replace")
        if kind := _OPEN_DOCUMENT.get(declared):
            if not {"content.xml", "META-INF/manifest.xml"} <= names:
                raise damaged()
            return kind
        raise Refusal(_TEMPLATE if declared.startswith("application/vnd.oasis") else _ARCHIVE)
    if "[Content_Types].xml" in names:
        watch = _ContentTypes()
        _parse(archive, "[Content_Types].xml", watch)
        if any("macroenabled" in declared or "vbaproject" in declared for declared in watch.declared):
            raise Refusal(_MACROS)
        if any(word in declared for declared in watch.declared for word in ("activex", "oleobject", ".package")):
            raise Refusal(_EMBEDDED)
        kinds = {kind for declared, kind in _OPEN_XML.items() if declared in watch.declared}
        if len(kinds) == 1:
            return kinds.pop()
        raise Refusal(_TEMPLATE)
    raise Refusal(_ARCHIVE)


def _read(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    with archive.open(name) as part:
        return part.read(most)


# --- Its parts ---


def _examine_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, *, is_open_xml: bool) -> None:
    name = entry.filename
    folded = name.casefold()
    if any(word in folded for word in ("vbaproject", "vbadata", "macrosignatures")) or folded.startswith(
        ("basic/", "scripts/", "dialogs/")
    ):
        raise Refusal(_MACROS)
    if "/embeddings/" in folded or "oleobject" in folded:
        raise Refusal(_EMBEDDED)
    if any(word in folded for word in ("/activex/", "/customui/", "/externallinks/", "/ctrlprops/", "/webextensions/")):
        raise Refusal(_ACTIVE)
    suffix = folded.rpartition(".")[2] if "." in folded.rpartition("/")[2] else ""
    if suffix in _TEXT_PARTS and entry.file_size:  # LibreOffice leaves an empty part where nobody chose shortcuts
        _parse(archive, name, _OpenXml(folded) if is_open_xml else _OpenDocument(folded))
        return
    start = _go_through(archive, name)
    if start.startswith(_NESTED):
        raise Refusal(_EMBEDDED)
    known = suffix in _OTHER_PARTS or _PRINTER.search(name) or name == "mimetype"
    # LibreOffice keeps a drawing of each chart under a name that says nothing, and the state of its bars.
    known = known or folded.startswith(("objectreplacements/", "configurations2/", "thumbnails/", "pictures/"))
    if not known and name != "layout-cache":
        raise Refusal(
            _("ce document contient un fichier inattendu (%(part)s). Enregistrez-le à nouveau."), part=name[:80]
        )


def _go_through(archive: zipfile.ZipFile, name: str) -> bytes:
    """Inflate a part to its end, where its fingerprint is checked: its first bytes."""
    with archive.open(name) as part:
        start = part.read(16)
        while part.read(64 * 1024):
            pass
    return start


def _parse(archive: zipfile.ZipFile, name: str, watch: ContentHandler) -> None:
    """Read a part as XML, to its end. No declaration of a document type passes: neither entities nor addresses."""
    parser = make_parser()
    parser.forbid_dtd = True
    parser.setFeature(feature_namespaces, True)  # noqa: FBT003  its own interface
    parser.setContentHandler(watch)
    with archive.open(name) as part:
        parser.parse(part)  # to its end, where the fingerprint of the part is checked


def _leads_out(address: str) -> bool:
    """Whether an address in a document is anything but a place in it."""
    return bool(_SCHEME.match(address)) or address.lstrip().startswith(("//", "\\", "/", ".."))


def _may_be_followed(address: str) -> bool:
    """Whether a link may be left for a reader to click."""
    scheme = _SCHEME.match(address)
    return scheme[1].lower() in _FOLLOWED if scheme else not address.lstrip().startswith(("//", "\\"))


def _elsewhere(address: str) -> Refusal:
    return Refusal(
        _("ce document va chercher un contenu ailleurs (%(address)s). Incorporez-le, ou ôtez-le."),
        address=address[:80],
    )


class _ContentTypes(ContentHandler):
    """What the parts of an Open XML file say that they are."""

    def __init__(self) -> None:
        super().__init__()
        self.declared: set[str] = set()

    def startElementNS(self, name: Any, _qualified: Any, attributes: Any) -> None:  # noqa: N802  SAX's name
        self.declared.add(str(attributes.get((None, "ContentType"), "")).lower())


class _OpenXml(ContentHandler):
    """What must not be in a part of a DOCX, an XLSX or a PPTX."""

    def __init__(self, part: str) -> None:
        super().__init__()
        self.is_relations = part.endswith(".rels")
        self.is_instruction = False
        self.instruction = ""

    def startElementNS(self, name: Any, _qualified: Any, attributes: Any) -> None:  # noqa: N802
        local = name[1]
        if self.is_relations and local == "Relationship":
            kind = str(attributes.get((None, "Type"), "")).rpartition("/")[2].lower()
            target = str(attributes.get((None, "Target"), ""))
            if kind in {"oleobject", "package", "vbaproject", "control", "afchunk", "activexcontrol"}:
                raise Refusal(_MACROS if kind == "vbaproject" else _EMBEDDED)
            if str(attributes.get((None, "TargetMode"), "")).lower() == "external":
                if kind != "hyperlink" or not _may_be_followed(target):
                    raise _elsewhere(target)
            elif _SCHEME.match(target) or target.startswith(("//", "\\")):
                raise _elsewhere(target)
        elif local in {"oleObject", "oleObj", "OLEObject", "ddeLink", "control", "script"}:
            raise Refusal(_ACTIVE)
        elif local == "fldSimple":
            self._judge(next((str(value) for key, value in attributes.items() if key[1] == "instr"), ""))
        elif local == "instrText":
            self.is_instruction = True
        elif local == "fldChar":
            self.instruction = ""  # the words of a field may be cut in several pieces; another begins here

    def endElementNS(self, name: Any, _qualified: Any) -> None:  # noqa: N802
        if name[1] == "instrText":
            self.is_instruction = False
            self._judge(self.instruction)

    def characters(self, content: str) -> None:
        if self.is_instruction and len(self.instruction) < 200:
            self.instruction += content

    def _judge(self, instruction: str) -> None:
        if _DDE.match(instruction):
            raise Refusal(_ACTIVE)


class _OpenDocument(ContentHandler):
    """What must not be in a part of an ODT, an ODS or an ODP."""

    def __init__(self, part: str) -> None:
        super().__init__()
        self.is_manifest = part == "meta-inf/manifest.xml"

    def startElementNS(self, name: Any, _qualified: Any, attributes: Any) -> None:  # noqa: N802
        space, local = name
        if local == "encryption-data" and self.is_manifest:
            raise Refusal(_LOCKED)
        if (space == f"{_OASIS}office:1.0" and local == "script") or (
            space == f"{_OASIS}script:1.0" and local == "event-listener"
        ):
            raise Refusal(_MACROS)
        if local in {"object-ole", "plugin", "applet", "floating-frame"}:
            raise Refusal(_EMBEDDED)
        if local in {"dde-source", "dde-connection-decl", "dde-connection", "script"} and space != f"{_OASIS}meta:1.0":
            raise Refusal(_ACTIVE)
        address = str(attributes.get(_XLINK, ""))
        if not address or (space == f"{_OASIS}meta:1.0" and local in {"template", "auto-reload"}):
            return  # where the model of a document was on its author's machine: nothing asks for it
        if local == "a":
            if not _may_be_followed(address):
                raise _elsewhere(address)
        elif not address.startswith("#") and _leads_out(address):
            raise _elsewhere(address)
