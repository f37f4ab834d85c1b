"""Finds the lines of text in the map that the detector of text computes.

A line is a rotated rectangle around one region of probable text. The detector was trained on
regions that are smaller than the lines, so each rectangle grows again.
Paper: Liao et al., "Real-time Scene Text Detection with Differentiable Binarization", 2019,
https://doi.org/10.48550/arXiv.1911.08947
"""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float32]
Quad: TypeAlias = Floats
"""Corners in pixels, shape (4, 2), from where the text starts: start and end above it, end and
start below it."""

# Defaults of PaddleOCR
_THRESHOLD = 0.3
_BOX_THRESHOLD = 0.5
_GROWTH = 1.6
_LEAST_SIDE_PX = 3

_MOST_REGIONS = 1000
_SAME_ROW_PX = 10
"""Lines whose upper edges differ by less, in pixels of the map, stand in one row."""
_LONG = 1.5  # Longer side of a box divided by its shorter one
_STEEP = 0.5  # Cosine of 60 degrees


class TextBox(NamedTuple):
    """Where a line of text is."""

    quad: Quad
    height: float  # Of its letters, in pixels


def find_boxes(probabilities: Floats, width: int, height: int) -> list[TextBox]:
    """Return the lines in the order in which people read them.

    Args:
        probabilities: That a pixel belongs to text, shape (rows, columns).
        width: Of the picture in pixels; the boxes are in its pixels.
        height: Likewise.
    """
    mask = cv2.dilate((probabilities > _THRESHOLD).astype(np.uint8), np.ones((2, 2), np.uint8))
    regions, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    rows, columns = probabilities.shape
    largest = sorted(regions, key=cv2.contourArea, reverse=True)[:_MOST_REGIONS]
    found = (_find_quad(np.asarray(region, np.int32), probabilities) for region in largest)
    quads = [quad for quad in found if quad is not None]
    scale = np.array([width / columns, height / rows], np.float32)
    scaled = (quad * scale for quad in _sort(quads))
    return [TextBox(quad, _measure_sides(quad)[1]) for quad in scaled]


def _find_quad(region: npt.NDArray[np.int32], probabilities: Floats) -> Quad | None:
    """Return the line of one region, in pixels of the map; None if it is no text."""
    centre, (width, height), angle = cv2.minAreaRect(region)
    if min(width, height) < _LEAST_SIDE_PX:
        return None
    corners = _get_corners(centre, (width, height), angle)
    if _measure_mean(corners, probabilities) < _BOX_THRESHOLD:
        return None
    grown = width * height * _GROWTH / (width + height)
    return _start_at_text(_get_corners(centre, (width + grown, height + grown), angle))


def _get_corners(centre: Sequence[float], size: tuple[float, float], angle: float) -> Floats:
    return np.asarray(cv2.boxPoints((centre, size, angle)), np.float32)


def _measure_mean(corners: Floats, probabilities: Floats) -> float:
    """Return the mean probability inside a rectangle."""
    last = np.array(probabilities.shape[::-1]) - 1
    left, top = np.clip(np.floor(corners.min(axis=0)).astype(int), 0, last)
    right, bottom = np.clip(np.ceil(corners.max(axis=0)).astype(int), 0, last)
    inside = np.zeros((bottom - top + 1, right - left + 1), np.uint8)
    cv2.fillPoly(inside, [(corners - [left, top]).astype(np.int32)], 1)
    return float(cv2.mean(probabilities[top : bottom + 1, left : right + 1], inside)[0])


def _start_at_text(corners: Floats) -> Quad:
    """Order the corners of a rectangle from where its text starts.

    Text runs along the long side, or along the more level side of a short text. It runs to the
    right, or down if it is steeper than 60 degrees.
    """
    sides = np.roll(corners, -1, axis=0) - corners
    lengths = np.linalg.norm(sides, axis=1)
    is_long = lengths.max() >= _LONG * lengths.min()
    first = int(np.argmax(lengths[:2] if is_long else np.abs(sides[:2, 0])))
    x, y = sides[first] / max(lengths[first], 1e-6)
    is_backward = x < 0 if abs(x) >= _STEEP else y < 0
    # Corners of OpenCV follow each other clockwise, so this side is the upper one of its text.
    return np.roll(corners, -(first + 2 * is_backward), axis=0)


def _sort(quads: list[Quad]) -> list[Quad]:
    """Sort by rows, and by the left edge inside a row."""
    rows: list[list[Quad]] = []
    last_top = -np.inf
    for quad in sorted(quads, key=_get_top):
        if _get_top(quad) - last_top >= _SAME_ROW_PX:
            rows.append([])
        rows[-1].append(quad)
        last_top = _get_top(quad)
    return [quad for row in rows for quad in sorted(row, key=lambda quad: float(quad[:, 0].min()))]


def _get_top(quad: Quad) -> float:
    return float(quad[:, 1].min())


def _measure_sides(quad: Quad) -> tuple[float, float]:
    above, right, below, left = (
        float(np.linalg.norm(quad[at] - quad[(at + 1) % 4])) for at in range(4)
    )
    return max(above, below), max(left, right)


def cut_out(image: npt.NDArray[np.uint8], quad: Quad) -> npt.NDArray[np.uint8]:
    """Return a line as a level picture."""
    width, height = (max(1, int(side)) for side in _measure_sides(quad))
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    transform = cv2.getPerspectiveTransform(quad, corners)
    line = cv2.warpPerspective(
        image, transform, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(line, np.uint8)
