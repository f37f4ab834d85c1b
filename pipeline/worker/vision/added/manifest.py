"""Reads `model.toml`, which describes an added model.

The names of the preprocessing are those of Hugging Face's `preprocessor_config.json`:
https://huggingface.co/docs/transformers/main_classes/image_processor
Members that Hugging Face does not have: `pad_value` and `pad_position`.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    ValidationError,
    model_validator,
)

from pipeline.core.options import MODEL_NAME_PATTERN
from pipeline.worker.vision.added.faults import AddedModelError, Fault

MANIFEST = "model.toml"
LONGEST_INPUT_PX = 2048

FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]*$", max_length=100)]
"""A file beside the manifest: never a path."""
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
ClassName = Annotated[str, Field(min_length=1, max_length=100)]
Side = Annotated[int, Field(ge=1, le=LONGEST_INPUT_PX)]
Three = tuple[float, float, float]
Deviations = tuple[PositiveFloat, PositiveFloat, PositiveFloat]
Score = Annotated[float, Field(ge=0, le=1)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Size(_Table):
    """Height and width in pixels."""

    height: Side
    width: Side


class ShortestEdge(_Table):
    """The shorter side in pixels; the longer one keeps the picture's proportions."""

    shortest_edge: Side


class Input(_Table):
    """How a picture becomes the network's input, in the order of these members."""

    size: Size | ShortestEdge
    resample: Literal[0, 1, 2, 3] = 2
    """Pillow's numbers: nearest, Lanczos, bilinear, bicubic. Shrinking averages, except for 0."""
    do_center_crop: bool = False
    crop_size: Size | None = None
    do_pad: bool = False
    """Keep the picture's proportions and fill the rest of `size`."""
    pad_value: Annotated[int, Field(ge=0, le=255)] = 114
    pad_position: Literal["center", "top-left"] = "center"
    """Where the picture is. YOLOX puts it at the top left."""
    do_flip_channel_order: bool = False
    """True for a network that was trained on BGR."""
    do_rescale: bool = True
    rescale_factor: PositiveFloat = 1 / 255
    do_normalize: bool = True
    image_mean: Three = (0.0, 0.0, 0.0)
    image_std: Deviations = (1.0, 1.0, 1.0)
    data_format: Literal["channels_first", "channels_last"] = "channels_first"

    @model_validator(mode="after")
    def _check_shape(self) -> Self:
        if isinstance(self.size, ShortestEdge) and not (self.do_center_crop and self.crop_size):
            raise ValueError(
                "size with shortest_edge needs do_center_crop = true and crop_size, because the"
                " network's input has one fixed size"
            )
        if self.do_center_crop and self.crop_size is None:
            raise ValueError("do_center_crop needs crop_size = {height = ..., width = ...}")
        if self.do_center_crop and self.do_pad:
            raise ValueError("do_center_crop and do_pad exclude each other: remove one of them")
        return self

    @property
    def shape(self) -> Size:
        """Height and width of the network's input."""
        if self.do_center_crop and self.crop_size:
            return self.crop_size
        assert isinstance(self.size, Size)
        return self.size

    @property
    def side_px(self) -> int:
        """The shorter side that a picture should have, so that nothing is enlarged."""
        if isinstance(self.size, ShortestEdge):
            return self.size.shortest_edge
        return max(self.size.height, self.size.width)


class Softmax(_Table):
    """One class for the whole picture."""

    family: Literal["softmax"]
    logits: str | None = None  # Name of the output; None if the graph has one output
    activated: bool = False
    """Whether the graph ends with its own softmax."""
    temperature: PositiveFloat = 1.0
    skip_classes: NonNegativeInt = 0
    """Classes before the first one that `classes` names, such as a background."""


class Sigmoid(_Table):
    """Any number of classes for the whole picture: a tagger."""

    family: Literal["sigmoid"]
    logits: str | None = None
    activated: bool = False
    skip_classes: NonNegativeInt = 0


class _Overlapping(_Table):
    nms_threshold: Score = 0.6
    """Overlap above which the worse box of two with one name is dropped."""


class YoloX(_Overlapping):
    """Rows of centre, size, objectness and classes for each cell of some grids."""

    family: Literal["yolox"]
    predictions: str | None = None
    strides: tuple[PositiveInt, ...] = (8, 16, 32)
    decoded: bool = False
    """Whether the graph adds the cells itself, so that boxes are in pixels."""


class YoloV8(_Overlapping):
    """Columns (or rows) of centre, size and classes, in pixels. Also YOLOv9 and YOLO11."""

    family: Literal["yolov8"]
    predictions: str | None = None


class Detr(_Table):
    """Logits and boxes of a fixed number of queries: DETR, RT-DETR, D-FINE."""

    family: Literal["detr"]
    logits: str = "logits"
    boxes: str = "pred_boxes"
    activation: Literal["softmax", "sigmoid"] = "sigmoid"
    """Softmax has a last class more: nothing. DETR has it; its followers use sigmoid."""


class Ssd(_Overlapping):
    """Scores and finished boxes, before overlaps are suppressed."""

    family: Literal["ssd"]
    scores: str = "scores"
    boxes: str = "boxes"
    box_format: Literal["xyxy", "yxyx", "cxcywh"] = "yxyx"
    normalized: bool = True
    """Whether boxes are ratios of the input; otherwise they are its pixels."""
    activation: Literal["none", "softmax", "sigmoid"] = "none"
    skip_classes: NonNegativeInt = 1


class Nms(_Table):
    """A graph that suppresses overlaps itself: boxes, scores and class numbers."""

    family: Literal["nms"]
    boxes: str = "boxes"
    """Rows of four numbers; of five with the score; of six with score and class."""
    scores: str | None = None
    classes: str | None = None
    box_format: Literal["xyxy", "yxyx", "cxcywh"] = "xyxy"
    normalized: bool = False
    skip_classes: NonNegativeInt = 0
    sizes_input: str | None = None
    """Name of an input that wants width and height of the picture: D-FINE's and RT-DETR's own
    exports have one. It gets those of the network's input."""


Output = Annotated[
    Softmax | Sigmoid | YoloX | YoloV8 | Detr | Ssd | Nms, Field(discriminator="family")
]


class Sample(_Table):
    """A picture that proves that colours, sizes and classes are described rightly."""

    picture: FileName
    label: ClassName
    """A class that must be found in it."""
    min_confidence: Annotated[float, Field(gt=0, le=100)] = 50


class Int8(_Table):
    """The same network in int8, for processors that are exact and faster with it."""

    file: FileName
    sha256: Sha256


class Manifest(_Table):
    """The whole `model.toml`."""

    name: Annotated[str, Field(pattern=MODEL_NAME_PATTERN)]
    file: FileName
    sha256: Sha256
    licence: Annotated[str, Field(min_length=1)]
    source: str = ""
    """Where the file comes from, for people."""
    url: Annotated[str, Field(pattern=r"^https?://")] | None = None
    """Where `python -m pipeline.weights.add` downloads the file. No worker ever does."""
    classes: tuple[ClassName, ...] = ()
    classes_file: FileName | None = None
    """A text file with one class a line, instead of `classes`."""
    left_out: frozenset[ClassName] = frozenset()
    """Classes that are no label, such as "neutral" or "N/A"."""
    parents: dict[ClassName, tuple[ClassName, ...]] = {}
    """Wider names of a class, nearest first. Names of our vocabulary have theirs already."""
    threshold: Score = 0.1
    """The least score of what is kept."""
    input: Input
    output: Output
    sample: Sample
    int8: Int8 | None = None

    @model_validator(mode="after")
    def _check_classes(self) -> Self:
        if bool(self.classes) == bool(self.classes_file):
            raise ValueError("give either classes or classes_file")
        if self.sample.label in self.left_out:
            raise ValueError("sample.label is in left_out: name a class that results show")
        return self


def read_manifest(folder: Path) -> Manifest:
    """Read `model.toml` of a folder, with its classes.

    Raises:
        AddedModelError: It is missing or wrong. The text names each wrong member.
    """
    path = folder / MANIFEST
    try:
        rows = tomllib.loads(path.read_text("utf-8"))
        manifest = Manifest.model_validate(rows)
        return _read_classes(manifest, folder)
    except FileNotFoundError as error:
        raise AddedModelError(
            Fault.MANIFEST_MISSING,
            f"{error.filename} is missing. docs/added-models.md shows what a model's folder holds.",
        ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise AddedModelError(
            Fault.MANIFEST_INVALID, f"{path} is not valid TOML in UTF-8: {error}. Correct it."
        ) from error
    except ValidationError as error:
        raise AddedModelError(
            Fault.MANIFEST_INVALID, f"{path} is wrong: {_list(error)}. Correct it."
        ) from error


def _read_classes(manifest: Manifest, folder: Path) -> Manifest:
    if not manifest.classes_file:
        return manifest
    lines = (folder / manifest.classes_file).read_text("utf-8").splitlines()
    classes = tuple(line.strip() for line in lines if line.strip())
    return manifest.model_copy(update={"classes": classes})


def _list(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, one['loc'])) or 'the file'}: {one['msg']}" for one in error.errors()
    )
