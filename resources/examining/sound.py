"""MP3: a chain of frames from its beginning to its end, and labels around it."""

from typing import BinaryIO

from resources.examining.found import Found, is_archive_too, length
from resources.examining.refusal import damaged, doubled

# Kilobits a second, by the version of MPEG (1, then 2 and 2.5) and the four bits of the header.
_RATES = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_SAMPLES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_LAYER_3 = 1
_LABEL = 128  # bytes of an ID3v1, at the very end
FEWEST_FRAMES = 3


def examine(file: BinaryIO, _out: BinaryIO) -> Found:
    """Follow the frames of a sound, each of which says how long it is.

    :raises Refusal: If they do not lead from the beginning to the end.
    """
    size = length(file)
    if is_archive_too(file):
        raise doubled()
    at = _after_label(file, size)
    frames = 0
    file.seek(at)
    while (head := file.read(4)) and (weight := _weight(head)):
        at += weight
        frames += 1
        file.seek(at)
    if frames < FEWEST_FRAMES:
        raise damaged()
    file.seek(min(at, size))
    rest = file.read(_LABEL + 1)
    # A recording may be cut in its last frame. Padding and one label are all that may follow.
    if rest and not (len(rest) == _LABEL and rest.startswith(b"TAG")) and rest.strip(b"\0"):
        raise doubled()
    return Found("mp3")


def _after_label(file: BinaryIO, size: int) -> int:
    """Where the label at the head ends: it holds the title, and perhaps a picture."""
    head = file.read(10)
    if not head.startswith(b"ID3"):
        return 0
    if len(head) < 10 or any(byte & 0x80 for byte in head[6:10]):
        raise damaged()
    weight = sum(byte << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
    at = 10 + weight + (10 if head[5] & 0x10 else 0)
    if at >= size:
        raise damaged()
    file.seek(at)
    padding = file.read(4096)
    return at + len(padding) - len(padding.lstrip(b"\0"))


def _weight(head: bytes) -> int:
    """How long a frame is by its header; 0 for what is no frame."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return 0
    version, layer, rate, sample = head[1] >> 3 & 3, head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version not in _SAMPLES or layer != _LAYER_3 or not 0 < rate < 15 or sample == 3:
        return 0
    modern = version == 3
    bits = _RATES[1 if modern else 2][rate] * 1000
    return (144 if modern else 72) * bits // _SAMPLES[version][sample] + (head[2] >> 1 & 1)
