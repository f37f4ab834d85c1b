"""Calls Amazon Rekognition for one picture and brings its answers to our shapes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.config import Config

from pipeline.core.clients import MAX_CONNECTIONS, create_client
from pipeline.core.labels import Label
from pipeline.core.moderation import ModerationLabel
from pipeline.core.options import Options
from pipeline.core.properties import DominantColor, ImageProperties, Quality, SimplifiedColor
from pipeline.core.rekognition import Charge
from pipeline.core.text import FoundText
from pipeline.core.vocabulary import Word
from pipeline.worker.rekognition.answers import (
    FoundColour,
    FoundProperties,
    LabelsAnswer,
    ModerationAnswer,
    TextAnswer,
)
from pipeline.worker.rekognition.lines import build_text
from pipeline.worker.rekognition.names import Names
from pipeline.worker.rekognition.picture import Image

CONFIG = Config(
    connect_timeout=2,
    read_timeout=8,
    retries={"mode": "standard", "total_max_attempts": 2},
    max_pool_connections=MAX_CONNECTIONS,
)
"""A second attempt ends after 20 s at most. Heartbeats keep the message meanwhile."""

_FEATURES = {Charge.LABELS: "GENERAL_LABELS", Charge.PROPERTIES: "IMAGE_PROPERTIES"}
_MOST_COLOURS = 8
_SPELLINGS = {"gray": "grey"}


@dataclass(frozen=True)
class Findings:
    """What Rekognition found. Parts that it was not asked for are None."""

    labels: list[Label] | None = None
    properties: ImageProperties | None = None
    text: FoundText | None = None
    moderation: list[ModerationLabel] | None = None
    models: Mapping[str, str] = field(default_factory=dict)
    """What was asked for, to the version of Rekognition's model."""


class Rekognition:
    """Asks about pictures. Safe to share between threads.

    Its methods raise botocore's errors: BotoCoreError if there is no answer, ClientError if
    Rekognition refuses the call.
    """

    def __init__(self, words: Mapping[str, Word], client: Any = None) -> None:
        self._names = Names(words)
        self._client = client or create_client("rekognition", CONFIG)

    def detect_labels(
        self, image: Image, charges: Collection[Charge], options: Options
    ) -> Findings:
        """Ask for labels, properties or both in one call."""
        answer = LabelsAnswer.model_validate(
            self._client.detect_labels(
                Image=image,
                Features=[_FEATURES[charge] for charge in charges],
                MinConfidence=options.min_confidence,
                MaxLabels=options.max_labels,
                Settings={"ImageProperties": {"MaxDominantColors": _MOST_COLOURS}},
            )
        )
        properties = answer.image_properties
        return Findings(
            labels=self._names.translate(answer.labels) if Charge.LABELS in charges else None,
            properties=_read_properties(properties) if properties else None,
            models={"rekognitionLabels": answer.label_model_version},
        )

    def detect_text(self, image: Image, ratio: float) -> Findings:
        """Ask for lines and words.

        Args:
            image: The picture.
            ratio: Its width divided by its height, upright.
        """
        answer = TextAnswer.model_validate(self._client.detect_text(Image=image))
        return Findings(
            text=build_text(answer.text_detections, ratio),
            models={"rekognitionText": answer.text_model_version},
        )

    def detect_moderation(self, image: Image, options: Options) -> Findings:
        """Ask for unwanted content."""
        answer = ModerationAnswer.model_validate(
            self._client.detect_moderation_labels(Image=image, MinConfidence=options.min_confidence)
        )
        return Findings(
            moderation=[
                ModerationLabel(
                    name=found.name,
                    confidence=_to_percent(found.confidence),
                    parent_name=found.parent_name,
                )
                for found in answer.moderation_labels
            ],
            models={"rekognitionModeration": answer.moderation_model_version},
        )


def _read_properties(found: FoundProperties) -> ImageProperties:
    quality = found.quality
    return ImageProperties(
        quality=Quality(
            brightness=_to_percent(quality.brightness),
            sharpness=_to_percent(quality.sharpness),
            contrast=_to_percent(quality.contrast),
        ),
        dominant_colors=[
            _read_colour(colour, name)
            for colour in found.dominant_colors
            if (name := _find_simple(colour.simplified_color))
        ],
    )


def _read_colour(colour: FoundColour, name: SimplifiedColor) -> DominantColor:
    return DominantColor(
        red=colour.red,
        green=colour.green,
        blue=colour.blue,
        hex_code=colour.hex_code.lower(),
        css_color=colour.css_color.lower(),
        simplified_color=name,
        pixel_percent=_to_percent(colour.pixel_percent),
    )


def _find_simple(name: str) -> SimplifiedColor | None:
    """Our everyday name of a colour; None for one that we do not know."""
    ours = _SPELLINGS.get(name.lower(), name.lower())
    return SimplifiedColor(ours) if ours in list(SimplifiedColor) else None


def _to_percent(value: float) -> float:
    return round(min(100.0, max(0.0, value)), 1)
