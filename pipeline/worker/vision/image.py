"""From the bytes of a picture to pixels, upright and no larger than the networks need.

Decisions, each with its test:

- A JPEG is decoded at a half, a quarter or an eighth if that is enough: 12 megapixels take 16 ms
  of one core instead of 50 (measured). Other formats cannot do that: decoded, then reduced.
- Only we turn pictures, the same for all formats: OpenCV is told to ignore the orientation.
- Transparent parts become white: that is the page on which people see such a picture. What is
  stored in invisible pixels is arbitrary, so dropping alpha would show things nobody sees.
- A picture that is cut off is refused, although a viewer would show its upper part: OpenCV 5
  decodes none of it, an upload that broke off should be repeated, and labels of half a picture
  would be wrong without anybody noticing. A JPEG with damage inside but an end is accepted, as
  viewers do. (OpenCV 4.10 leaks pixels of an earlier picture into a cut one: never use it.)
"""

from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.core.errors import UnreadableImageError
from pipeline.core.images import JPEG, ImageHeader, read_header

Image: TypeAlias = npt.NDArray[np.uint8]
"""Upright picture, shape (height, width, 3), BGR."""

WORKING_SIDE_PX = 312
"""The shorter side that the networks need: the classifier's before its centre crop."""

_REDUCED_FLAGS = {
    8: cv2.IMREAD_REDUCED_COLOR_8,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    2: cv2.IMREAD_REDUCED_COLOR_2,
}

# By EXIF orientation: quarter turns to the left, then for some a mirroring left to right
_TURNS = {3: 2, 4: 2, 5: 3, 6: 3, 7: 1, 8: 1}
_MIRRORED = frozenset({2, 4, 5, 7})

_MOST_PIXEL_BYTES = 8  # Four channels of 16 bits

_OPAQUE = _WHITE = 255


def decode_image(data: bytes) -> tuple[Image, ImageHeader]:
    """Decode a picture, reduced so that its shorter side stays at least `WORKING_SIDE_PX`.

    At 50 megapixels a PNG takes 330 MB, with alpha 420 MB, with alpha and 16 bits 800 MB
    (measured); JPEGs of that size a fraction, unless they are progressive.

    Returns:
        The picture, and its header with the size before the reduction.

    Raises:
        PermanentError: One of those of `read_header`, before anything is decoded.
        UnreadableImageError: The header is fine, the rest is not.
        MemoryError: The picture may be fine, and there is too little memory for it now.
    """
    header = read_header(data)
    pixels = _decode(data, header)
    image = _to_bgr(_reduce(pixels))
    return _turn_upright(image, header.orientation), header


def resize(image: Image, width: int, height: int) -> Image:
    """Scale a picture, without aliasing when it shrinks."""
    shrinks = height < image.shape[0] and width < image.shape[1]
    # Averaging is right for shrinking, and enlarges in blocks.
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, (width, height), interpolation=interpolation), np.uint8)


def _decode(data: bytes, header: ImageHeader) -> npt.NDArray:
    """Decode to any depth and channels, not turned."""
    if header.content_type == JPEG:
        flags = _choose_flags(header) | cv2.IMREAD_IGNORE_ORIENTATION
    else:
        flags = cv2.IMREAD_UNCHANGED  # The only flag that keeps alpha; it turns nothing either
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error as error:
        if error.code == cv2.Error.StsNoMem:
            raise MemoryError from error
        raise UnreadableImageError from error
    if pixels is None:
        _check_memory(header)
        raise UnreadableImageError
    return pixels


def _check_memory(header: ImageHeader) -> None:
    """Tell a decoder that ran out of memory, which looks the same, from a damaged picture.

    Raises:
        MemoryError: There is less left than such a picture may need.
    """
    np.empty(header.width * header.height * _MOST_PIXEL_BYTES, np.uint8)  # Never touched


def _choose_flags(header: ImageHeader) -> int:
    shorter_side = min(header.width, header.height)
    for factor, flags in _REDUCED_FLAGS.items():
        if shorter_side // factor >= WORKING_SIDE_PX:
            return flags
    return cv2.IMREAD_COLOR


def _reduce(pixels: npt.NDArray) -> npt.NDArray:
    """Make the shorter side `WORKING_SIDE_PX`, if that at least halves it."""
    height, width = pixels.shape[:2]
    scale = WORKING_SIDE_PX / min(height, width)
    if scale > 1 / 2:
        return pixels
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        # Else the average of a border would mix in colours that nobody sees.
        invisible = pixels[:, :, 3:] == 0
        np.copyto(pixels[:, :, :3], np.iinfo(pixels.dtype).max, where=invisible)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


def _to_bgr(pixels: npt.NDArray) -> Image:
    """Bring any depth and channels to 8-bit BGR, transparent parts on white."""
    if pixels.dtype == np.uint16:
        pixels = (pixels >> 8).astype(np.uint8)
    if pixels.ndim == 2:
        return np.repeat(pixels[:, :, np.newaxis], 3, axis=2)
    if pixels.shape[2] == 3:
        return pixels
    opacity = pixels[:, :, 3:].astype(np.float32) / _OPAQUE
    return np.rint(pixels[:, :, :3] * opacity + _WHITE * (1 - opacity)).astype(np.uint8)


def _turn_upright(image: Image, orientation: int) -> Image:
    if orientation in _TURNS:
        image = np.rot90(image, _TURNS[orientation])
    if orientation in _MIRRORED:
        image = image[:, ::-1]
    return np.ascontiguousarray(image)
