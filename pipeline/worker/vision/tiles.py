"""Looks closer: the detector also sees four overlapping parts of the picture, each enlarged.

The detector shrinks a picture to 300 px, so it misses small things. In a part they are larger. But
a part also shows things cut off, which look like other things. So a box of a part counts only if

- it does not touch an edge where the part was cut out,
- it covers less than 30 % of the picture, because the whole picture shows larger things better,
- and it does not lie inside a larger box of the same kind that the whole picture shows: a head is
  no second person.

Its odds are lowered, because four more looks are four more chances for a mistake. Where whole
picture and part agree, both raise each other. The numbers were chosen on labelled pictures;
docs/models.md has what they gain.
"""

import numpy as np

from pipeline.worker.vision.detector import (
    INPUT_SIDE_PX,
    SCORE_THRESHOLD,
    Candidates,
    Detection,
    Detector,
)
from pipeline.worker.vision.engine import Array
from pipeline.worker.vision.image import Image

_OVERLAP = 0.25
_SIDE = 1 / (2 - _OVERLAP)
"""Side of a part as a ratio of the picture's. Two parts with this overlap cover it."""
TILED_SIDE_PX = round(INPUT_SIDE_PX / _SIDE)
"""The shorter side of a picture whose parts need not be enlarged."""
PASSES = 5
"""The detector looks at the whole picture and at four parts."""

_EDGE = 0.02  # Of the part: nearer boxes are cut off.
_LARGEST = 0.3  # Of the picture
_ODDS_FACTOR = 0.7
_INSIDE = 0.85  # Of the smaller box, from which it lies inside the larger one
_SAME = 0.5  # Overlap from which two boxes show the same thing
_AGREE = 0.55  # Overlap from which two boxes confirm each other
_SURE = 0.3  # Score of the larger box
_SUPPORT = 0.5  # Weight of the other view


def detect_closely(detector: Detector, image: Image) -> list[Detection]:
    """Detect things in the whole picture and in four parts of it, best score first."""
    whole = detector.find(image)
    found = [whole]
    for left in (0.0, 1 - _SIDE):
        for top in (0.0, 1 - _SIDE):
            part = _place(detector.find(_cut(image, left, top)), left, top)
            found.append(_drop_parts(part, whole))
    is_whole = np.repeat([True, False], [len(whole.scores), sum(map(_count, found[1:]))])
    return detector.name(_confirm(_join(found), is_whole).suppress())


def _cut(image: Image, left: float, top: float) -> Image:
    height, width = image.shape[:2]
    rows = slice(round(top * height), max(1, round((top + _SIDE) * height)))
    columns = slice(round(left * width), max(1, round((left + _SIDE) * width)))
    return np.ascontiguousarray(image[rows, columns])


def _place(found: Candidates, left: float, top: float) -> Candidates:
    """Move what was found in a part to its place in the picture."""
    boxes = found.boxes
    # The picture's own edges cut nothing off.
    is_cut = (
        (boxes[:, 0] < _EDGE) & (left > 0)
        | (boxes[:, 1] < _EDGE) & (top > 0)
        | (boxes[:, 2] > 1 - _EDGE) & (left == 0)
        | (boxes[:, 3] > 1 - _EDGE) & (top == 0)
    )
    odds = found.scores * _ODDS_FACTOR
    scores = odds / (odds + 1 - found.scores)
    placed = boxes * _SIDE + np.array([left, top, left, top], np.float32)
    is_small = _measure_areas(placed) < _LARGEST
    kept = ~is_cut & is_small & (scores > SCORE_THRESHOLD)
    return Candidates(placed, scores, found.class_ids).pick(kept)


def _drop_parts(part: Candidates, whole: Candidates) -> Candidates:
    """Drop boxes that lie inside a larger one of the same kind."""
    sure = whole.pick(whole.scores >= _SURE)
    shared = _measure_shared(part.boxes, sure.boxes)
    areas, others = _measure_areas(part.boxes)[:, None], _measure_areas(sure.boxes)[None]
    is_inside = shared > _INSIDE * np.minimum(areas, others)
    is_other = shared < _SAME * (areas + others - shared)
    is_same_kind = part.class_ids[:, None] == sure.class_ids[None]
    return part.pick(~(is_inside & is_other & is_same_kind).any(axis=1))


def _confirm(found: Candidates, is_whole: Array) -> Candidates:
    """Raise the scores of boxes that the other view shows too."""
    shared, areas = _measure_shared(found.boxes, found.boxes), _measure_areas(found.boxes)
    agrees = (
        (shared > _AGREE * (areas[:, None] + areas[None] - shared))
        & (found.class_ids[:, None] == found.class_ids[None])
        & (is_whole[:, None] != is_whole[None])
    )
    support = np.where(agrees, found.scores[None], 0).max(axis=1, initial=0)
    raised = 1 - (1 - found.scores) * (1 - _SUPPORT * support)
    return Candidates(found.boxes, raised.astype(np.float32), found.class_ids)


def _join(found: list[Candidates]) -> Candidates:
    return Candidates(*(np.concatenate(columns) for columns in zip(*found, strict=True)))


def _count(found: Candidates) -> int:
    return len(found.scores)


def _measure_areas(boxes: Array) -> Array:
    areas: Array = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return areas


def _measure_shared(boxes: Array, others: Array) -> Array:
    """Return the area that each box shares with each of the others, shape (n, m)."""
    left_top = np.maximum(boxes[:, None, :2], others[None, :, :2])
    right_bottom = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    shared: Array = (right_bottom - left_top).clip(0).prod(axis=2)
    return shared
