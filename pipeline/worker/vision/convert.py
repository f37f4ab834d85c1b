"""Converts a picture of any accepted format to a JPEG: upright, in sRGB, without metadata."""

import math

import cv2
import numpy as np

from pipeline.core.images import ImageHeader
from pipeline.worker.vision.image import decode_upright
from pipeline.worker.vision.preview import PREVIEW_SIDE_PX, shrink

_QUALITY = 90
_LONGEST_SIDE_PX = 10_000


def convert_to_jpeg(data: bytes, header: ImageHeader, *, shortest_side_px: int) -> bytes:
    """Return a JPEG with a longer side of about `PREVIEW_SIDE_PX` at most.

    Args:
        data: The whole file.
        header: What `read_header` says about it.
        shortest_side_px: A smaller picture is enlarged until its shorter side has so many pixels,
            or its longer side has `_LONGEST_SIDE_PX`.

    Raises:
        UnreadableImageError: The header is fine, the rest is not.
        MemoryError: There is too little memory for the picture now.
    """
    image = decode_upright(data, header, longest_side_px=PREVIEW_SIDE_PX)
    image = shrink(image, PREVIEW_SIDE_PX)
    height, width = image.shape[:2]
    scale = min(shortest_side_px / min(height, width), _LONGEST_SIDE_PX / max(height, width))
    if scale > 1:
        size = math.ceil(width * scale), math.ceil(height * scale)
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    _, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return encoded.tobytes()
