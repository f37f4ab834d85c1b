"""Chooses what Amazon Rekognition gets of a picture: our object in S3, or a JPEG made of it.

Rekognition reads JPEG and PNG only. An object may have 15 MB, bytes in a request 5 MB. Both sides
need at least 80 pixels. It turns a JPEG upright as its EXIF says, and no other format, so its boxes
fit the upright picture.
https://docs.aws.amazon.com/rekognition/latest/dg/limits.html
"""

from __future__ import annotations

from typing import Any, TypeAlias

from pipeline.core.images import JPEG, PNG, ImageHeader
from pipeline.worker.vision.convert import convert_to_jpeg
from pipeline.worker.vision.preview import PREVIEW_SIDE_PX, SmallCopies

Image: TypeAlias = dict[str, Any]
"""The parameter `Image` of a call: {S3Object: ...} or {Bytes: ...}."""

OBJECT_BYTES = 15_000_000
"""The most in S3. The limit is documented as 15 MB: the smaller reading is safe."""
LEAST_SIDE_PX = 80
MOST_SIDE_PX = 10_000


def choose_image(
    bucket: str, image_key: str, data: bytes, header: ImageHeader, copies: SmallCopies
) -> Image:
    """Return the `Image` of a call.

    Args:
        bucket: Where the picture is. Our role must be allowed to read it.
        image_key: Its key.
        data: Its bytes.
        header: What they say about the picture.
        copies: The small copies that were made of it: the preview saves a conversion.

    Raises:
        UnreadableImageError: It must be converted and is damaged.
    """
    if _takes_object(data, header):
        return {"S3Object": {"Bucket": bucket, "Name": image_key}}
    scale = min(1.0, PREVIEW_SIDE_PX / max(header.width, header.height))
    if copies.preview is not None and min(header.width, header.height) * scale >= LEAST_SIDE_PX:
        return {"Bytes": copies.preview}
    return {"Bytes": convert_to_jpeg(data, header, shortest_side_px=LEAST_SIDE_PX)}


def _takes_object(data: bytes, header: ImageHeader) -> bool:
    is_upright = header.content_type == JPEG or header.orientation == 1
    return (
        header.content_type in (JPEG, PNG)
        and is_upright
        and len(data) <= OBJECT_BYTES
        and min(header.width, header.height) >= LEAST_SIDE_PX
        and max(header.width, header.height) <= MOST_SIDE_PX
    )
