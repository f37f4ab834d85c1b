"""What runs a network. OpenCV's DNN module; the port is as narrow as a second engine needs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.worker.vision.image import Image

Array: TypeAlias = npt.NDArray[np.float32]

Blob: TypeAlias = npt.NDArray[np.float32]
"""What enters a network: shape (1, 3, height, width)."""


def build_blob(square: Image, *, scale: float, mean: float) -> Blob:
    """Turn a BGR picture of the network's size into its input: RGB, (x - mean) * scale."""
    rgb = square[:, :, ::-1].transpose(2, 0, 1)[np.newaxis]
    return np.ascontiguousarray((rgb - np.float32(mean)) * np.float32(scale))


class Engine(Protocol):
    """One loaded network."""

    def forward(self, blob: Blob) -> Mapping[str, Array]:
        """Compute the network's outputs, by name. Not to be called from two threads at once."""
        ...


class OpenCvEngine:
    """A network in OpenCV's DNN module."""

    def __init__(self, weights: Path) -> None:
        """Load an ONNX file."""
        # The workers use every core already, one picture each. This is a setting of the process.
        cv2.setNumThreads(1)
        self._network = cv2.dnn.readNetFromONNX(str(weights))
        self._output_names = self._network.getUnconnectedOutLayersNames()

    def forward(self, blob: Blob) -> Mapping[str, Array]:
        self._network.setInput(blob)
        outputs = self._network.forward(self._output_names)
        return {
            name: np.asarray(output, np.float32)
            for name, output in zip(self._output_names, outputs, strict=True)
        }
