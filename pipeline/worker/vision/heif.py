"""Decode HEIC with libheif and AVIF with libavif, as pi-heif and Pillow carry them."""

import io

import cv2
import numpy as np
import numpy.typing as npt
import pi_heif
import PIL.Image
from PIL import AvifImagePlugin

from pipeline.core.errors import UnreadableImageError
from pipeline.core.images import AVIF, HEIC, ImageHeader

# One picture keeps one core: the worker decodes as many at once as it has cores.
pi_heif.options.DECODE_THREADS = 1
AvifImagePlugin.DEFAULT_MAX_THREADS = 1

_TO_BGR = {"RGB": cv2.COLOR_RGB2BGR, "RGBA": cv2.COLOR_RGBA2BGRA}


def decode_heif(data: bytes, header: ImageHeader) -> npt.NDArray[np.uint8]:
    """Decode a picture to 8 bits a channel. libheif crops and turns it; libavif does not.

    Returns:
        Shape (height, width), or (height, width, 3 or 4) as BGR or BGRA.

    Raises:
        UnreadableImageError: It is damaged, or a library ran out of memory.
        MemoryError: There is too little memory for it now.
    """
    try:
        if header.content_type == HEIC:
            decoded = pi_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=True)
            mode, pixels = decoded.mode, np.asarray(decoded)
        else:
            with PIL.Image.open(io.BytesIO(data), formats=["AVIF"]) as picture:
                mode, pixels = picture.mode, np.asarray(picture)
    except MemoryError:
        raise
    except Exception as error:  # The packages raise whatever their parsers run into
        raise UnreadableImageError from error
    if header.content_type == AVIF and (crop := header.stored.crop):
        left, top, width, height = crop
        pixels = np.ascontiguousarray(pixels[top : top + height, left : left + width])
    if mode not in _TO_BGR:
        return pixels
    return np.asarray(cv2.cvtColor(pixels, _TO_BGR[mode]), np.uint8)
