"""The engines that run a network: ONNX Runtime and OpenCV's DNN module.

docs/adr/0013-onnx-runtime-runs-the-networks.md explains the choice.
"""

from collections.abc import Mapping
from pathlib import Path
from queue import LifoQueue
from typing import Protocol, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime  # type: ignore[import-untyped]  # Ships no hints

from pipeline.worker.vision.image import Image
from pipeline.worker.vision.weights import EngineName

Array: TypeAlias = npt.NDArray[np.float32]

Blob: TypeAlias = npt.NDArray[np.float32]
"""The input of a network: shape (1, 3, height, width), float32."""


def build_blob(square: Image, *, scale: float, mean: float) -> Blob:
    """Turn a BGR picture of the network's size into its input: RGB, (x - mean) * scale."""
    blob = cv2.dnn.blobFromImage(square, scale, mean=(mean, mean, mean), swapRB=True)
    return np.asarray(blob, np.float32)


class Engine(Protocol):
    """One loaded network."""

    def forward(self, blob: Blob) -> Mapping[str, Array]:
        """Compute the network's outputs by name, on the calling thread.

        As many threads may call this at once as the engine was opened for.
        """
        ...


def open_session(
    weights: Path | bytes, *, keeps_memory: bool = True
) -> onnxruntime.InferenceSession:
    """Load an ONNX file into ONNX Runtime, to be run on the calling thread.

    Args:
        weights: The file, or its content.
        keeps_memory: Whether memory is kept for the next picture. For a network whose input
            changes its size that would be the memory of the largest picture.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = keeps_memory
    options.enable_mem_pattern = keeps_memory
    return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])


class OnnxRuntimeEngine:
    """A network in ONNX Runtime. Any number of threads may use it."""

    def __init__(self, weights: Path, *, keeps_memory: bool = True) -> None:
        """Load an ONNX file; `open_session` explains `keeps_memory`."""
        self._session = open_session(weights, keeps_memory=keeps_memory)
        self._output_names = [output.name for output in self._session.get_outputs()]
        [images] = self._session.get_inputs()
        self._input_name = images.name

    def read_metadata(self, name: str) -> str:
        """Return a text that the ONNX file carries under this name."""
        texts: dict[str, str] = self._session.get_modelmeta().custom_metadata_map
        return texts[name]

    def forward(self, blob: Blob) -> Mapping[str, Array]:
        outputs = self._session.run(self._output_names, {self._input_name: blob})
        return dict(zip(self._output_names, outputs, strict=True))


class OpenCvEngine:
    """A network in OpenCV's DNN module. Its networks have state, so each thread needs a copy."""

    def __init__(self, weights: Path, threads: int = 1) -> None:
        """Load an ONNX file, for this many threads at once."""
        # Last in, first out: the last used copy is still in the processor's caches.
        self._idle: LifoQueue[cv2.dnn.Net] = LifoQueue()
        for _ in range(threads):
            network = cv2.dnn.readNetFromONNX(str(weights))
            self._idle.put(network)
        self._output_names = network.getUnconnectedOutLayersNames()

    def forward(self, blob: Blob) -> Mapping[str, Array]:
        network = self._idle.get()
        try:
            network.setInput(blob)
            outputs = network.forward(self._output_names)
        finally:
            self._idle.put(network)
        return {
            name: np.asarray(output, np.float32)
            for name, output in zip(self._output_names, outputs, strict=True)
        }


def open_engine(name: EngineName, weights: Path, *, threads: int) -> Engine:
    """Load an ONNX file into the engine of this name.

    Args:
        threads: How many threads may call `forward` at once.
    """
    # Each core already has a picture of its own. OpenCV decodes and resizes with either engine, and
    # this setting is for the whole process.
    cv2.setNumThreads(1)
    if name == "opencv":
        return OpenCvEngine(weights, threads)
    return OnnxRuntimeEngine(weights)
