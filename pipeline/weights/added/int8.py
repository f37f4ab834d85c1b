"""Makes an int8 version of an added model, and keeps it only where it helps.

The ranges of activations are measured on the photos. The version is kept if it is faster, and if
it says nearly the same about the photos. Processors that are not exact in int8 use the float
version: see `weights.has_exact_int8`.
"""

from __future__ import annotations

import platform
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from onnxruntime import quantization  # type: ignore[import-untyped]  # Ships no hints

from pipeline.core.vocabulary import WordFinder
from pipeline.weights.added.speed import measure
from pipeline.worker.vision.added.faults import AddedModelError
from pipeline.worker.vision.added.manifest import MANIFEST
from pipeline.worker.vision.added.model import AddedModel, list_confidences
from pipeline.worker.vision.image import Image
from pipeline.worker.vision.weights import CPU_INFO, has_exact_int8

LEAST_GAIN = 1.2
"""The int8 version must be this many times as fast."""
LEAST_AGREEMENT = 0.9
"""Share of photos about which both versions must say nearly the same."""
MOST_DIFFERENCE = 0.15
"""Difference of two probabilities that is nearly the same."""

_FILE = "network_int8.onnx"
_LAYERS = (["Conv", "MatMul", "Gemm"], ["Conv"])
"""Kinds of layers to convert. The second choice is tried if the first version is not kept."""


@dataclass(frozen=True)
class Trial:
    """What became of the int8 version."""

    text: str
    content: bytes | None = None  # None if the float version stays alone


def try_int8(folder: Path, model: AddedModel, finder: WordFinder, images: Sequence[Image]) -> Trial:
    """Make the int8 version and compare it with the float version.

    Args:
        folder: Of the float version.
        model: The float version.
        finder: Finds our words.
        images: What both are compared on.
    """
    if not has_exact_int8(platform.machine(), CPU_INFO):
        return Trial("int8: not tried, because this processor is not exact in int8.")
    trial = Trial("int8: not kept.")
    for layers in _LAYERS:
        try:
            content = quantize(folder / model.manifest.file, model, images, layers)
            other = _load(folder, content, finder)
        except AddedModelError as error:
            trial = Trial(f"int8: not kept. {error}")
        except Exception as error:
            # ONNX Runtime's tool raises whatever a graph makes it stumble on.
            trial = Trial(f"int8: not kept. The network cannot be converted: {error}")
        else:
            trial = _compare(model, other, images, content)
            if trial.content is not None:
                break
    return trial


def write_int8(folder: Path, content: bytes) -> None:
    """Put the int8 version beside the float version, and name it in the manifest."""
    (folder / _FILE).write_bytes(content)
    digest = sha256(content).hexdigest()
    with (folder / MANIFEST).open("a", encoding="utf-8") as manifest:
        manifest.write(f'\n[int8]\nfile = "{_FILE}"\nsha256 = "{digest}"\n')


def quantize(network: Path, model: AddedModel, images: Sequence[Image], layers: list[str]) -> bytes:
    """Return the network with these kinds of layers in int8."""
    with tempfile.TemporaryDirectory() as temporary:
        output = Path(temporary) / "int8.onnx"
        quantization.quantize_static(
            network,
            output,
            _Reader(model, images),
            op_types_to_quantize=layers,
            per_channel=True,
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
        )
        return output.read_bytes()


class _Reader(quantization.CalibrationDataReader):  # type: ignore[misc]  # Ships no hints
    """Gives ONNX Runtime the inputs for the photos, one by one."""

    def __init__(self, model: AddedModel, images: Sequence[Image]) -> None:
        self._inputs: Iterator[dict[str, Any]] = map(model.network.build_inputs, images)

    def get_next(self) -> dict[str, Any] | None:
        return next(self._inputs, None)


def _load(folder: Path, content: bytes, finder: WordFinder) -> AddedModel:
    """Load the int8 version, which must recognise the sample too."""
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary) / "model"
        shutil.copytree(folder, copy)
        write_int8(copy, content)
        return AddedModel(copy, finder, prefers_int8=True)


def _compare(
    model: AddedModel, other: AddedModel, images: Sequence[Image], content: bytes
) -> Trial:
    gain = measure(model, images) / measure(other, images)
    agreement = float(np.mean([_agree(model, other, image) for image in images]))
    facts = f"{gain:.2f} times as fast, the same on {100 * agreement:.0f} % of {len(images)} photos"
    if gain < LEAST_GAIN or agreement < LEAST_AGREEMENT:
        return Trial(f"int8: not kept ({facts}).")
    return Trial(f"int8: kept ({facts}).", content)


def _agree(model: AddedModel, other: AddedModel, image: Image) -> bool:
    """Whether the confidences of all words are nearly the same."""
    one, two = list_confidences(model.look(image)), list_confidences(other.look(image))
    names = {*one, *two}
    return all(abs(one.get(name, 0) - two.get(name, 0)) <= MOST_DIFFERENCE for name in names)
