"""A JPEG in the four inks of print, by its own profile. OpenCV would guess the colours."""

import io
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import PIL.Image
from PIL import ImageCms

from pipeline.core.errors import UnreadableImageError
from pipeline.worker.vision.profile import UnusableProfileError, parse_profile


def decode_cmyk(data: bytes, icc: bytes, factor: int) -> npt.NDArray[np.uint8]:
    """Decode at 1/`factor` (1, 2, 4 or 8) of the size.

    Returns:
        Shape (height, width, 3), BGR, sRGB.

    Raises:
        UnusableProfileError: The profile is not one of CMYK: OpenCV is to decode the picture.
        UnreadableImageError: The picture is damaged.
    """
    transform = _build_transform(icc)
    try:
        with PIL.Image.open(io.BytesIO(data), formats=["JPEG"]) as picture:
            width, height = picture.size
            picture.draft("CMYK", (width // factor, height // factor))
            picture.load()
            converted = ImageCms.applyTransform(picture, transform)
    except (OSError, ValueError, ImageCms.PyCMSError) as error:
        raise UnreadableImageError from error
    return np.ascontiguousarray(np.asarray(converted)[:, :, ::-1])


@lru_cache(4)
def _build_transform(icc: bytes) -> ImageCms.ImageCmsTransform:
    if parse_profile(icc) != "CMYK":
        raise UnusableProfileError("not a profile of CMYK")
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        return ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), "CMYK", "RGB")
    except (ImageCms.PyCMSError, OSError) as error:
        raise UnusableProfileError("LittleCMS refuses it") from error
