"""MP4: a chain of boxes from its beginning to its end, whose media are in the file itself."""

import struct
from collections.abc import Iterator
from typing import BinaryIO

from resources.examining.found import Found, is_archive_too, length
from resources.examining.refusal import Refusal, _, damaged, doubled

BRANDS = {
    b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9",
    b"mp41", b"mp42", b"avc1", b"M4V ", b"M4VH", b"dash", b"MSNV", b"mmp4", b"3gp4", b"3gp5", b"3gp6",
}  # fmt: skip
_TOP = {
    b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"uuid", b"moof", b"mfra", b"sidx", b"styp", b"udta",
    b"meta", b"pdin", b"ssix", b"emsg", b"prft",
}  # fmt: skip
_HOLDING = {b"moov", b"trak", b"mdia", b"minf", b"dinf"}  # boxes that lead to where the media are
MOST_BOXES = 200_000


def examine(file: BinaryIO, _out: BinaryIO) -> Found:
    """Follow the boxes of a film, each of which says how long it is.

    :raises Refusal: If they do not lead from the beginning to the end, or lead out of the file.
    """
    size = length(file)
    if is_archive_too(file):
        raise doubled()
    file.seek(8)
    if file.read(4) not in BRANDS:
        raise Refusal(_("cette vidéo n’est pas un MP4 courant. Convertissez-la en MP4 (H.264)."))
    names = set()
    for name, start, end in _boxes(file, 0, size):
        if name not in _TOP:
            raise doubled()
        names.add(name)
        if name == b"moov":
            _stays_inside(file, start, end)
    if not names >= {b"moov", b"mdat"}:
        raise damaged()
    return Found("mp4")


def _boxes(file: BinaryIO, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes of a stretch: the name of each, where its content begins, where it ends."""
    count = 0
    while at < end:
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            raise doubled()
        weight, name = struct.unpack(">I4s", head[:8])
        start = at + 8
        if weight == 1 and len(head) == 16:
            weight, start = int(struct.unpack(">Q", head[8:])[0]), at + 16
        elif weight == 0:
            weight = end - at
        if weight < start - at or at + weight > end or (count := count + 1) > MOST_BOXES:
            raise doubled()
        yield name, start, at + weight
        at += weight


def _stays_inside(file: BinaryIO, start: int, end: int) -> None:
    """Refuse a film whose pictures are at another address: who looks at it would ask there."""
    for name, inner, stop in _boxes(file, start, end):
        if name in _HOLDING:
            _stays_inside(file, inner, stop)
        elif name == b"dref":
            for _kind, entry, _entry_end in _boxes(file, inner + 8, stop):
                file.seek(entry)
                flags = file.read(4)
                if not flags[-1:] or not flags[-1] & 1:
                    raise Refusal(_("cette vidéo va chercher ses images ailleurs. Enregistrez-la en un seul fichier."))
