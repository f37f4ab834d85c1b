from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.worker.vision.engine import OpenCvEngine

BLOB = np.zeros((1, 3, 300, 300), np.float32)


@pytest.fixture(scope="module")
def engine(weights: Path) -> OpenCvEngine:
    return OpenCvEngine(weights / "ssd_mobilenet_v2.onnx")


def test_the_outputs_come_by_name(engine: OpenCvEngine) -> None:
    outputs = engine.forward(BLOB)

    assert {name: output.shape for name, output in outputs.items()} == {
        "boxes": (1, 1917, 4),
        "scores": (1, 1917, 91),
    }


def test_outputs_outlive_the_next_forward(engine: OpenCvEngine) -> None:
    scores = engine.forward(BLOB)["scores"]
    kept = scores.copy()

    engine.forward(BLOB + 0.5)

    np.testing.assert_array_equal(scores, kept)


def test_a_network_uses_one_core(weights: Path) -> None:
    cv2.setNumThreads(2)

    OpenCvEngine(weights / "ssd_mobilenet_v2.onnx")

    assert cv2.getNumThreads() == 1
