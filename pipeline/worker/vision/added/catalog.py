"""Loads all added models of a folder. Each has a folder of its own in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from pipeline.core.options import OWN_MODELS
from pipeline.core.vocabulary import Word, WordFinder
from pipeline.worker.vision.added.faults import AddedModelError, Fault
from pipeline.worker.vision.added.manifest import MANIFEST
from pipeline.worker.vision.added.model import AddedModel

RESERVED = frozenset({OWN_MODELS, "classifier", "detector"})
"""Names that results use for our own networks."""


def load_models(folder: Path | None, words: Mapping[str, Word]) -> dict[str, AddedModel]:
    """Check and load every model of a folder.

    Args:
        folder: None, or one that does not exist, if operators have added none.
        words: Our vocabulary.

    Returns:
        The models by name, in alphabetical order.

    Raises:
        AddedModelError: A model cannot be used. The text says what to do.
    """
    if folder is None:
        return {}
    finder = WordFinder(words)
    models: dict[str, AddedModel] = {}
    for manifest in sorted(folder.glob(f"*/{MANIFEST}")):
        model = AddedModel(manifest.parent, finder)
        check_name(model.name, manifest, models)
        models[model.name] = model
    return models


def check_name(name: str, manifest: Path, models: Collection[str] = ()) -> None:
    """Check that a model may have this name.

    Raises:
        AddedModelError: It is taken.
    """
    if name in RESERVED or name in models:
        raise AddedModelError(
            Fault.NAME_TAKEN,
            f"The name {name} in {manifest} is taken. Give the model another name.",
        )


def check_names(names: Collection[str], models: Mapping[str, AddedModel]) -> None:
    """Check that a setting names models, and that all of them are there.

    Raises:
        AddedModelError: It names none, or one is not there.
    """
    there = ", ".join([OWN_MODELS, *models])
    if not names:
        raise AddedModelError(
            Fault.NOT_THERE,
            f"DEFAULT_MODELS is empty, so nothing would find labels. Name some of: {there}.",
        )
    missing = [name for name in names if name != OWN_MODELS and name not in models]
    if missing:
        raise AddedModelError(
            Fault.NOT_THERE,
            f"DEFAULT_MODELS names {', '.join(missing)}, which this worker does not have. It has: "
            f"{there}. Correct it, or put the model into WEIGHTS_DIR.",
        )
