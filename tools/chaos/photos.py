"""The photos that the clients send: JPEG, and one as a phone writes it."""

from pathlib import Path
from uuid import uuid4

import pillow_heif
from PIL import Image

from infra.local.demo.show import find_demo_photos

CONTENT_TYPES = {".jpg": "image/jpeg", ".heic": "image/heic"}
HEIC_QUALITY = 80


def find_photos(folder: Path) -> list[Path]:
    """The demo photos that are JPEG, and the first of them once more as HEIC, in `folder`."""
    photos = [photo for photo in find_demo_photos() if photo.suffix == ".jpg"]
    heic = folder / f"{photos[0].stem}.heic"
    with Image.open(photos[0]) as image:
        pillow_heif.from_pillow(image.convert("RGB")).save(heic, quality=HEIC_QUALITY)
    return [*photos, heic]


def make_unique(photo: str, data: bytes) -> bytes:
    """Change the bytes of a photo, but not its picture."""
    note = uuid4().bytes
    if photo.endswith(".heic"):
        # A box that every reader skips: ISO/IEC 14496-12, 8.1.2
        return data + (len(note) + 8).to_bytes(4, "big") + b"free" + note
    # A comment after the start marker
    return data[:2] + b"\xff\xfe" + (len(note) + 2).to_bytes(2, "big") + note + data[2:]
