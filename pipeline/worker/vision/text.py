"""Reads the text in a picture with PP-OCRv6: one network finds lines, the other reads them.

Weights: made by `pipeline.weights` from the networks of https://github.com/PaddlePaddle/PaddleOCR
(Apache-2.0); docs/models.md is their model card.
Papers: Cui et al., "PaddleOCR 3.0 Technical Report", 2025,
https://doi.org/10.48550/arXiv.2507.05595; Graves et al., "Connectionist Temporal Classification",
2006, https://doi.org/10.1145/1143844.1143891
"""

import math
from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from pipeline.core.text import MAX_LINES, FoundLine, FoundText, FoundWord, Point, measure_angle
from pipeline.worker.vision.engine import Array, Blob, Engine
from pipeline.worker.vision.image import Image, resize
from pipeline.worker.vision.text_boxes import Quad, TextBox, cut_out, find_boxes
from pipeline.worker.vision.text_tones import LEAST_SEPARATION, is_doubtful, measure_separation

TEXT_SIDE_PX = 1200
"""The shorter side of the picture that lines are read from. Smaller text is lost."""

_DETECTED_SIDE_PX = 736  # The shorter side that the detector sees; PaddleOCR's default
_LONGEST_SIDE_PX = 1600
_MOST_ENLARGED = 3
_STEP_PX = 32  # The detector halves its input five times

_LINE_HEIGHT_PX = 48
_LINE_STEP_PX = 8  # The reader gives one character or none for each step
_LINE_WIDTHS_PX = (48, 3200)
MOST_COLUMNS = 27_000
"""Width of all lines together when their height is 48 pixels: about 1 s for one core."""

_LEAST_SCORE = 0.5
_LEAST_SCORE_ALONE = 0.95
"""A line with one character needs more: an eye or a wheel looks like an "O"."""
_NOTHING = 0  # The reader's class id for "no character"


class TextReader:
    """Finds and reads lines. Several threads may use it at once."""

    def __init__(self, detector: Engine, reader: Engine, characters: Sequence[str]) -> None:
        """Wrap two loaded networks.

        Args:
            detector: Input (1, 3, height, width), multiples of 32; output: probability of text.
            reader: Input (1, 3, 48, width); output: probabilities by step and class id.
            characters: By class id of the reader, without the id for "no character".
        """
        self._detector = detector
        self._reader = reader
        self._characters = ["", *characters]

    def read(self, image: Image) -> FoundText:
        """Read all lines, the largest ones first if there are too many."""
        height, width = image.shape[:2]
        boxes = find_boxes(self._compute_map(image), width, height)
        chosen = choose_lines(boxes)
        lines = (self._read_line(image, boxes[place].quad) for place in sorted(chosen))
        return FoundText(
            lines=tuple(line for line in lines if line), truncated=len(chosen) < len(boxes)
        )

    def _compute_map(self, image: Image) -> Array:
        [probabilities] = self._detector.forward(build_map_blob(image)).values()
        return np.asarray(probabilities[0, 0], np.float32)

    def _read_line(self, image: Image, quad: Quad) -> FoundLine | None:
        """Return None if there is nothing that can be read."""
        line = cut_out(image, quad)
        [steps] = self._reader.forward(build_line_blob(line)).values()
        words, confidence = self._decode(steps[0])
        characters = sum(len(word.text) for word in words)
        if not words or confidence < (_LEAST_SCORE_ALONE if characters == 1 else _LEAST_SCORE):
            return None
        height, width = image.shape[:2]
        area = cv2.contourArea(quad) / (width * height)
        if is_doubtful(characters, area) and measure_separation(line) < LEAST_SEPARATION:
            return None
        ratios = np.clip(quad / [width, height], 0, 1)
        one, two, three, four = (Point(float(x), float(y)) for x, y in ratios)
        angle = measure_angle(one, two, width / height)
        return FoundLine((one, two, three, four), angle, confidence * 100, words)

    def _decode(self, steps: Array) -> tuple[tuple[FoundWord, ...], float]:
        """Return the words of a line and the mean probability of its characters.

        The same character in neighbouring steps is one character.
        """
        ids = steps.argmax(axis=1)
        is_new = (ids != _NOTHING) & np.concatenate([[True], ids[1:] != ids[:-1]])
        [places] = np.nonzero(is_new)
        scores = steps[places, ids[places]]
        texts = [self._characters[one] for one in ids[places]]
        words = tuple(_split(texts, places.tolist(), scores.tolist(), len(ids)))
        return words, float(scores.mean()) if len(scores) else 0.0


def choose_lines(boxes: Sequence[TextBox]) -> list[int]:
    """Return the places of the lines that are read: all, unless there are too many.

    Large text is what people see first. Of lines of about the same height the upper ones count.
    """
    by_height = sorted(
        range(len(boxes)), key=lambda place: -round(2 * math.log2(max(1, boxes[place].height)))
    )
    chosen, columns = [], 0
    for place in by_height[:MAX_LINES]:
        columns += _fit_width(*_measure(boxes[place]))
        if columns > MOST_COLUMNS:
            break
        chosen.append(place)
    return chosen


def build_map_blob(image: Image) -> Blob:
    """Return the detector's input: shape (1, 3, height, width), BGR, x / 127.5 - 1."""
    height, width = image.shape[:2]
    scale = min(
        _DETECTED_SIDE_PX / min(height, width),
        _LONGEST_SIDE_PX / max(height, width),
        _MOST_ENLARGED,
    )
    rows, columns = (
        max(_STEP_PX, round(side * scale / _STEP_PX) * _STEP_PX) for side in (height, width)
    )
    return _build_blob(resize(image, columns, rows))


def build_line_blob(line: Image) -> Blob:
    """Return the reader's input: shape (1, 3, 48, width), BGR, x / 127.5 - 1."""
    height, width = line.shape[:2]
    return _build_blob(resize(line, _fit_width(width, height), _LINE_HEIGHT_PX))


def _fit_width(width: float, height: float) -> int:
    columns = math.ceil(_LINE_HEIGHT_PX * width / height / _LINE_STEP_PX) * _LINE_STEP_PX
    return min(max(columns, _LINE_WIDTHS_PX[0]), _LINE_WIDTHS_PX[1])


def _measure(box: TextBox) -> tuple[float, float]:
    width = float(np.linalg.norm(box.quad[1] - box.quad[0]))
    return width, max(1.0, box.height)


def _build_blob(image: Image) -> Blob:
    blob = cv2.dnn.blobFromImage(image, 1 / 127.5, mean=(127.5, 127.5, 127.5))
    return np.asarray(blob, np.float32)


def _split(
    characters: Iterable[str], places: Sequence[int], scores: Sequence[float], steps: int
) -> Iterable[FoundWord]:
    """Split the characters of a line at the spaces. A word ends where the space begins."""
    text, of_word, start = "", list[float](), 0.0
    for character, place, score in zip(characters, places, scores, strict=True):
        if character.isspace():
            if text:
                yield _build_word(text, of_word, start, place / steps)
            text, of_word, start = "", [], (place + 1) / steps
        else:
            text += character
            of_word.append(score)
    if text:
        yield _build_word(text, of_word, start, 1.0)


def _build_word(text: str, scores: Sequence[float], start: float, end: float) -> FoundWord:
    return FoundWord(text, 100 * sum(scores) / len(scores), start, end)
