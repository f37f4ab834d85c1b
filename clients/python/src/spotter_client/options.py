"""What to look for in a photo, and which results to find again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from spotter_client.models import TaskStatus

Feature = Literal["labels", "text", "properties", "moderation"]

Parameters = dict[str, str | float | list[str]]
"""Parameters of a query, or fields of a body."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """How to look at a photo. What is None is left to the service."""

    reference: str | None = None
    """Your own name for the task: 1 to 128 printable ASCII characters without spaces."""

    min_confidence: float | None = None
    """Leave out labels with less, 0 to 100."""

    max_labels: int | None = None
    features: Sequence[Feature] | None = None
    """What to look for; only labels if left out."""

    detail: Literal["fast", "fine"] | None = None
    engine: Literal["spotter", "rekognition", "auto"] | None = None
    models: Sequence[str] | None = None
    """Models that operators added, by name."""

    strip_metadata: bool | None = None
    """Whether place, camera and times are removed before the photo is stored."""

    webhook_url: str | None = None
    """Called when the task is finished. You need a webhook for the same host."""

    def build_fields(self) -> Parameters:
        """The fields of a JSON body."""
        fields: dict[str, str | float | list[str] | None] = {
            "reference": self.reference,
            "minConfidence": self.min_confidence,
            "maxLabels": self.max_labels,
            "features": None if self.features is None else [*self.features],
            "detail": self.detail,
            "engine": self.engine,
            "models": None if self.models is None else list(self.models),
            "stripMetadata": self.strip_metadata,
            "webhookUrl": self.webhook_url,
        }
        return {name: value for name, value in fields.items() if value is not None}

    def build_query(self) -> dict[str, str]:
        """The same as parameters of a query."""
        return {name: _write(value) for name, value in self.build_fields().items()}


@dataclass(frozen=True, kw_only=True)
class Search:
    """Which of your results. All that are given must fit."""

    labels: Sequence[str] = ()
    """Names of labels, wider names too: `animal` finds dogs."""

    query: str | None = None
    """Words of labels, texts or file names."""

    text: str | None = None
    """Words that were read in the photo."""

    file_name: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    status: TaskStatus | None = None
    reference: str | None = None

    def build_fields(self) -> Parameters:
        """The fields of a JSON body."""
        fields = {
            "label": list(self.labels) or None,
            "query": self.query,
            "text": self.text,
            "fileName": self.file_name,
            "from": self.since.isoformat() if self.since else None,
            "to": self.until.isoformat() if self.until else None,
            "status": self.status.value if self.status else None,
            "reference": self.reference,
        }
        return {name: value for name, value in fields.items() if value is not None}


def _write(value: str | float | list[str]) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(value) if isinstance(value, list) else str(value)
