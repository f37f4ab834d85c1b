"""Runs the graph of one added model in ONNX Runtime."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from onnxruntime.capi import (  # type: ignore[import-untyped]  # Ships no hints
    onnxruntime_pybind11_state as onnx_errors,
)

from pipeline.worker.vision.added.families import Boxes, Outputs, read_outputs
from pipeline.worker.vision.added.faults import AddedModelError, Fault
from pipeline.worker.vision.added.manifest import Manifest, Nms
from pipeline.worker.vision.added.picture import Placement, prepare
from pipeline.worker.vision.engine import Array, open_session
from pipeline.worker.vision.image import Image

_DTYPES: Mapping[str, npt.DTypeLike] = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(uint8)": np.uint8,
}
_SIZE_DTYPES: Mapping[str, npt.DTypeLike] = {
    "tensor(float)": np.float32,
    "tensor(int32)": np.int32,
    "tensor(int64)": np.int64,
}
_UNREADABLE = (
    onnx_errors.Fail,
    onnx_errors.InvalidArgument,
    onnx_errors.InvalidGraph,
    onnx_errors.InvalidProtobuf,
    onnx_errors.NotImplemented,
    onnx_errors.RuntimeException,
)


class Network:
    """The graph of one added model in ONNX Runtime."""

    def __init__(self, content: bytes, manifest: Manifest) -> None:
        """Load the graph and run it once.

        Raises:
            AddedModelError: It is no ONNX file, or does not fit the manifest.
        """
        self._input, self._output = manifest.input, manifest.output
        self._sizes_name = self._output.sizes_input if isinstance(self._output, Nms) else None
        self._classes = len(manifest.classes)
        try:
            self._session = open_session(content)
        except _UNREADABLE as error:
            raise AddedModelError(
                Fault.NOT_ONNX,
                f"{manifest.file} cannot be loaded: {error}. It must be one ONNX file that holds "
                "its weights. Export it again.",
            ) from error
        self._names = [output.name for output in self._session.get_outputs()]
        self._image_name, self._dtype = self._check_inputs()
        self._more = self._build_more_inputs()
        self._try()

    def compute(self, image: Image) -> tuple[Array | Boxes, Placement]:
        """Return what the network says, and where the picture was in its input."""
        inputs, placement = self._prepare(image)
        computed = self._session.run(self._names, inputs)
        outputs: Outputs = dict(zip(self._names, computed, strict=True))
        found = read_outputs(outputs, self._output, self._classes, self._input.shape)
        return found, placement

    def build_inputs(self, image: Image) -> dict[str, npt.NDArray[Any]]:
        """Return the network's inputs by name."""
        return self._prepare(image)[0]

    def _prepare(self, image: Image) -> tuple[dict[str, npt.NDArray[Any]], Placement]:
        blob, placement = prepare(image, self._input, self._dtype)
        return {self._image_name: blob, **self._more}, placement

    def _try(self) -> None:
        try:
            self.compute(np.full((240, 320, 3), 127, np.uint8))
        except _UNREADABLE as error:
            raise AddedModelError(
                Fault.WRONG_INPUT,
                f"The network does not run: {error}. Check size, data_format and sizes_input.",
            ) from error

    def _check_inputs(self) -> tuple[str, npt.DTypeLike]:
        """Return name and type of the input for pictures."""
        inputs = {one.name: one for one in self._session.get_inputs()}
        sizes = self._sizes_name
        images = [one for name, one in inputs.items() if name != sizes]
        if len(images) != 1 or (sizes and sizes not in inputs):
            raise AddedModelError(
                Fault.WRONG_INPUT,
                f"The network has the inputs {', '.join(inputs)}. It may have one for the picture, "
                "and one that sizes_input names.",
            )
        [image] = images
        if image.type not in _DTYPES:
            raise AddedModelError(
                Fault.WRONG_INPUT,
                f"The input {image.name} takes {image.type}. Export the network with an input of "
                f"{', '.join(_DTYPES)}.",
            )
        size = self._input.shape
        is_first = self._input.data_format == "channels_first"
        wanted = (1, 3, size.height, size.width) if is_first else (1, size.height, size.width, 3)
        if not _fits(image.shape, wanted):
            raise AddedModelError(
                Fault.WRONG_INPUT,
                f"The input {image.name} has shape {image.shape}, the manifest gives "
                f"{list(wanted)}. Correct size, crop_size or data_format in [input].",
            )
        return image.name, _DTYPES[image.type]

    def _build_more_inputs(self) -> dict[str, npt.NDArray[Any]]:
        sizes = self._sizes_name
        if not sizes:
            return {}
        [taken] = [one.type for one in self._session.get_inputs() if one.name == sizes]
        if taken not in _SIZE_DTYPES:
            raise AddedModelError(
                Fault.WRONG_INPUT,
                f"The input {sizes} takes {taken}, not {', '.join(_SIZE_DTYPES)}. "
                "Correct sizes_input.",
            )
        size = self._input.shape
        return {sizes: np.array([[size.width, size.height]], _SIZE_DTYPES[taken])}


def read_file(path: Path, sha256: str) -> bytes:
    """Return the content of a file with this sha256.

    Raises:
        AddedModelError: It is missing or another one.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise AddedModelError(
            Fault.FILE_MISSING,
            f"{path} cannot be read: {error.strerror}. Put the file there, or let "
            "`python -m pipeline.weights.add` download it.",
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise AddedModelError(
            Fault.WRONG_SHA256,
            f"{path} has the sha256 {found}, the manifest says {sha256}. If you trust the file, "
            "correct the manifest.",
        )
    return content


def _fits(shape: Sequence[object], wanted: tuple[int, ...]) -> bool:
    """Whether the shape is the wanted one. A name or None stands for any number."""
    return len(shape) == len(wanted) and all(
        not isinstance(side, int) or side in (0, -1, need)
        for side, need in zip(shape, wanted, strict=True)
    )
