"""Loads the networks that read text when the first picture asks for it.

They take memory that a worker without such pictures does not need. ONNX Runtime always runs them:
their input changes its size, which OpenCV's networks do not support.
"""

import threading
from pathlib import Path

from pipeline.core.text import FoundText
from pipeline.worker.vision.engine import OnnxRuntimeEngine
from pipeline.worker.vision.image import Image
from pipeline.worker.vision.text import TextReader
from pipeline.worker.vision.weights import (
    DEFAULT_ENGINE,
    TEXT_READER,
    choose_networks,
    find_weights,
)

_CHARACTERS = "character"
"""The name under which the reader's file carries its characters, one a line."""


class TextNetworks:
    """Both networks, loaded once. Several threads may use them at once."""

    def __init__(self, folder: Path) -> None:
        """Check the files, but load nothing.

        Raises:
            FileNotFoundError: A file is missing.
            WrongWeightsError: A file has another sha256 than the measured one.
        """
        self._detector = find_weights(folder, choose_networks(DEFAULT_ENGINE).text_detector)
        self._reader = find_weights(folder, TEXT_READER)
        self.models = {
            "textDetector": self._detector.version,
            "textReader": self._reader.version,
        }
        self._loaded: TextReader | None = None
        self._lock = threading.Lock()

    def read(self, image: Image) -> FoundText:
        """Read the text in a picture."""
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
        return self._loaded.read(image)

    def _load(self) -> TextReader:
        detector = OnnxRuntimeEngine(self._detector.path, keeps_memory=False)
        reader = OnnxRuntimeEngine(self._reader.path, keeps_memory=False)
        characters = reader.read_metadata(_CHARACTERS).split("\n")
        return TextReader(detector, reader, [*characters, " "])
