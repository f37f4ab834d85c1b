"""The result vocabulary, in the shape of Amazon Rekognition's DetectLabels.

https://docs.aws.amazon.com/rekognition/latest/APIReference/API_DetectLabels.html
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

DEFAULT_MIN_CONFIDENCE = 50
DEFAULT_MAX_LABELS = 20

Confidence = Annotated[float, Field(ge=0, le=100)]
"""How sure the models are, in percent: of all labels with 80, about 80 in 100 are right."""

Ratio = Annotated[float, Field(ge=0, le=1)]
"""Part of the width or height of the upright picture (EXIF orientation applied)."""


class ApiModel(BaseModel):
    """Frozen value, snake_case here and camelCase in JSON."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, frozen=True)


class LabelName(ApiModel):
    """A name that refers to a label: a parent or an alias."""

    name: str


class BoundingBox(ApiModel):
    """Where something is in the upright picture."""

    left: Ratio
    top: Ratio
    width: Ratio
    height: Ratio


class Instance(ApiModel):
    """One place of a label in the picture."""

    bounding_box: BoundingBox
    confidence: Confidence


class Label(ApiModel):
    """Something that is in the picture."""

    name: str
    confidence: Confidence
    parents: list[LabelName] = []
    """Wider names, nearest first: dog, animal."""
    aliases: list[LabelName] = []
    instances: list[Instance] = []
    """Where it was found; empty if only the whole picture says so."""
