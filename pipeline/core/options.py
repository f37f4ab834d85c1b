"""What a caller wants to know about a picture.

An option travels: request, task, worker, result. `UploadRequest` checks it, `Task` stores it under
the same name, and `transitions.start` gives it to the worker. A feature that is not asked for costs
nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from enum import StrEnum

DEFAULT_MIN_CONFIDENCE = 50
DEFAULT_MAX_LABELS = 20


class Feature(StrEnum):
    """A kind of result."""

    LABELS = "labels"
    TEXT = "text"  # Lines and words
    PROPERTIES = "properties"  # Colours, brightness, sharpness and contrast
    MODERATION = "moderation"  # Unwanted content; only Amazon Rekognition can tell


class Detail(StrEnum):
    """How closely the detector looks."""

    FAST = "fast"  # At the whole picture
    FINE = "fine"  # Also at four enlarged parts, for small things


class Engine(StrEnum):
    """Who recognises a picture."""

    SPOTTER = "spotter"  # Our own networks
    REKOGNITION = "rekognition"  # Amazon Rekognition
    AUTO = "auto"  # Rekognition where our own networks are unsure


DEFAULT_FEATURES = (Feature.LABELS,)

OWN_MODELS = "spotter"
"""The name of our own classifier and detector among the models of a request."""

MODEL_NAME_PATTERN = r"^[a-z0-9][a-z0-9-]{0,39}$"
""""spotter", or the name of a model that operators added."""

MOST_MODELS = 5
"""So many models at most look at one picture."""

ADDED_MODEL_PIXELS = 24_000_000
"""What each added model that a request names costs, as pixels."""

FINE_PIXELS = 24_000_000
"""What a closer look costs, as pixels: opening a picture of so many takes about as long."""

TEXT_PIXELS = 72_000_000
"""What reading text costs, as pixels: three times a closer look. A page takes longer."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to look for in one picture."""

    min_confidence: float = DEFAULT_MIN_CONFIDENCE
    """In [0, 100]. Labels and instances below it are left out."""
    max_labels: int = DEFAULT_MAX_LABELS
    """Only this many labels are returned, the most confident ones."""
    features: tuple[Feature, ...] = DEFAULT_FEATURES
    detail: Detail | None = None
    """None if nobody chose: `fast`, or what an idle worker has time for."""
    engine: Engine = Engine.SPOTTER
    chosen_models: tuple[str, ...] = ()
    """`OWN_MODELS` and names of added models; empty for the usual ones of the workers."""

    @property
    def looks_closer(self) -> bool:
        """Whether the detector looks at parts of the picture too."""
        return self.detail == Detail.FINE and Feature.LABELS in self.features

    @property
    def added_models(self) -> tuple[str, ...]:
        """The added models that the request names."""
        if Feature.LABELS not in self.features:
            return ()
        return tuple(name for name in self.chosen_models if name != OWN_MODELS)

    @property
    def extra_pixels(self) -> int:
        """What the options cost beside opening the picture, as pixels."""
        fine = FINE_PIXELS if self.looks_closer else 0
        text = TEXT_PIXELS if Feature.TEXT in self.features else 0
        return fine + text + ADDED_MODEL_PIXELS * len(self.added_models)


OPTION_NAMES = tuple(field.name for field in fields(Options))
"""A task stores each option under its name."""


def split_models(text: str) -> tuple[str, ...]:
    """Return the names of a list with commas, each once."""
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def sort_features(names: Collection[str]) -> tuple[Feature, ...]:
    """Return each feature once, in the order of `Feature`."""
    return tuple(feature for feature in Feature if feature in names)
