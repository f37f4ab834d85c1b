"""Makes ICC profiles for tests: https://www.color.org/specification/ICC.1-2022-05.pdf"""

import struct
from collections.abc import Mapping, Sequence

DISPLAY_P3 = ((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841))
"""X, Y and Z of red, green and blue under D50."""

ADOBE_RGB = ((0.6097, 0.3111, 0.0195), (0.2053, 0.6257, 0.0609), (0.1492, 0.0632, 0.7446))
PRO_PHOTO = ((0.7977, 0.2880, 0.0), (0.1352, 0.7119, 0.0), (0.0313, 0.0001, 0.8249))
SRGB = ((0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141))


def fix(*values: float) -> bytes:
    """Numbers in the format s15Fixed16."""
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def gamma_curve(gamma: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))


def parametric_curve(kind: int, *parameters: float) -> bytes:
    return b"para\0\0\0\0" + struct.pack(">Hxx", kind) + fix(*parameters)


SRGB_CURVE = parametric_curve(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def build_profile(
    tags: Mapping[bytes, bytes], space: bytes = b"RGB ", pcs: bytes = b"XYZ "
) -> bytes:
    """A profile of these tags; each is padded to four bytes."""
    table, body = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for kind, content in tags.items():
        table += struct.pack(">4sII", kind, start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    size = start + len(body)
    kind = b"prtr" if space == b"CMYK" else b"mntr"
    head = struct.pack(">I4sI4s4s4s", size, b"lcms", 0x02400000, kind, space, pcs)
    head += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + bytes(28)
    head += fix(0.9642, 1.0, 0.8249)  # D50
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def build_matrix_profile(columns: Sequence[Sequence[float]], curve: bytes = SRGB_CURVE) -> bytes:
    """Three curves and a matrix."""
    names = (b"rXYZ", b"gXYZ", b"bXYZ")
    tags = {
        name: b"XYZ \0\0\0\0" + fix(*column) for name, column in zip(names, columns, strict=True)
    }
    tags |= {b"rTRC": curve, b"gTRC": curve, b"bTRC": curve}
    tags |= {b"wtpt": b"XYZ \0\0\0\0" + fix(0.9642, 1.0, 0.8249), b"desc": _describe()}
    return build_profile(tags)


def build_ink_profile(full_cyan: tuple[int, int, int], paper: tuple[int, int, int]) -> bytes:
    """A CMYK profile with a table of two points per axis. Only cyan changes the colour.

    Args:
        full_cyan: L, a and b of 8-bit tables, as printed with all of cyan.
        paper: The same without ink.
    """
    straight = bytes(range(256))
    points = b"".join(bytes(full_cyan if cyan else paper) for cyan in (0, 1) for _ in range(2**3))
    table = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + fix(1, 0, 0, 0, 1, 0, 0, 0, 1)
    return build_profile(
        {
            b"A2B0": table + straight * 4 + points + straight * 3,
            b"wtpt": b"XYZ \0\0\0\0" + fix(0.9642, 1.0, 0.8249),
            b"desc": _describe(),
        },
        space=b"CMYK",
        pcs=b"Lab ",
    )


def _describe() -> bytes:
    return b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + bytes(79)
