"""Decodes the bytes of a picture to pixels: upright, in sRGB, no larger than the networks need.

Decisions, each with its test:

- A JPEG is decoded at a half, a quarter or an eighth if that is enough: 12 megapixels take 16 ms
  of one core instead of 50 (measured). Other formats cannot do that: decoded, then reduced.
- Our code rotates pictures, the same for all formats. OpenCV ignores the orientation.
- Transparent parts become white, because people see such a picture on a white page. What is
  stored in invisible pixels is arbitrary, so dropping alpha would show things nobody sees.
- A picture that is cut off is refused, although a viewer would show its upper part. An upload
  that broke off should be repeated, and labels of half a picture would be wrong without anybody
  noticing. A JPEG with damage inside is accepted, as viewers do. (OpenCV 4.10 leaks pixels of an
  earlier picture into a cut one: never use it.)
"""

from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.core.images import ImageHeader, check_accepted, read_header
from pipeline.worker.vision.colour import to_srgb
from pipeline.worker.vision.pixels import decode_pixels

Image: TypeAlias = npt.NDArray[np.uint8]
"""Upright picture, shape (height, width, 3), BGR."""

WORKING_SIDE_PX = 312
"""The shorter side that the networks need: the classifier's before its centre crop."""

# By EXIF orientation: quarter turns to the left, then for some a mirroring left to right
_TURNS = {3: 2, 4: 2, 5: 3, 6: 3, 7: 1, 8: 1}
_MIRRORED = frozenset({2, 4, 5, 7})

_BAND_PIXELS = 1_000_000  # Pixels made opaque at a time, which bounds the memory


def decode_image(
    data: bytes, *, shortest_side_px: int = WORKING_SIDE_PX, accept_heic: bool = True
) -> tuple[Image, ImageHeader]:
    """Read the header of a picture and decode it with `decode_upright`.

    Returns:
        The picture, and its header with the size before the reduction.

    Raises:
        PermanentError: One of those of `read_header` and `check_accepted`, before anything is
            decoded.
        UnreadableImageError: The header is fine, the rest is not.
        MemoryError: The picture may be fine, and there is too little memory for it now.
    """
    header = read_header(data)
    check_accepted(header.content_type, accept_heic=accept_heic)
    return decode_upright(data, header, shortest_side_px=shortest_side_px), header


def decode_upright(
    data: bytes,
    header: ImageHeader,
    *,
    shortest_side_px: int = WORKING_SIDE_PX,
    longest_side_px: int = 0,
) -> Image:
    """Decode a picture, reduced so that both of its sides stay long enough.

    At 50 megapixels a PNG takes 330 MB, with alpha 420 MB, with alpha and 16 bits 800 MB
    (measured); JPEGs of that size a fraction, unless they are progressive.

    Args:
        data: The whole file.
        header: What `read_header` says about it.
        shortest_side_px: The shorter side is reduced to no less.
        longest_side_px: The longer side is reduced to no less; that of a JPEG to no less than half
            of it.

    Raises:
        UnreadableImageError: The header is fine, the rest is not.
        MemoryError: The picture may be fine, and there is too little memory for it now.
    """
    pixels = decode_pixels(data, header, shortest_side_px, longest_side_px)
    reduced = _reduce(_make_opaque(pixels), shortest_side_px, longest_side_px)
    image = to_srgb(_to_bgr(reduced), header.colour)
    return _turn_upright(image, header.orientation)


def resize(image: Image, width: int, height: int) -> Image:
    """Scale a picture, without aliasing when it shrinks."""
    shrinks = height < image.shape[0] and width < image.shape[1]
    # Averaging is right for shrinking, and enlarges in blocks.
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, (width, height), interpolation=interpolation), np.uint8)


def _make_opaque(pixels: npt.NDArray) -> npt.NDArray:
    """Put a picture with alpha on white, before anything averages it. Changes `pixels`."""
    if pixels.ndim == 2 or pixels.shape[2] != 4:
        return pixels
    scale = 1 / np.iinfo(pixels.dtype).max
    rows = max(1, _BAND_PIXELS // pixels.shape[1])
    for top in range(0, len(pixels), rows):
        band = pixels[top : top + rows]
        opacity = cv2.merge([band[:, :, 3]] * 3)
        darkness = cv2.multiply(cv2.bitwise_not(band[:, :, :3]), opacity, scale=scale)
        band[:, :, :3] = cv2.bitwise_not(darkness)
    return pixels


def _reduce(pixels: npt.NDArray, shortest_side_px: int, longest_side_px: int) -> npt.NDArray:
    """Scale the sides to these lengths if that at least halves them."""
    height, width = pixels.shape[:2]
    scale = max(shortest_side_px / min(height, width), longest_side_px / max(height, width))
    if scale > 1 / 2:
        return pixels
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


def _to_bgr(pixels: npt.NDArray) -> Image:
    """Bring any depth and channels to 8-bit BGR; alpha has done its part."""
    if pixels.dtype == np.uint16:
        pixels = (pixels >> 8).astype(np.uint8)
    if pixels.ndim == 2:
        return np.repeat(pixels[:, :, np.newaxis], 3, axis=2)
    return np.ascontiguousarray(pixels[:, :, :3])


def _turn_upright(image: Image, orientation: int) -> Image:
    if orientation in _TURNS:
        image = np.rot90(image, _TURNS[orientation])
    if orientation in _MIRRORED:
        image = image[:, ::-1]
    return np.ascontiguousarray(image)
