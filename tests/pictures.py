"""Makes pictures for tests: every format, mode and orientation, valid and hostile."""

import io
import struct
import zlib

from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP")
_ORIENTATION_TAG = 0x0112

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def build_quadrants(width: int = 96, height: int = 64) -> Image.Image:
    """Red, green, blue and white corners. Every rotation and mirroring changes the picture."""
    picture = Image.new("RGB", (width, height), RED)
    half_width, half_height = width // 2, height // 2
    picture.paste(GREEN, (half_width, 0, width, half_height))
    picture.paste(BLUE, (0, half_height, half_width, height))
    picture.paste(WHITE, (half_width, half_height, width, height))
    return picture


def encode(picture: Image.Image, kind: str, **options: object) -> bytes:
    """The file of a picture; `options` are those of Pillow's encoder."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def encode_turned(picture: Image.Image, kind: str, orientation: int) -> bytes:
    """The file of a picture whose EXIF block asks the viewer to turn it."""
    exif = Image.Exif()
    exif[_ORIENTATION_TAG] = orientation
    return encode(picture, kind, exif=exif.tobytes(), quality=95)


def build_chunk(kind: bytes, payload: bytes) -> bytes:
    """One PNG chunk."""
    checksum = struct.pack(">I", zlib.crc32(kind + payload))
    return struct.pack(">I", len(payload)) + kind + payload + checksum


def build_bomb(width: int, height: int | None = None) -> bytes:
    """A valid black PNG with many pixels and few bytes. It is square if `height` is None."""
    height = width if height is None else height
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    row = bytes(1 + (width + 7) // 8)
    compressor = zlib.compressobj(9)
    pixels = b"".join(compressor.compress(row) for _ in range(height)) + compressor.flush()
    chunks = build_chunk(b"IHDR", header) + build_chunk(b"IDAT", pixels) + build_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks
