import threading
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest

from pipeline.worker.vision.engine import Engine, build_blob, open_engine
from pipeline.worker.vision.weights import EngineName, choose_networks

BLOB = np.zeros((1, 3, 300, 300), np.float32)
THREADS = 2


@pytest.fixture(scope="module", params=["onnxruntime", "opencv"])
def engine(request: pytest.FixtureRequest, weights: Path) -> Engine:
    name: EngineName = request.param
    return open_engine(name, weights / f"{choose_networks(name).detector}.onnx", threads=THREADS)


def test_the_outputs_come_by_name(engine: Engine) -> None:
    outputs = engine.forward(BLOB)

    assert {name: output.shape for name, output in outputs.items()} == {
        "boxes": (1, 1917, 4),
        "scores": (1, 1917, 91),
    }


def test_outputs_do_not_change_with_the_next_forward(engine: Engine) -> None:
    scores = engine.forward(BLOB)["scores"]
    kept = scores.copy()

    engine.forward(BLOB + 0.5)

    np.testing.assert_array_equal(scores, kept)


def test_each_thread_gets_the_outputs_of_its_own_picture(engine: Engine) -> None:
    blobs = [BLOB, BLOB + 0.5]
    expected = [engine.forward(blob)["scores"] for blob in blobs]
    found: list[list[np.ndarray]] = [[], []]

    def work(index: int) -> None:
        found[index] += [engine.forward(blobs[index])["scores"] for _ in range(5)]

    threads = [threading.Thread(target=work, args=[index]) for index in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for scores, own in zip(found, expected, strict=True):
        assert len(scores) == 5
        np.testing.assert_array_equal(scores, [own] * 5)


@pytest.mark.parametrize("name", ["onnxruntime", "opencv"])
def test_a_network_uses_the_calling_thread_alone(weights: Path, name: EngineName) -> None:
    cv2.setNumThreads(2)
    before = psutil.Process().num_threads()

    engine = open_engine(name, weights / f"{choose_networks(name).classifier}.onnx", threads=1)
    engine.forward(np.zeros((1, 3, 280, 280), np.float32))

    assert cv2.getNumThreads() == 1
    assert psutil.Process().num_threads() <= before


def test_a_blob_is_rgb_and_scaled() -> None:
    square = np.zeros((2, 2, 3), np.uint8)
    square[:, :] = (10, 20, 30)  # BGR
    square[0, 1] = (255, 0, 127)

    blob = build_blob(square, scale=1 / 128, mean=127)

    assert blob.shape == (1, 3, 2, 2)
    assert blob.dtype == np.float32
    np.testing.assert_allclose(blob[0, :, 1, 1] * 128 + 127, [30, 20, 10], rtol=1e-5)
    np.testing.assert_allclose(blob[0, :, 0, 1] * 128 + 127, [127, 0, 255], rtol=1e-5, atol=1e-4)
