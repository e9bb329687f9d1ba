"""PNG, JPEG, WebP: decoded once, within bounds, and written anew with the pixels alone."""

import contextlib
import io
import struct
import warnings
import zlib
from typing import BinaryIO

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from resources.examining.found import Found, is_archive_too, length
from resources.examining.refusal import Refusal, _, damaged, doubled

MOST_PIXELS = 25_000_000  # an A3 poster at 300 dots an inch has 17 million
LONGEST_SIDE = 12_000
FORMATS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}
_SAVED = {
    "PNG": {},
    "JPEG": {"quality": 90, "progressive": True},
    "WEBP": {"quality": 90, "method": 4},
}
_MODES = {"JPEG": {"L", "RGB", "CMYK"}, "WEBP": {"RGB", "RGBA"}, "PNG": {"1", "L", "LA", "I;16", "P", "RGB", "RGBA"}}


def examine(file: BinaryIO, out: BinaryIO) -> Found:
    """Write an image anew: its orientation applied, its colours those of the web, and nothing said beside them.

    :raises Refusal: With what to change in it.
    """
    size = length(file)
    if is_archive_too(file):
        raise doubled()
    # An image that is large by our measure is refused just below, before any of it is decoded.
    with warnings.catch_warnings(action="ignore"):
        try:
            image: Image.Image = Image.open(file, formats=tuple(FORMATS))
        except Image.DecompressionBombError as error:
            raise _too_large() from error
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError, struct.error) as error:
            raise damaged() from error
    kind = "JPEG" if image.format == "MPO" else str(image.format)  # a JPEG with several views
    if image.width * image.height > MOST_PIXELS or max(image.size) > LONGEST_SIDE:
        raise _too_large()
    if getattr(image, "n_frames", 1) > 1 and kind != "JPEG":  # a telephone's JPEG holds several views of one
        raise Refusal(_("c’est une image animée. Envoyez une image fixe, ou une vidéo MP4."))
    if _end(file, kind, size) != size:
        raise doubled()
    try:
        image.load()
        image = _plain(image, kind)
        image.save(out, format=kind, **_SAVED[kind])
    except (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error) as error:
        raise damaged() from error
    return Found(FORMATS[kind], rewritten=True)


def _too_large() -> Refusal:
    return Refusal(
        _("cette image a trop de pixels : %(most)d millions au plus, et %(side)d de côté. Réduisez-la."),
        most=MOST_PIXELS // 1_000_000,
        side=LONGEST_SIDE,
    )


def _end(file: BinaryIO, kind: str, size: int) -> int:
    """Where an image says that it ends. What telephones write after a JPEG goes when it is written anew."""
    if kind == "PNG":
        at = 8
        while at + 12 <= size:
            file.seek(at)
            weight, name = struct.unpack(">I4s", file.read(8))
            at += int(weight) + 12
            if name == b"IEND":
                return at
        return at
    if kind == "WEBP":
        file.seek(4)
        weight = int(struct.unpack("<I", file.read(4))[0])
        return weight + 8 + weight % 2
    return size


def _plain(image: Image.Image, kind: str) -> Image.Image:
    """The pixels alone, as they are meant to be seen."""
    profile = image.info.get("icc_profile")
    transparency = image.info.get("transparency")
    ImageOps.exif_transpose(image, in_place=True)
    if profile and image.mode in {"RGB", "CMYK"}:
        # A profile that does not read is dropped: the colours are then those that most readers show.
        with contextlib.suppress(ImageCms.PyCMSError, OSError):
            web = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(
                image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), web, outputMode="RGB"
            )
            image = converted or image
    if image.mode not in _MODES[kind]:
        image = image.convert("RGBA" if "A" in image.mode or transparency is not None else "RGB")
    image.info = {} if transparency is None else {"transparency": transparency}
    return image
