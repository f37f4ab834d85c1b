"""The common part of all formats: one stored picture and its colours."""

from dataclasses import dataclass
from typing import NamedTuple

MAX_PARTS = 50_000
"""Segments or chunks of one file that we walk. 20 MB in PNG's usual pieces of 8 KB are 2,560."""


@dataclass(frozen=True)
class Colour:
    """How the numbers of a picture become colours. Without any of it they are sRGB."""

    icc: bytes = b""
    """An ICC profile (https://www.color.org/specification/ICC.1-2022-05.pdf)."""

    cicp: tuple[int, int] | None = None
    """Primaries and transfer function by the numbers of ITU-T H.273."""

    gamma: float | None = None
    """Exponent that encoded the picture: a sample is light to the power of `gamma`."""

    chromaticities: tuple[float, ...] | None = None
    """x and y of white, red, green and blue."""


class Crop(NamedTuple):
    """The part of a picture that is shown, in pixels of the stored one."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class StoredPicture:
    """The one picture of a file, as it is stored: before it is turned."""

    width: int
    height: int
    end: int
    """Bytes of the file up to the picture's end. What follows belongs to something else."""

    is_terminated: bool = True
    """Whether the picture's end is marked. Without the mark, its pixels may still be complete."""

    pixels_end: int = 0
    """Where a JPEG's last scan ends."""

    has_all_scans: bool = True
    """Whether a JPEG's scans bring all bits of all components."""

    orientation: int | None = None
    """The number that EXIF uses. None if it must be read from EXIF or XMP."""

    crop: Crop | None = None
    """`width` and `height` are already those of the part."""

    exif: bytes = b""
    xmp: bytes = b""
    colour: Colour = Colour()
    passes: int = 1
    """How often the decoder goes over all pixels."""

    bytes_per_pixel: int = 3
    """Bytes of a decoded pixel."""

    components: int = 3
    """Colour channels of a JPEG: four are CMYK."""
