"""Read an ICC profile: https://www.color.org/specification/ICC.1-2022-05.pdf

Only what a conversion of three curves and a matrix needs. A profile comes from a stranger: every
offset and count in it is checked, and nothing in it costs more than its bytes.
"""

import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_MAX_BYTES = 4 * 1024 * 1024
_MAX_TAGS = 100
_HEADER_BYTES = 128
_PARAMETERS = (1, 3, 4, 5, 7)  # Number for a parametric curve, by its kind
_SAMPLES = np.arange(256) / 255


class UnusableProfileError(ValueError):
    """The profile is damaged, or describes no picture that we decode."""


@dataclass(frozen=True)
class MatrixProfile:
    """Three curves and a matrix."""

    curves: list[npt.NDArray[np.float64]]  # R, G, B: light of the 256 samples, in [0, 1]
    to_d50: npt.NDArray[np.float64]  # Shape (3, 3): linear RGB to XYZ under D50


def parse_profile(icc: bytes) -> MatrixProfile | str:
    """Read a profile.

    Returns:
        Curves and matrix; or the name of its colour space ("RGB", "GRAY" or "CMYK") if it has
        tables, which LittleCMS reads.

    Raises:
        UnusableProfileError: It is damaged or of another kind.
    """
    if not _HEADER_BYTES + 4 <= len(icc) <= _MAX_BYTES or icc[36:40] != b"acsp":
        raise UnusableProfileError("no profile")
    space = icc[16:20].strip(b" \0").decode("ascii", "replace")
    if space not in ("RGB", "GRAY", "CMYK"):
        raise UnusableProfileError("another colour space")
    tags = _read_tags(icc)
    # Tables win over curves and matrix, where a profile has both.
    if space != "RGB" or b"A2B0" in tags or b"A2B1" in tags:
        return space
    columns = [_read_xyz(tags, kind) for kind in (b"rXYZ", b"gXYZ", b"bXYZ")]
    curves = [_read_curve(tags, kind) for kind in (b"rTRC", b"gTRC", b"bTRC")]
    return MatrixProfile(curves, np.array(columns).T)


def _read_tags(icc: bytes) -> dict[bytes, bytes]:
    (count,) = struct.unpack_from(">I", icc, _HEADER_BYTES)
    table = _HEADER_BYTES + 4
    if count > _MAX_TAGS or table + 12 * count > len(icc):
        raise UnusableProfileError("too many tags")
    tags = {}
    for index in range(count):
        kind, at, length = struct.unpack_from(">4sII", icc, table + 12 * index)
        if at + length > len(icc) or length < 8:
            raise UnusableProfileError("a tag past the end")
        tags[kind] = icc[at : at + length]
    return tags


def _read_xyz(tags: dict[bytes, bytes], kind: bytes) -> list[float]:
    tag = tags.get(kind, b"")
    if tag[:4] != b"XYZ " or len(tag) < 20:
        raise UnusableProfileError("no matrix")
    return [_read_fixed(tag, 8 + 4 * index) for index in range(3)]


def _read_curve(tags: dict[bytes, bytes], kind: bytes) -> npt.NDArray[np.float64]:
    tag = tags.get(kind, b"")
    if tag[:4] == b"curv" and len(tag) >= 12:
        return _read_points(tag)
    if tag[:4] == b"para" and len(tag) >= 12:
        return _read_parameters(tag)
    raise UnusableProfileError("no curve")


def _read_points(tag: bytes) -> npt.NDArray[np.float64]:
    (count,) = struct.unpack_from(">I", tag, 8)
    if count == 0:
        return _SAMPLES
    if 12 + 2 * count > len(tag):
        raise UnusableProfileError("a curve past the end")
    points = np.frombuffer(tag, ">u2", count, 12)
    if count == 1:
        return np.asarray(_SAMPLES ** (float(points[0]) / 256))
    return np.interp(_SAMPLES, np.linspace(0, 1, count), points / 65535)


def _read_parameters(tag: bytes) -> npt.NDArray[np.float64]:
    """Evaluate a parametric curve, section 10.18 of the specification."""
    (kind,) = struct.unpack_from(">H", tag, 8)
    if kind >= len(_PARAMETERS) or len(tag) < 12 + 4 * _PARAMETERS[kind]:
        raise UnusableProfileError("an unknown curve")
    given = [_read_fixed(tag, 12 + 4 * index) for index in range(_PARAMETERS[kind])]
    gamma, a, b, c, d, e, f = (given + [0.0] * 7)[:7]
    if kind == 0:
        a, d = 1.0, 0.0
    elif kind in (1, 2):
        if a == 0:
            raise UnusableProfileError("a flat curve")
        # Below -b/a the curve is level: at 0, or at c for kind 2.
        level = c if kind == 2 else 0.0
        c, d, e, f = 0.0, -b / a, level, level
    with np.errstate(all="ignore"):
        base = a * _SAMPLES + b
        power = np.where(base > 0, np.abs(base) ** gamma, 0) + e
        curve = np.where(d <= _SAMPLES, power, c * _SAMPLES + f)
    if not np.isfinite(curve).all():
        raise UnusableProfileError("an endless curve")
    return np.clip(curve, 0, 1)


def _read_fixed(data: bytes, at: int) -> float:
    (value,) = struct.unpack_from(">i", data, at)
    return float(value) / 65536
