"""Small copies of a picture for people: upright, in sRGB, as JPEG, without any metadata."""

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.core.images import AVIF, HEIC, ImageHeader
from pipeline.worker.vision.image import WORKING_SIDE_PX, Image

PREVIEW_SIDE_PX = 1280
THUMBNAIL_SIDE_PX = 320

_PREVIEW_QUALITY = 80
_THUMBNAIL_QUALITY = 65
"""60 thumbnails of ordinary photos are then 750 KB (measured with 120 photos)."""

_NOT_SHOWN_EVERYWHERE = (HEIC, AVIF)


@dataclass(frozen=True)
class SmallCopies:
    """The JPEG files of the copies."""

    thumbnail: bytes
    preview: bytes | None
    """None where the uploaded file does: small, and of a format that every browser shows."""


def needs_preview(header: ImageHeader) -> bool:
    """Whether the uploaded file is large, or a format that not every browser shows."""
    is_large = max(header.width, header.height) > PREVIEW_SIDE_PX
    return is_large or header.content_type in _NOT_SHOWN_EVERYWHERE


def make_copies(image: Image, header: ImageHeader, *, halved: Image | None = None) -> SmallCopies:
    """Make the copies of a decoded picture.

    Args:
        image: Upright and in sRGB.
        header: Of the uploaded file.
        halved: The same picture as `halve` returns it, if it is there already. The thumbnail is
            made of it, because it is smaller and in the processor's caches.
    """
    preview = None
    if needs_preview(header):
        image = shrink(image, PREVIEW_SIDE_PX)
        preview = _encode(image, _PREVIEW_QUALITY)
    if halved is not None and max(halved.shape) >= THUMBNAIL_SIDE_PX:
        image = halved
    return SmallCopies(_encode(shrink(image, THUMBNAIL_SIDE_PX), _THUMBNAIL_QUALITY), preview)


def halve(image: Image, *, shortest_side_px: int = WORKING_SIDE_PX) -> Image:
    """Halve a picture as often as its shorter side stays at least `shortest_side_px`."""
    while min(image.shape[:2]) // 2 >= shortest_side_px:
        image = _halve_once(image)
    return image


def shrink(image: Image, longest_side_px: int) -> Image:
    """Scale the longer side to `longest_side_px` if it is longer.

    Halving and one step of less than two is as sharp as averaging at once, and five times faster.
    """
    while max(image.shape[:2]) >= 2 * longest_side_px and min(image.shape[:2]) >= 2:
        image = _halve_once(image)
    height, width = image.shape[:2]
    scale = longest_side_px / max(height, width)
    if scale >= 1:
        return image
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _halve_once(image: Image) -> Image:
    height, width = image.shape[0] // 2, image.shape[1] // 2
    even = image[: 2 * height, : 2 * width]  # OpenCV is fast only where nothing is left over
    return np.asarray(cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _encode(image: Image, quality: int) -> bytes:
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return data.tobytes()
