"""The result vocabulary, in the shape of Amazon Rekognition's DetectLabels.

https://docs.aws.amazon.com/rekognition/latest/APIReference/API_DetectLabels.html
"""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic.alias_generators import to_camel

Confidence = Annotated[float, Field(ge=0, le=100)]
"""Confidence in percent. It is calibrated: of all labels with 80, about 80 in 100 are right."""

Ratio = Annotated[float, Field(ge=0, le=1)]
"""Part of the width or height of the upright picture (EXIF orientation applied)."""

UuidText = Annotated[str, Field(json_schema_extra={"format": "uuid"})]
"""An id as text. The API's document says that it is a UUID."""


class ApiModel(BaseModel):
    """A frozen value whose names are snake_case in Python and camelCase in JSON."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        frozen=True,
        # An answer always has every member, including those that have a default here.
        json_schema_serialization_defaults_required=True,
    )


class LabelName(ApiModel):
    """A name that refers to a label: a parent or an alias."""

    name: str = Field(description="A name of a label.")


class BoundingBox(ApiModel):
    """Where something is in the upright picture."""

    left: Ratio = Field(
        description="Left edge, as a ratio of the picture's width (0 to 1).", examples=[0.21]
    )
    top: Ratio = Field(
        description="Upper edge, as a ratio of the picture's height (0 to 1).", examples=[0.34]
    )
    width: Ratio = Field(
        description="Width, as a ratio of the picture's width (0 to 1).", examples=[0.48]
    )
    height: Ratio = Field(
        description="Height, as a ratio of the picture's height (0 to 1).", examples=[0.52]
    )


class Instance(ApiModel):
    """One place of a label in the picture."""

    bounding_box: BoundingBox = Field(description="The box around it.")
    confidence: Confidence = Field(
        description="How sure the models are of this one place, 0 to 100.", examples=[97.4]
    )


class Label(ApiModel):
    """Something that is in the picture."""

    name: str = Field(description="What it is, such as `cat`.", examples=["cat"])
    confidence: Confidence = Field(
        description="How sure the models are, 0 to 100.", examples=[97.4]
    )
    parents: list[LabelName] = Field(
        default_factory=list,
        description="Wider names, nearest first: dog, animal.",
        examples=[[{"name": "animal"}]],
    )
    aliases: list[LabelName] = Field(
        default_factory=list,
        description="Other names of the same thing.",
        examples=[[{"name": "house cat"}]],
    )
    instances: list[Instance] = Field(
        default_factory=list,
        description="Where it was found; empty if the label describes the whole picture.",
    )


_LABELS = TypeAdapter(list[Label])


def encode_labels(labels: Sequence[Label]) -> str:
    """Encode labels as they are stored and sent: JSON in camelCase."""
    return _LABELS.dump_json(list(labels), by_alias=True).decode()


def decode_labels(stored: object) -> list[Label]:
    """Read labels from the lists and objects of that JSON."""
    return _LABELS.validate_python(stored)
