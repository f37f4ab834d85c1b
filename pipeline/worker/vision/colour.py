"""Converts the colours of a file to sRGB, which the networks were trained on.

Phones write Display P3, cameras Adobe RGB, screens of the newest kind PQ or HLG. Taken for sRGB,
their pictures look dull or dark. The conversion runs after the reduction, on few pixels.

A profile with three curves and a matrix is computed here: two look-up tables and one product.
A profile with tables, a grey one or one of CMYK goes through LittleCMS. A profile that is
damaged, or describes something else than the picture, is ignored, as browsers do.

ICC: https://www.color.org/specification/ICC.1-2022-05.pdf
Primaries and transfer functions by number: https://www.itu.int/rec/T-REC-H.273
PQ and HLG: https://www.itu.int/rec/R-REC-BT.2100
Chromatic adaptation (Bradford): http://www.brucelindbloom.com/Eqn_ChromAdapt.html
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt
import PIL.Image
from PIL import ImageCms

from pipeline.core.images.stored import Colour
from pipeline.worker.vision.profile import MatrixProfile, UnusableProfileError, parse_profile

Floats: TypeAlias = npt.NDArray[np.float64]
Pixels: TypeAlias = npt.NDArray[np.uint8]
Conversion: TypeAlias = Callable[[Pixels], Pixels]
"""Converts BGR, shape (height, width, 3), to BGR in sRGB."""

_CACHED_PROFILES = 16  # A table of LittleCMS takes 26 ms to build and up to a few MB

_BAND_PIXELS = 8_192  # Converted at a time: its tables and numbers stay in the core's cache

_SAMPLES = np.arange(256) / 255
_FULL = 65535

_D50_TO_SRGB = np.array(
    [
        [3.1338561, -1.6168667, -0.4906146],
        [-0.9787684, 1.9161415, 0.0334540],
        [0.0719453, -0.2289914, 1.4052427],
    ]
)
_D65_TO_SRGB = np.array(
    [
        [3.2404542, -1.5371385, -0.4985314],
        [-0.9692660, 1.8760108, 0.0415560],
        [0.0556434, -0.2040259, 1.0572252],
    ]
)
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)

_D65 = (0.3127, 0.3290)
_SRGB_PRIMARIES = (*_D65, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
_PRIMARIES = {  # By the numbers of H.273: white, red, green, blue
    1: _SRGB_PRIMARIES,
    5: (*_D65, 0.64, 0.33, 0.29, 0.60, 0.15, 0.06),
    6: (*_D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    7: (*_D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    9: (*_D65, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    11: (0.314, 0.351, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    12: (*_D65, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
}

_GAMMA_OF_SRGB = 1 / 2.2  # Encoders that write this mean sRGB

_REFERENCE_WHITE_NITS = 203  # BT.2408: how bright paper is in an HDR picture
_HLG_PEAK_NITS = 1000
_HDR_RANGE = 10_000 / _REFERENCE_WHITE_NITS
_KNEE = 0.75  # Brightness above which HDR is compressed; below, it looks as in SDR


def to_srgb(image: Pixels, colour: Colour) -> Pixels:
    """Convert a picture to sRGB. One that is sRGB already costs nothing.

    Args:
        image: Shape (height, width, 3), BGR.
        colour: What the file says about its numbers.
    """
    conversion = _choose(colour)
    return conversion(image) if conversion else image


@lru_cache(_CACHED_PROFILES)
def _choose(colour: Colour) -> Conversion | None:
    if colour.icc:
        return _from_profile(colour.icc)
    if colour.cicp:
        return _from_cicp(*colour.cicp)
    if colour.gamma or colour.chromaticities:
        return _from_gamma(colour.gamma, colour.chromaticities)
    return None


def _from_profile(icc: bytes) -> Conversion | None:
    try:
        profile = parse_profile(icc)
    except UnusableProfileError:
        return None
    if isinstance(profile, MatrixProfile):
        return _build(profile.curves, _D50_TO_SRGB @ profile.to_d50)
    # Pixels of CMYK were converted while they were decoded.
    return None if profile == "CMYK" else _from_tables(icc, grey=profile == "GRAY")


def _from_cicp(primaries: int, transfer: int) -> Conversion | None:
    if primaries not in _PRIMARIES:
        return None
    chromaticities = _PRIMARIES[primaries]
    curve, is_hdr = _SAMPLES, True
    if transfer == 16:
        curve = _decode_pq(curve)
    elif transfer == 18:
        curve = _decode_hlg(curve)
    else:
        is_hdr = False
        curve = _decode_sdr(curve, transfer)
    return _build([curve] * 3, _to_srgb_matrix(chromaticities), is_hdr=is_hdr)


def _from_gamma(gamma: float | None, chromaticities: tuple[float, ...] | None) -> Conversion | None:
    curve = _decode_srgb(_SAMPLES)
    if gamma is not None:
        if not 0.1 <= gamma <= 10:
            return None
        if abs(gamma - _GAMMA_OF_SRGB) > 0.01:
            curve = _SAMPLES ** (1 / gamma)
    try:
        matrix = _to_srgb_matrix(chromaticities or _SRGB_PRIMARIES)
    except (np.linalg.LinAlgError, ZeroDivisionError):
        return None
    return _build([curve] * 3, matrix) if np.isfinite(matrix).all() else None


@dataclass(frozen=True)
class _Tables:
    """Two look-up tables with a matrix between them."""

    decode: npt.NDArray[np.float32]  # Shape (1, 256, 3), BGR: linear light in [0, 65535]
    matrix: npt.NDArray[np.float32]  # Shape (3, 3), BGR
    encode: npt.NDArray[np.uint8]  # Shape (65536,)

    def __call__(self, image: Pixels) -> Pixels:
        converted = np.empty_like(image)
        rows = max(1, _BAND_PIXELS // image.shape[1])
        for top in range(0, len(image), rows):
            band = image[top : top + rows]
            linear = cv2.transform(cv2.LUT(band, self.decode), self.matrix)
            # Rounds, and saturates at 16 bits
            light = cv2.addWeighted(linear, 1, linear, 0, 0, dtype=cv2.CV_16U)
            cv2.LUT(light, self.encode, dst=converted[top : top + rows])
        return converted


def _build(curves: list[Floats], matrix: Floats, *, is_hdr: bool = False) -> Conversion | None:
    """Make a conversion of three curves (R, G, B; 256 values each) and a matrix to linear sRGB."""
    light = np.arange(_FULL + 1) / _FULL
    scale = float(_FULL)
    if is_hdr:
        light, scale = light * _HDR_RANGE, _FULL / _HDR_RANGE
        light = _compress(light)
    encode = np.rint(255 * _encode_srgb(light)).astype(np.uint8)
    decode = np.stack(curves[::-1], axis=1).reshape(1, 256, 3) * scale
    tables = _Tables(decode.astype(np.float32), matrix[::-1, ::-1].astype(np.float32), encode)
    return None if _changes_nothing(tables) else tables


def _changes_nothing(conversion: Conversion) -> bool:
    """Try all greys and the corners of the colour cube: most profiles in the wild are sRGB."""
    greys = np.repeat(np.arange(256, dtype=np.uint8)[:, np.newaxis], 3, axis=1)
    steps = np.array([0, 64, 128, 192, 255], np.uint8)
    cube = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3)
    probe = np.concatenate([greys, cube])[np.newaxis]
    return int(np.abs(conversion(probe).astype(int) - probe).max()) <= 2


def _from_tables(icc: bytes, *, grey: bool) -> Conversion | None:
    """Let LittleCMS convert."""
    try:
        transform = ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(io.BytesIO(icc)),
            ImageCms.createProfile("sRGB"),
            "L" if grey else "RGB",
            "RGB",
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None

    def convert(image: Pixels) -> Pixels:
        samples = image[:, :, 0] if grey else image[:, :, ::-1]
        picture = PIL.Image.fromarray(np.ascontiguousarray(samples))
        converted = ImageCms.applyTransform(picture, transform)
        return np.ascontiguousarray(np.asarray(converted)[:, :, ::-1])

    return None if _changes_nothing(convert) else convert


def _to_srgb_matrix(chromaticities: tuple[float, ...]) -> Floats:
    """Matrix from linear RGB of these primaries to linear sRGB, white to white."""
    white, red, green, blue = (
        np.array([x / y, 1, (1 - x - y) / y])
        for x, y in zip(chromaticities[::2], chromaticities[1::2], strict=True)
    )
    primaries = np.stack([red, green, blue], axis=1)
    to_xyz = primaries * np.linalg.solve(primaries, white)
    target = np.array([_D65[0] / _D65[1], 1, (1 - sum(_D65)) / _D65[1]])
    cones = np.diag((_BRADFORD @ target) / (_BRADFORD @ white))
    return np.asarray(_D65_TO_SRGB @ np.linalg.inv(_BRADFORD) @ cones @ _BRADFORD @ to_xyz)


def _decode_srgb(values: Floats) -> Floats:
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _encode_srgb(light: Floats) -> Floats:
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def _decode_sdr(values: Floats, transfer: int) -> Floats:
    """Video's own curves are meant for screens that show them as sRGB."""
    gammas = {4: 2.2, 5: 2.8, 8: 1.0}
    return values ** gammas[transfer] if transfer in gammas else _decode_srgb(values)


def _decode_pq(values: Floats) -> Floats:
    """Light relative to the reference white, by BT.2100 table 4."""
    m1, m2, c1, c2, c3 = 0.1593017578125, 78.84375, 0.8359375, 18.8515625, 18.6875
    root = values ** (1 / m2)
    light = (np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1)
    return np.asarray(light * 10_000 / _REFERENCE_WHITE_NITS)


def _decode_hlg(values: Floats) -> Floats:
    """Light relative to the reference white, by BT.2100 table 5, on a screen of 1,000 nits."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(values <= 0.5, values**2 / 3, (np.exp((values - c) / a) + b) / 12)
    return np.asarray(scene**1.2 * _HLG_PEAK_NITS / _REFERENCE_WHITE_NITS)


def _compress(light: Floats) -> Floats:
    """Leave what SDR can show as it is, and roll off what is brighter."""
    room = 1 - _KNEE
    over = np.maximum(light - _KNEE, 0)
    return np.where(light <= _KNEE, light, _KNEE + room * (1 - np.exp(-over / room)))
