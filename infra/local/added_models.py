"""The models that the local system offers: all that `python -m pipeline.weights.add` added."""

import os

from infra.local.layout import WEIGHTS

DEFAULT_MODELS = "DEFAULT_MODELS"
"""Variable of the workers, and of `make run`: the models for requests that name none."""


def find_added_models() -> list[str]:
    """Return their names, which are those of their folders."""
    return sorted(path.parent.name for path in WEIGHTS.glob("models/*/model.toml"))


def choose_usual() -> dict[str, str]:
    """Return the workers' variable if `make run DEFAULT_MODELS=spotter,...` sets it."""
    usual = os.environ.get(DEFAULT_MODELS)
    return {DEFAULT_MODELS: usual} if usual else {}
