"""PDF: well formed, without a password, and with nothing in it that acts."""

import re
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from pypdf import PdfReader, apply_configuration
from pypdf.errors import LimitReachedError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

from resources.examining.families import MEGABYTE
from resources.examining.found import Found, is_archive_too, length
from resources.examining.refusal import Refusal, _, damaged, doubled, inflated

MOST_OBJECTS = 300_000
MOST_PAGES = 2_000
MOST_PIXELS = 100_000_000
STREAM = 50 * MEGABYTE  # of text or drawing, inflated
TABLE = 8 * MEGABYTE  # of objects that are compressed together: those alone are kept while they are read
IMAGE = 400 * MEGABYTE
ALL_STREAMS = 1024 * MEGABYTE

_SCRIPT = _("ce PDF contient du code JavaScript. Imprimez-le en PDF, ou exportez-le sans script.")
_LAUNCH = _("ce PDF lance un programme ou ouvre un autre fichier. Exportez-le sans actions.")
_ATTACHED = _("ce PDF contient des pièces jointes. Envoyez-les à part.")
_MEDIA = _("ce PDF contient un objet animé, du son ou de la vidéo. Envoyez-les à part.")
_FORM = _("ce PDF contient un formulaire XFA, que peu de lecteurs ouvrent. Imprimez-le en PDF.")
_SENDING = _("ce PDF envoie ce qui y est saisi. Exportez-le sans formulaire.")
_BY_ITSELF = _("ce PDF agit de lui-même quand on l’ouvre. Exportez-le sans actions automatiques.")
_LOCKED = _("ce PDF est protégé par un mot de passe. Enregistrez-le sans protection.")
_LINK = _("ce PDF contient un lien qui ne mène pas à une page web.")

# Keys of a dictionary that must not be there, whatever they hold.
_KEYS = {
    "/JavaScript": _SCRIPT,
    "/JS": _SCRIPT,
    "/EmbeddedFiles": _ATTACHED,
    "/EF": _ATTACHED,
    "/RichMediaContent": _MEDIA,
    "/RichMediaSettings": _MEDIA,
    "/XFA": _FORM,
    "/AA": _BY_ITSELF,
    "/Encrypt": _LOCKED,
}
# What a dictionary must not say that it is, by its ``/S``, ``/Subtype`` or ``/Type``.
_NATURES = {
    "/JavaScript": _SCRIPT,
    "/Launch": _LAUNCH,
    "/GoToR": _LAUNCH,
    "/GoToE": _ATTACHED,
    "/EmbeddedFile": _ATTACHED,
    "/FileAttachment": _ATTACHED,
    "/RichMedia": _MEDIA,
    "/Rendition": _MEDIA,
    "/Movie": _MEDIA,
    "/Sound": _MEDIA,
    "/Screen": _MEDIA,
    "/3D": _MEDIA,
    "/SubmitForm": _SENDING,
    "/ImportData": _SENDING,
}
# Looked for in the bytes too: an earlier revision of an object is in no table, and a reader may still find it.
_WORDS = {
    b"JavaScript": _SCRIPT,
    b"Launch": _LAUNCH,
    b"EmbeddedFile": _ATTACHED,
    b"EmbeddedFiles": _ATTACHED,
    b"FileAttachment": _ATTACHED,
    b"RichMedia": _MEDIA,
    b"SubmitForm": _SENDING,
    b"ImportData": _SENDING,
    b"Encrypt": _LOCKED,
}
_ACTIONS = {"/GoTo", "/URI", "/Named", "/Thread"}  # moving in the document, and links
_SCHEMES = re.compile(r"^\s*(?:https?|ftp|mailto|tel):|^[^:]*(?:$|[/?#])", re.IGNORECASE)
_NAME = re.compile(rb"/([A-Za-z#][A-Za-z0-9#]{3,60})")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
# What its parser says of a file, or falls into when it meets what it was not written for.
_UNREAD = (PyPdfError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
_IMAGE_FILTERS = {"/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode"}
_PLAIN_FILTERS = {"/ASCII85Decode", "/ASCIIHexDecode"}


def examine(file: BinaryIO, _out: BinaryIO) -> Found:
    """Go through all the objects of a PDF, in its object streams too.

    :raises Refusal: With what to change in it.
    """
    size = length(file)
    content = file.read()
    file.seek(0)
    if not content[-64:].rstrip(b"\0\t\n\f\r ").endswith(b"%%EOF") or is_archive_too(file):
        raise doubled() if b"%%EOF" in content else damaged()
    for name in _NAME.findall(content):
        plain = _ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), name) if b"#" in name else name
        if reason := _WORDS.get(plain):
            raise Refusal(reason)
    del content
    with apply_configuration(zlib_maximum_output_length=TABLE, maximum_declared_stream_length=size):
        try:
            return Found("pdf", page_count=_read(file))
        except LimitReachedError as error:
            raise inflated() from error
        # Its parser meets here what it was not written for.
        except (
            PyPdfError,
            ArithmeticError,
            AttributeError,
            LookupError,
            RecursionError,
            TypeError,
            ValueError,
        ) as error:
            raise damaged() from error


def _read(file: BinaryIO) -> int:
    """Go through what the tables of a PDF name: how many pages it has."""
    reader = PdfReader(file, strict=True)
    numbers = {(number, generation) for generation, found in reader.xref.items() for number in found}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > MOST_OBJECTS:
        raise inflated()
    _judge(reader.trailer)
    weight = 0
    for number, generation in sorted(numbers):
        found = reader.get_object(IndirectObject(number, generation, reader))
        for part in _parts(found):
            _judge(part)
            if isinstance(part, StreamObject):
                weight += _weigh(part)
                if weight > ALL_STREAMS:
                    raise inflated()
    pages = len(reader.pages)
    if not pages:
        raise damaged()
    if pages > MOST_PAGES:
        raise Refusal(_("ce PDF a plus de %(most)d pages. Envoyez-le en plusieurs parties."), most=MOST_PAGES)
    return pages


def _parts(found: Any) -> Iterator[DictionaryObject]:
    """The dictionaries of an object, one within another; what they refer to is gone through for itself."""
    waiting = [found]
    while waiting:
        part = waiting.pop()
        if isinstance(part, DictionaryObject):
            yield part
            waiting.extend(part.values())
        elif isinstance(part, ArrayObject):
            waiting.extend(part)


def _judge(part: DictionaryObject) -> None:
    for key, value in part.items():
        if reason := _KEYS.get(key):
            raise Refusal(reason)
        said = _direct(value)
        if key in {"/S", "/Subtype", "/Type"} and isinstance(said, NameObject) and (reason := _NATURES.get(said)):
            raise Refusal(reason)
        if key in {"/A", "/OpenAction", "/Next", "/PA"}:
            _judge_action(said)
        if key == "/URI" and isinstance(said, str) and not _SCHEMES.search(said):
            raise Refusal(_LINK)


def _judge_action(said: Any) -> None:
    """An action, or a list of them; the same keys also hold a destination, or an attribute, which say no ``/S``."""
    for action in said if isinstance(said, ArrayObject) else [said]:
        action = _direct(action)  # noqa: PLW2901  what the reference leads to
        said = _direct(action.get("/S")) if isinstance(action, DictionaryObject) else None
        if said is not None and said not in _ACTIONS:
            raise Refusal(_NATURES.get(said, _BY_ITSELF))


def _weigh(stream: StreamObject) -> int:
    """How much a stream takes once it is inflated, without keeping any of it."""
    named = _direct(stream.get("/Filter"))
    filters = [_direct(name) for name in (named if isinstance(named, ArrayObject) else [named] if named else [])]
    data = stream._data
    bound = STREAM
    if _direct(stream.get("/Subtype")) == "/Image":
        bound = IMAGE
        if int(_direct(stream.get("/Width", 0))) * int(_direct(stream.get("/Height", 0))) > MOST_PIXELS:
            raise inflated()
    others = [name for name in filters if name not in _PLAIN_FILTERS]
    if others[:1] == ["/FlateDecode"] and (not others[1:] or (len(others) == 2 and others[1] in _IMAGE_FILTERS)):
        if filters[0] != "/FlateDecode":
            return _bounded(len(data) * 1032, bound)  # the most that deflate can do
        return _inflate(data, bound)
    if others == ["/RunLengthDecode"]:
        return _bounded(len(data) * 64, bound)
    if len(others) > 1 or (others and others[0] not in _IMAGE_FILTERS):
        raise Refusal(_("ce PDF emploie une compression ancienne ou inconnue. Enregistrez-le à nouveau."))
    return len(data)


def _bounded(size: int, bound: int) -> int:
    if size > bound:
        raise inflated()
    return size


def _inflate(data: bytes, bound: int) -> int:
    engine, size = zlib.decompressobj(), 0
    try:
        while data and not engine.eof:
            size = _bounded(size + len(engine.decompress(data, MEGABYTE)), bound)
            data = engine.unconsumed_tail
    except zlib.error:
        return size  # a reader stops there too
    return size


def _direct(value: Any) -> Any:
    return value.get_object() if isinstance(value, IndirectObject) else value
