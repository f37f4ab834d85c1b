"""What a worker found in one picture, and how the task's record stores it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.core.engines import OWN_ANSWER, Answer
from pipeline.core.fingerprint import Fingerprint
from pipeline.core.labels import Label, encode_labels
from pipeline.core.moderation import ModerationLabel
from pipeline.core.options import Detail
from pipeline.core.properties import ImageProperties
from pipeline.core.text import FoundText, encode_text


@dataclass(frozen=True)
class TaskResult:
    """What a worker found in one picture."""

    labels: Sequence[Label]
    properties: ImageProperties | None
    text: FoundText | None
    fingerprint: Fingerprint | None
    content_type: str  # From the bytes. The request may have announced another
    size_bytes: int
    width: int  # Pixels of the upright picture
    height: int
    sha256: str  # Hash of the uploaded bytes, hexadecimal
    detail: Detail  # How closely the detector looked
    models: Mapping[str, str]  # Role (classifier, detector) to name and version
    decode_ms: float
    inference_ms: float
    has_preview: bool
    has_thumbnail: bool
    moderation: Sequence[ModerationLabel] | None = None
    answer: Answer = OWN_ANSWER

    def encode(self) -> dict[str, Any]:
        """The values of the task's attributes, by name. `labels` and `text` are JSON already."""
        return {
            "labels": encode_labels(self.labels),
            "properties": self.properties and self.properties.model_dump(by_alias=True),
            "text": self.text and encode_text(self.text),
            "fingerprint": self.fingerprint and self.fingerprint.model_dump(by_alias=True),
            "moderation": self.moderation
            and [label.model_dump(by_alias=True) for label in self.moderation],
            "answer": self.answer.model_dump(mode="json", by_alias=True),
            "content_type": self.content_type,
            "size_bytes": self.size_bytes,
            "width": self.width,
            "height": self.height,
            "sha256": self.sha256,
            "looked": self.detail.value,
            "models": dict(self.models),
            "decode_ms": round(self.decode_ms, 1),
            "inference_ms": round(self.inference_ms, 1),
            "has_preview": self.has_preview,
            "has_thumbnail": self.has_thumbnail,
        }
