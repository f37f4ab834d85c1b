"""Recognises one picture: decoding, the networks, labels, text and properties."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pipeline.core.engines import OWN_ANSWER, Answer
from pipeline.core.errors import ModelFailedError, ModelNotOfferedError
from pipeline.core.fingerprint import Fingerprint
from pipeline.core.images import ImageHeader, check_accepted, read_header
from pipeline.core.labels import Label
from pipeline.core.moderation import ModerationLabel
from pipeline.core.options import OWN_MODELS, Detail, Feature, Options
from pipeline.core.properties import ImageProperties
from pipeline.core.text import FoundText
from pipeline.worker.vision.added.catalog import check_names, load_models
from pipeline.worker.vision.added.faults import AddedModelError
from pipeline.worker.vision.added.model import AddedModel
from pipeline.worker.vision.image import WORKING_SIDE_PX, Image, decode_upright
from pipeline.worker.vision.merge import Findings, merge_labels
from pipeline.worker.vision.own import OwnNetworks
from pipeline.worker.vision.preview import (
    PREVIEW_SIDE_PX,
    SmallCopies,
    halve,
    make_copies,
    needs_preview,
)
from pipeline.worker.vision.properties import measure_properties
from pipeline.worker.vision.text import TEXT_SIDE_PX
from pipeline.worker.vision.text_networks import TextNetworks
from pipeline.worker.vision.tiles import TILED_SIDE_PX
from pipeline.worker.vision.vocabulary import load_vocabulary
from pipeline.worker.vision.weights import DEFAULT_ENGINE, EngineName

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recognition:
    """The result for one picture, and the time it took."""

    labels: list[Label]  # Empty if they were not asked for
    properties: ImageProperties | None  # None if they were not asked for
    text: FoundText | None  # None if it was not asked for
    fingerprint: Fingerprint | None  # None without labels of our own networks
    content_type: str  # From the bytes
    width: int  # Pixels of the upright picture, before any reduction
    height: int
    detail: Detail  # How closely our detector looked
    models: Mapping[str, str]  # Role to name and version: the first 12 digits of the sha256
    copies: SmallCopies
    decode_ms: float
    inference_ms: float
    moderation: list[ModerationLabel] | None = None  # Only another engine can tell
    answer: Answer = OWN_ANSWER


Recognize: TypeAlias = Callable[[bytes, ImageHeader, Options], Recognition]
"""The signature of `Recognizer.recognize`. Several threads may call it at the same time."""


class Recognizer:
    """All networks. As many threads may use them at once as they were loaded for."""

    def __init__(
        self,
        folder: Path,
        *,
        engine: EngineName = DEFAULT_ENGINE,
        threads: int = 1,
        accept_heic: bool = True,
        models_folder: Path | None = None,
        default_models: Sequence[str] = (OWN_MODELS,),
    ) -> None:
        """Load the networks that fit the engine, and all added models.

        Args:
            folder: Folder of the ONNX files.
            engine: Library that runs our own networks.
            threads: How many threads may call `recognize` at once.
            accept_heic: Whether to decode HEIC pictures; otherwise they are refused.
            models_folder: Holds a folder for each added model; None if there are none.
            default_models: The models for requests that name none.

        Raises:
            FileNotFoundError: A file is missing.
            WrongWeightsError: A file has another sha256 than the measured one.
            AddedModelError: An added model cannot be used, or a default one is not there.
        """
        self._accept_heic = accept_heic
        vocabulary = load_vocabulary()
        self._own = OwnNetworks(folder, engine, threads, vocabulary)
        self._added = load_models(models_folder, vocabulary.words)
        check_names(default_models, self._added)
        self._default_models = tuple(default_models)
        self._words = dict(vocabulary.words)
        for model in self._added.values():
            self._words = model.words | self._words
        self._text_networks = TextNetworks(folder)

    @property
    def models(self) -> Mapping[str, str]:
        """Role of each network to its name and version."""
        return {**self._own.models, **{name: one.version for name, one in self._added.items()}}

    def recognize_file(self, data: bytes, options: Options) -> Recognition:
        """Read the header of a file and recognise what is in its picture.

        Raises:
            PermanentError: The picture is not accepted or is damaged. Its `code` says why.
            MemoryError: There is too little memory for the picture now.
        """
        return self.recognize(data, read_header(data), options)

    def recognize(self, data: bytes, header: ImageHeader, options: Options) -> Recognition:
        """Recognise what is in a picture, and make its small copies.

        Args:
            data: The file as it was uploaded.
            header: What `read_header` says about it.
            options: What to look for.

        Raises:
            PermanentError: The picture is not accepted or is damaged, this worker does not have a
                model that the request names, or an added model fails. Its `code` says which.
            MemoryError: There is too little memory for the picture now.
        """
        started = time.perf_counter()
        check_accepted(header.content_type, accept_heic=self._accept_heic)
        added = self._choose_added(options)
        shown = decode_shown(data, header, options, added)
        image = halve(shown, shortest_side_px=_choose_side(options))
        copies = make_copies(shown, header, halved=image)
        decoded = time.perf_counter()
        view = self._own.look(image, options) if self._asks_own(options) else None
        found = [_ask(one, shown) for one in added]
        labels = self._merge([*([view.findings] if view else []), *found], options)
        properties = measure_properties(image) if Feature.PROPERTIES in options.features else None
        text = self._text_networks.read(shown) if Feature.TEXT in options.features else None
        finished = time.perf_counter()
        return Recognition(
            labels=labels,
            properties=properties,
            text=text,
            fingerprint=view.fingerprint if view else None,
            content_type=header.content_type,
            width=header.width,
            height=header.height,
            detail=Detail.FINE if view and options.looks_closer else Detail.FAST,
            models=self._list_models(options, added),
            copies=copies,
            decode_ms=(decoded - started) * 1000,
            inference_ms=(finished - decoded) * 1000,
        )

    def _choose_models(self, options: Options) -> Sequence[str]:
        """Return the names of the models that look for labels."""
        if Feature.LABELS not in options.features:
            return ()
        return options.chosen_models or self._default_models

    def _asks_own(self, options: Options) -> bool:
        return OWN_MODELS in self._choose_models(options)

    def _list_models(self, options: Options, added: Sequence[AddedModel]) -> Mapping[str, str]:
        own = self._own.models if self._asks_own(options) else {}
        text = self._text_networks.models if Feature.TEXT in options.features else {}
        return {**own, **{model.name: model.version for model in added}, **text}

    def _choose_added(self, options: Options) -> list[AddedModel]:
        """Return the added models that look at the picture.

        Raises:
            ModelNotOfferedError: This worker does not have one of them.
        """
        names = [name for name in self._choose_models(options) if name != OWN_MODELS]
        try:
            return [self._added[name] for name in names]
        except KeyError as error:
            raise ModelNotOfferedError from error

    def _merge(self, found: Sequence[Findings], options: Options) -> list[Label]:
        if not found:
            return []
        return merge_labels(
            found,
            self._words,
            min_confidence=options.min_confidence,
            max_labels=options.max_labels,
        )


def _ask(model: AddedModel, shown: Image) -> Findings:
    """Return what an added model says.

    Raises:
        ModelFailedError: It was right about its sample, and computes no result for this picture.
    """
    try:
        return model.look(halve(shown, shortest_side_px=model.side_px))
    except AddedModelError as error:
        logger.exception("Added model failed", extra={"model": model.name})
        raise ModelFailedError from error


def decode_shown(
    data: bytes, header: ImageHeader, options: Options, added: Sequence[AddedModel] = ()
) -> Image:
    """Return the picture as large as all networks and its preview need it.

    Args:
        data: The file as it was uploaded.
        header: What `read_header` says about it.
        options: Text needs a larger picture than labels.
        added: The added models that will look.
    """
    own_px = TEXT_SIDE_PX if Feature.TEXT in options.features else _choose_side(options)
    shortest_side_px = max([own_px, *(model.side_px for model in added)])
    longest_side_px = PREVIEW_SIDE_PX if needs_preview(header) else 0
    return decode_upright(
        data, header, shortest_side_px=shortest_side_px, longest_side_px=longest_side_px
    )


def _choose_side(options: Options) -> int:
    """Return the shorter side that our own networks and properties need."""
    return TILED_SIDE_PX if options.looks_closer else WORKING_SIDE_PX
