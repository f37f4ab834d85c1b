"""What Amazon Rekognition answers, as far as we read it.

https://docs.aws.amazon.com/rekognition/latest/APIReference/API_DetectLabels.html
https://docs.aws.amazon.com/rekognition/latest/APIReference/API_DetectText.html
https://docs.aws.amazon.com/rekognition/latest/APIReference/API_DetectModerationLabels.html
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_pascal


class _Answer(BaseModel):
    """Names are snake_case here and PascalCase in an answer. Members we do not know are ignored."""

    model_config = ConfigDict(alias_generator=to_pascal, frozen=True)


class FoundName(_Answer):
    """A wider name, or an alias."""

    name: str


class FoundBox(_Answer):
    """Ratios of the upright picture. A box may reach beyond its edges."""

    left: float
    top: float
    width: float
    height: float


class FoundInstance(_Answer):
    """One place of a label."""

    bounding_box: FoundBox
    confidence: float


class FoundLabel(_Answer):
    """A label in Rekognition's words."""

    name: str
    confidence: float
    parents: list[FoundName] = []
    aliases: list[FoundName] = []
    instances: list[FoundInstance] = []


class FoundQuality(_Answer):
    """Each 0 to 100."""

    brightness: float = 0
    sharpness: float = 0
    contrast: float = 0


class FoundColour(_Answer):
    """A dominant colour."""

    red: int
    green: int
    blue: int
    hex_code: str
    css_color: str = Field(alias="CSSColor")
    simplified_color: str
    pixel_percent: float


class FoundProperties(_Answer):
    """What the whole picture looks like."""

    quality: FoundQuality
    dominant_colors: list[FoundColour]


class LabelsAnswer(_Answer):
    """The answer of DetectLabels."""

    labels: list[FoundLabel] = []
    image_properties: FoundProperties | None = None
    label_model_version: str = ""


class FoundPoint(_Answer):
    """A corner, as ratios of the upright picture."""

    x: float
    y: float


class FoundGeometry(_Answer):
    """Where a text is."""

    polygon: list[FoundPoint]
    """From where the text starts, above it, in the direction of reading and around it."""


class FoundTextPart(_Answer):
    """A line, or a word of one."""

    detected_text: str
    type: Literal["LINE", "WORD"]
    id: int
    parent_id: int | None = None
    confidence: float
    geometry: FoundGeometry


class TextAnswer(_Answer):
    """The answer of DetectText."""

    text_detections: list[FoundTextPart] = []
    text_model_version: str = ""


class FoundModeration(_Answer):
    """A kind of unwanted content."""

    name: str
    parent_name: str = ""
    confidence: float


class ModerationAnswer(_Answer):
    """The answer of DetectModerationLabels."""

    moderation_labels: list[FoundModeration] = []
    moderation_model_version: str = ""
