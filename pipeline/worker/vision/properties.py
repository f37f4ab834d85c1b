"""Measures what a picture looks like: dominant colours, brightness, sharpness, contrast.

It takes less than 2 ms on one core, because it works on the reduced picture that the networks get
too. Only a very long picture stays large there.

Sharpness follows Crete et al., "The Blur Effect: Perception and Estimation with a New No-Reference
Perceptual Blur Metric", 2007, https://doi.org/10.1117/12.702790: blur the picture once more. A
sharp picture loses much of its differences between neighbours, a blurred one has few to lose.
Names of colours: https://www.w3.org/TR/css-color-4/#named-colors
"""

import json
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.core.properties import DominantColor, ImageProperties, Quality, SimplifiedColor
from pipeline.worker.vision.image import Image

_Lab: TypeAlias = npt.NDArray[np.float32]
"""CIE L*a*b*: L in [0, 100], a and b about [-128, 127]. Shape (n, 3)."""

_SAMPLE_SIDE = 64
"""Rows and columns of the pixels that are looked at for colours and contrast. Averaging all pixels
takes 1.4 ms and mixes the colours of neighbours."""
_CELL = 8
"""Side of the cells of L*a*b* that are counted. A step of 2 is just visible."""
_CELLS = (16, 34, 34)
_ORIGIN = np.array([0, 17, 17])
"""Number of cells along L*, a* and b*, and the cell of black."""
_FAMILY = 24
"""Colours nearer than this are one dominant colour."""
_MOST_COLOURS = 8
_LEAST_PERCENT = 2
_BLUR_PX = 9
_TAIL = 0.05

_CSS = Path(__file__).parent / "data" / "css_colors.json"

_SIMPLE = {
    "black": ["#000000", "#1c1c1e"],
    "white": ["#ffffff", "#f4f4f0"],
    "grey": ["#808080", "#505052", "#b4b4b4", "#75787b"],
    "red": ["#ff0000", "#b01020", "#d94040"],
    "orange": ["#ff8000", "#e8863c"],
    "yellow": ["#ffff00", "#e8d44c", "#fff4a0"],
    "green": ["#008000", "#00ff00", "#4c7a34", "#8cbc70", "#2c4830", "#9aa83c", "#c0d0a0"],
    "cyan": ["#00ffff", "#008080", "#70c8c8"],
    "blue": ["#0000ff", "#2a5caa", "#7cb0e0", "#1c2c5c", "#4c84c0", "#a8c8f0"],
    "purple": ["#800080", "#6c4c9c", "#b088d0", "#a020f0"],
    "pink": ["#ffc0cb", "#ff4ca0", "#e88cac", "#ff00ff"],
    "brown": ["#8b4513", "#5c3c24", "#a87c50", "#c8a880", "#3c2818"],
}
"""Examples of each everyday name. The nearest example in L*a*b* gives a colour its name."""


def measure_properties(image: Image) -> ImageProperties:
    """Measure an upright BGR picture."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    shares = np.cumsum(np.bincount(_sample(grey), minlength=256)) / _SAMPLE_SIDE**2
    dark, bright = np.searchsorted(shares, (_TAIL, 1 - _TAIL))
    quality = Quality(
        brightness=_to_percent(cv2.mean(grey)[0] / 255),
        sharpness=_to_percent(measure_sharpness(grey)),
        contrast=_to_percent((bright - dark) / 255),
    )
    return ImageProperties(quality=quality, dominant_colors=find_colours(image))


def measure_sharpness(grey: npt.NDArray) -> float:
    """Return the part of the differences between neighbours that a blur removes, in [0, 1].

    The smaller part of the two directions counts: a picture that was moved is blurred in one.
    """
    parts = []
    for size in ((_BLUR_PX, 1), (1, _BLUR_PX)):
        blurred = cv2.blur(grey, size)
        axis = 1 if size[0] > 1 else 0
        before, after = _measure_steps(grey, axis), _measure_steps(blurred, axis)
        total = cv2.sumElems(before)[0]
        lost = cv2.sumElems(cv2.subtract(before, after))[0]
        parts.append(lost / total if total else 0.0)
    return min(parts)


def find_colours(image: Image) -> list[DominantColor]:
    """Return the dominant colours, the most frequent first."""
    sample = _sample(image)
    pixels = _to_lab(sample)
    members = _assign(pixels, _choose_centres(pixels))
    counts = np.bincount(members)
    order = np.argsort(-counts, kind="stable")
    found = []
    for family in order[:_MOST_COLOURS]:
        percent = float(counts[family]) * 100 / len(pixels)
        if percent >= _LEAST_PERCENT:
            found.append(_build_colour(sample[members == family].mean(axis=0), percent))
    return found


def _sample(image: npt.NDArray) -> npt.NDArray[np.uint8]:
    """Return pixels from a regular grid, shape (n, channels) or (n,)."""
    size = (_SAMPLE_SIDE, _SAMPLE_SIDE)
    grid = cv2.resize(image, size, interpolation=cv2.INTER_NEAREST)
    return np.asarray(grid.reshape(-1, *grid.shape[2:]), np.uint8)


def _choose_centres(pixels: _Lab) -> _Lab:
    """Choose colours that are far from each other, frequent ones first."""
    cells = np.floor(pixels / _CELL).astype(np.int64) + _ORIGIN
    codes, counts = np.unique(np.ravel_multi_index(cells.T, _CELLS), return_counts=True)
    frequent = codes[np.argsort(-counts, kind="stable")]
    places = np.stack(np.unravel_index(frequent, _CELLS), axis=1) - _ORIGIN
    colours = ((places + 0.5) * _CELL).astype(np.float32)
    centres: list[npt.NDArray[np.float32]] = []
    while len(colours) and len(centres) < _MOST_COLOURS:
        centres.append(colours[0])
        colours = colours[np.linalg.norm(colours - colours[0], axis=1) > _FAMILY]
    return np.array(centres)


def _assign(pixels: _Lab, centres: _Lab) -> npt.NDArray[np.intp]:
    """Return the place of the nearest centre for each pixel."""
    # |p - c|² without |p|², which is the same for all centres
    distances = (centres**2).sum(axis=1) - 2 * pixels @ centres.T
    nearest: npt.NDArray[np.intp] = distances.argmin(axis=1)
    return nearest


def _build_colour(bgr: npt.NDArray[np.float64], percent: float) -> DominantColor:
    blue, green, red = (round(float(channel)) for channel in bgr)
    [lab] = _to_lab(np.array([[blue, green, red]], np.uint8))
    return DominantColor(
        red=red,
        green=green,
        blue=blue,
        hex_code=f"#{red:02x}{green:02x}{blue:02x}",
        css_color=_CSS_NAMES.find(lab),
        simplified_color=SimplifiedColor(_SIMPLE_NAMES.find(lab)),
        pixel_percent=round(percent, 1),
    )


class _Names:
    """Finds the nearest colour that has a name."""

    def __init__(self, names: dict[str, list[str]]) -> None:
        self._names = [name for name, codes in names.items() for _ in codes]
        codes = [code.removeprefix("#") for codes in names.values() for code in codes]
        rgb = np.array([list(bytes.fromhex(code)) for code in codes], np.uint8)
        self._colours = _to_lab(np.ascontiguousarray(rgb[:, ::-1]))

    def find(self, lab: npt.NDArray[np.float32]) -> str:
        return self._names[int(np.linalg.norm(self._colours - lab, axis=1).argmin())]


def _to_lab(bgr: npt.NDArray[np.uint8]) -> _Lab:
    """Convert BGR, shape (n, 3)."""
    scaled = bgr[np.newaxis].astype(np.float32) / 255
    return np.asarray(cv2.cvtColor(scaled, cv2.COLOR_BGR2Lab)[0], np.float32)


def _measure_steps(grey: npt.NDArray, axis: int) -> npt.NDArray:
    """Return the differences between neighbours along an axis."""
    if axis == 1:
        return np.asarray(cv2.absdiff(grey[:, 1:], grey[:, :-1]))
    return np.asarray(cv2.absdiff(grey[1:], grey[:-1]))


def _to_percent(part: float) -> float:
    return round(min(1.0, max(0.0, float(part))) * 100, 1)


_CSS_NAMES = _Names({name: [code] for name, code in json.loads(_CSS.read_text("utf-8")).items()})
_SIMPLE_NAMES = _Names(_SIMPLE)
