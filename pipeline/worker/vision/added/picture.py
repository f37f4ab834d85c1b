"""Prepares a picture for the network of an added model."""

from __future__ import annotations

import math
from typing import Any, NamedTuple, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.worker.vision.added.manifest import Input, ShortestEdge, Size
from pipeline.worker.vision.engine import Array
from pipeline.worker.vision.image import Image

Prepared: TypeAlias = npt.NDArray[Any]
"""Shape (1, 3, height, width) or (1, height, width, 3), in the type of the network's input."""

_ENLARGING = (cv2.INTER_NEAREST, cv2.INTER_LANCZOS4, cv2.INTER_LINEAR, cv2.INTER_CUBIC)
_NEAREST = 0
_MOST_CROPS = 4
"""A picture is cut to so many times the crop before it is resized. Otherwise one of 1,562,500 x 32
pixels would take gigabytes."""


class Placement(NamedTuple):
    """Where the whole picture is in the network's input, as ratios of the input."""

    left: float
    top: float
    width: float
    height: float

    def locate(self, boxes: Array) -> Array:
        """Turn boxes of the input into boxes of the picture, cut off at its edges.

        Args:
            boxes: Left, top, right, bottom as ratios of the input, shape (n, 4).
        """
        starts = np.array([self.left, self.top, self.left, self.top], np.float32)
        sizes = np.array([self.width, self.height, self.width, self.height], np.float32)
        located: Array = ((boxes - starts) / sizes).clip(0, 1).astype(np.float32)
        return located

    def stretch(self, columns: float, rows: float) -> Placement:
        """Return the place of a picture that this one is the middle of.

        Args:
            columns: How many times as wide it is.
            rows: How many times as high it is.
        """
        width, height = self.width * columns, self.height * rows
        left = self.left - (width - self.width) / 2
        return Placement(left, self.top - (height - self.height) / 2, width, height)


def prepare(image: Image, to: Input, dtype: npt.DTypeLike) -> tuple[Prepared, Placement]:
    """Return the network's input and where the picture is in it."""
    fitted, placement = _fit(image, to)
    if not to.do_flip_channel_order:
        fitted = fitted[:, :, ::-1]  # Ours is BGR
    values: Prepared = fitted
    if np.dtype(dtype) != np.uint8:
        values = fitted.astype(np.float32)
        if to.do_rescale:
            values *= np.float32(to.rescale_factor)
        if to.do_normalize:
            values = (values - np.array(to.image_mean, np.float32)) / np.array(
                to.image_std, np.float32
            )
    if to.data_format == "channels_first":
        values = values.transpose(2, 0, 1)
    return np.ascontiguousarray(values[np.newaxis], dtype), placement


def _fit(image: Image, to: Input) -> tuple[Image, Placement]:
    height, width = image.shape[:2]
    if isinstance(to.size, ShortestEdge):
        scale = to.size.shortest_edge / min(height, width)
        longest = math.ceil(_MOST_CROPS * max(to.shape.height, to.shape.width) / scale)
        middle = _cut_middle(image, longest)
        scaled = Size.model_construct(
            height=max(1, round(middle.shape[0] * scale)),
            width=max(1, round(middle.shape[1] * scale)),
        )
        fitted, placement = _crop(_resize(middle, scaled, to), to.shape)
        return fitted, placement.stretch(width / middle.shape[1], height / middle.shape[0])
    if to.do_pad:
        return _pad(image, to.size, to)
    resized = _resize(image, to.size, to)
    return _crop(resized, to.shape) if to.do_center_crop else (resized, Placement(0, 0, 1, 1))


def _resize(image: Image, size: Size, to: Input) -> Image:
    shrinks = size.height < image.shape[0] and size.width < image.shape[1]
    averages = shrinks and to.resample != _NEAREST
    interpolation = cv2.INTER_AREA if averages else _ENLARGING[to.resample]
    resized = cv2.resize(image, (size.width, size.height), interpolation=interpolation)
    return np.asarray(resized, np.uint8)


def _cut_middle(image: Image, longest_px: int) -> Image:
    height, width = image.shape[:2]
    top, left = max(0, height - longest_px) // 2, max(0, width - longest_px) // 2
    return image[top : top + longest_px, left : left + longest_px]


def _crop(image: Image, size: Size) -> tuple[Image, Placement]:
    """Cut out the middle. A side that is too short gets black edges, as Hugging Face does it."""
    height, width = image.shape[:2]
    short = max(0, size.height - height), max(0, size.width - width)
    if any(short):
        top, left = short[0] // 2, short[1] // 2
        image = np.asarray(
            cv2.copyMakeBorder(
                image, top, short[0] - top, left, short[1] - left, cv2.BORDER_CONSTANT
            ),
            np.uint8,
        )
    top, left = (image.shape[0] - size.height) // 2, (image.shape[1] - size.width) // 2
    placement = Placement(
        (short[1] // 2 - left) / size.width,
        (short[0] // 2 - top) / size.height,
        width / size.width,
        height / size.height,
    )
    return image[top : top + size.height, left : left + size.width], placement


def _pad(image: Image, size: Size, to: Input) -> tuple[Image, Placement]:
    height, width = image.shape[:2]
    scale = min(size.height / height, size.width / width)
    inner = Size.model_construct(
        height=max(1, round(height * scale)), width=max(1, round(width * scale))
    )
    is_centred = to.pad_position == "center"
    top = (size.height - inner.height) // 2 if is_centred else 0
    left = (size.width - inner.width) // 2 if is_centred else 0
    padded: Image = np.full((size.height, size.width, 3), to.pad_value, np.uint8)
    padded[top : top + inner.height, left : left + inner.width] = _resize(image, inner, to)
    placement = Placement(
        left / size.width,
        top / size.height,
        inner.width / size.width,
        inner.height / size.height,
    )
    return padded, placement
