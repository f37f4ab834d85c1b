"""What is wrong with an added model is said when it is loaded, with a stable code."""

import hashlib
import tomllib
from pathlib import Path
from typing import Any

import onnx
import pytest

from pipeline.core.vocabulary import WordFinder
from pipeline.worker.vision.added.catalog import check_names, load_models
from pipeline.worker.vision.added.faults import AddedModelError, Fault
from pipeline.worker.vision.added.model import AddedModel
from pipeline.worker.vision.vocabulary import load_vocabulary
from tests.worker.vision.added.folders import (
    CLASSES,
    SOFTMAX,
    GraphInput,
    GraphOutput,
    build_graph,
    paint,
    write_classifier,
    write_manifest,
    write_model,
    write_picture,
)

WORDS = load_vocabulary().words
FINDER = WordFinder(WORDS)
GRAPH = build_graph(SOFTMAX)
SOFTMAX_FAMILY = {"family": "softmax"}


def read_rows(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "model.toml").read_text())


def refuse(folder: Path) -> AddedModelError:
    with pytest.raises(AddedModelError) as caught:
        AddedModel(folder, FINDER)
    return caught.value


def test_a_model_says_its_name_and_version(tmp_path: Path) -> None:
    model = AddedModel(write_classifier(tmp_path), FINDER)

    assert model.name == "colours"
    assert model.version == f"colours {model.manifest.sha256[:12]}"


def test_a_folder_without_a_manifest_is_refused(tmp_path: Path) -> None:
    error = refuse(tmp_path)

    assert error.code == Fault.MANIFEST_MISSING
    assert "model.toml is missing" in str(error)
    assert str(error).endswith("(model_manifest_missing)")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"licence": None}, "licence: Field required"),
        ({"name": "My Model"}, "name: String should match"),
        ({"file": "../network.onnx"}, "file: String should match"),
        ({"classes": None}, "either classes or classes_file"),
        ({"classes_file": "classes.txt"}, "either classes or classes_file"),
        ({"colour": "BGR"}, "colour: Extra inputs are not permitted"),
        ({"input": {"size": {"shortest_edge": 64}}}, "crop_size"),
        ({"input": {"size": {"height": 64, "width": 5000}}}, "less than or equal to 2048"),
        ({"output": {"family": "magic"}}, "'softmax', 'sigmoid', 'yolox'"),
        ({"output": {"family": "softmax", "strides": [8]}}, "strides: Extra inputs"),
        ({"sample": {"picture": "sample.png", "label": "dog"}}, "no class of the model"),
        ({"left_out": ["cat"]}, "sample.label is in left_out"),
    ],
)
def test_a_wrong_manifest_names_the_wrong_member(
    change: dict[str, Any], words: str, tmp_path: Path
) -> None:
    folder = write_classifier(tmp_path)
    rows = read_rows(folder) | change
    write_manifest(folder, rows)

    error = refuse(folder)

    assert error.code == Fault.MANIFEST_INVALID
    assert words in str(error)


def test_a_manifest_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    folder = write_classifier(tmp_path)
    (folder / "model.toml").write_text("name = colours")

    assert refuse(folder).code == Fault.MANIFEST_INVALID


@pytest.mark.parametrize("missing", ["network.onnx", "sample.png"])
def test_a_missing_file_is_named(missing: str, tmp_path: Path) -> None:
    folder = write_classifier(tmp_path)
    (folder / missing).unlink()

    error = refuse(folder)

    assert error.code == Fault.FILE_MISSING
    assert missing in str(error)


def test_another_file_than_the_named_one_is_refused(tmp_path: Path) -> None:
    folder = write_classifier(tmp_path)
    (folder / "network.onnx").write_bytes(GRAPH + b"\0")

    assert refuse(folder).code == Fault.WRONG_SHA256


def test_a_file_that_is_no_network_is_refused(tmp_path: Path) -> None:
    folder = write_model(tmp_path, b"no network", SOFTMAX_FAMILY)

    assert refuse(folder).code == Fault.NOT_ONNX


def test_a_network_without_its_weights_is_refused(tmp_path: Path) -> None:
    """They are in a second file, which no sha256 covers."""
    model = onnx.load_from_string(GRAPH)
    for constant in model.graph.initializer:
        onnx.external_data_helper.set_external_data(constant, "weights.bin")
        constant.ClearField("raw_data")
    folder = write_model(tmp_path, model.SerializeToString(), SOFTMAX_FAMILY)
    (folder / "weights.bin").write_bytes(b"\0" * 10_000)

    error = refuse(folder)

    assert error.code == Fault.NOT_ONNX
    assert "holds its weights" in str(error)


@pytest.mark.parametrize(
    ("graph", "taken", "words"),
    [
        (GraphInput(size=(32, 32)), {}, "shape ['batch', 3, 32, 32], the manifest gives"),
        (GraphInput(batch=8), {}, "[1, 3, 64, 64]"),
        (GraphInput(), {"data_format": "channels_last"}, "data_format"),
        (GraphInput(dtype=onnx.TensorProto.DOUBLE), {}, "tensor(double)"),
        (GraphInput(more={"sizes": ((1, 2), 7)}), {}, "the inputs pixels, sizes"),
    ],
)
def test_an_input_that_does_not_fit_is_refused(
    graph: GraphInput, taken: dict[str, Any], words: str, tmp_path: Path
) -> None:
    folder = write_model(tmp_path, build_graph(SOFTMAX, graph), SOFTMAX_FAMILY, taken=taken)

    error = refuse(folder)

    assert error.code == Fault.WRONG_INPUT
    assert words in str(error)


@pytest.mark.parametrize(
    ("outputs", "output", "code", "words"),
    [
        (SOFTMAX, {"family": "softmax", "logits": "nose"}, Fault.WRONG_OUTPUT, "It has: scores"),
        ({"l": GraphOutput((4,))}, SOFTMAX_FAMILY, Fault.WRONG_CLASSES, "4 classes, the manifest"),
        (SOFTMAX, {"family": "softmax", "skip_classes": 1}, Fault.WRONG_CLASSES, "has 2 classes"),
        (SOFTMAX, {"family": "sigmoid", "activated": True}, Fault.WRONG_OUTPUT, "from 0 to 1"),
        ({"l": GraphOutput((3,), float("nan"))}, SOFTMAX_FAMILY, Fault.WRONG_OUTPUT, "not finite"),
        ({"o": GraphOutput((9, 7))}, {"family": "yolox"}, Fault.WRONG_CLASSES, "need 8"),
        ({"o": GraphOutput((9, 8))}, {"family": "yolox"}, Fault.WRONG_OUTPUT, "84 for these"),
        ({"o": GraphOutput((9, 8))}, {"family": "yolov8"}, Fault.WRONG_CLASSES, "a side of 7"),
        (SOFTMAX, {"family": "yolov8"}, Fault.WRONG_OUTPUT, "shape 1 x 3"),
        (
            {"logits": GraphOutput((5, 3)), "pred_boxes": GraphOutput((4, 4))},
            {"family": "detr"},
            Fault.WRONG_OUTPUT,
            "shape (5, 4)",
        ),
        (
            {"logits": GraphOutput((5, 3)), "pred_boxes": GraphOutput((5, 4))},
            {"family": "detr", "activation": "softmax"},
            Fault.WRONG_CLASSES,
            "has 2 classes",
        ),
        (
            {"o": GraphOutput((2, 6), [0, 0, 1, 1, 0.5, 80])},
            {"family": "nms", "boxes": "o"},
            Fault.WRONG_CLASSES,
            "names class 80",
        ),
        (
            {"o": GraphOutput((2, 7))},
            {"family": "nms", "boxes": "o"},
            Fault.WRONG_OUTPUT,
            "boxes of 7",
        ),
        (
            {"o": GraphOutput((2, 6), [0, 0, 1, 1, 0.5, float("nan")])},
            {"family": "nms", "boxes": "o"},
            Fault.WRONG_OUTPUT,
            "not finite",
        ),
        (
            {"o": GraphOutput((2, 6), [0, float("inf"), 1, 1, 0.5, 0])},
            {"family": "nms", "boxes": "o"},
            Fault.WRONG_OUTPUT,
            "not finite",
        ),
        (
            {"o": GraphOutput((100_001, 6))},
            {"family": "nms", "boxes": "o"},
            Fault.WRONG_OUTPUT,
            "100001 rows",
        ),
        (
            {"o": GraphOutput((7, 100_001))},
            {"family": "yolov8"},
            Fault.WRONG_OUTPUT,
            "100001 rows",
        ),
        ({"l": GraphOutput((0,))}, SOFTMAX_FAMILY, Fault.WRONG_OUTPUT, "shape (1 x 0)"),
    ],
)
def test_an_output_that_does_not_fit_is_refused(
    outputs: dict[str, GraphOutput],
    output: dict[str, Any],
    code: Fault,
    words: str,
    tmp_path: Path,
) -> None:
    error = refuse(write_model(tmp_path, build_graph(outputs), output))

    assert error.code == code
    assert words in str(error)


def test_a_sample_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    folder = write_classifier(tmp_path)
    (folder / "sample.png").write_bytes(b"no picture")

    assert refuse(folder).code == Fault.SAMPLE_UNREADABLE


def test_a_network_that_does_not_recognise_its_sample_is_refused(tmp_path: Path) -> None:
    """The manifest says RGB, and the network was trained on BGR: its shapes fit all the same."""
    folder = write_classifier(tmp_path, taken={"do_flip_channel_order": True})

    error = refuse(folder)

    assert error.code == Fault.SAMPLE_NOT_RECOGNISED
    assert "finds 'cat' in sample.png with 0 %, not 50 %" in str(error)
    assert "zorp 100 %" in str(error)


def test_the_int8_file_is_used_where_the_processor_is_exact(tmp_path: Path) -> None:
    faster = build_graph(SOFTMAX, GraphInput(batch=1))
    folder = write_classifier(tmp_path)
    (folder / "network_int8.onnx").write_bytes(faster)
    sha256 = hashlib.sha256(faster).hexdigest()
    rows = read_rows(folder)
    write_manifest(folder, rows | {"int8": {"file": "network_int8.onnx", "sha256": sha256}})

    exact = AddedModel(folder, FINDER, prefers_int8=True)
    other = AddedModel(folder, FINDER, prefers_int8=False)

    assert exact.version == f"colours {sha256[:12]}"
    assert other.version == f"colours {rows['sha256'][:12]}"


def test_classes_can_stand_in_a_file(tmp_path: Path) -> None:
    folder = write_classifier(tmp_path)
    (folder / "classes.txt").write_text("\n".join(CLASSES) + "\n")
    rows = read_rows(folder) | {"classes": None, "classes_file": "classes.txt"}
    write_manifest(folder, rows)

    assert AddedModel(folder, FINDER).look(paint("blue")).probabilities["zorp"] > 0.9


def test_all_models_of_a_folder_are_loaded_by_name(tmp_path: Path) -> None:
    write_classifier(tmp_path, "one")
    write_classifier(tmp_path, "other")
    (tmp_path / "notes").mkdir()

    models = load_models(tmp_path, WORDS)

    assert list(models) == ["one", "other"]
    check_names(["spotter", "other"], models)


@pytest.mark.parametrize(
    ("names", "words"), [(["third"], "It has: spotter, one"), ([], "Name some of: spotter, one")]
)
def test_a_setting_that_names_no_model_that_is_there_is_refused(
    names: list[str], words: str, tmp_path: Path
) -> None:
    write_classifier(tmp_path, "one")

    with pytest.raises(AddedModelError) as caught:
        check_names(names, load_models(tmp_path, WORDS))

    assert caught.value.code == Fault.NOT_THERE
    assert words in str(caught.value)


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    write_classifier(tmp_path, "detector")

    with pytest.raises(AddedModelError) as caught:
        load_models(tmp_path, WORDS)

    assert caught.value.code == Fault.NAME_TAKEN


def test_without_a_folder_there_are_no_models() -> None:
    assert load_models(None, WORDS) == {}
    assert load_models(Path("nowhere"), WORDS) == {}
    check_names(["spotter"], {})


def test_a_sample_of_another_class_is_refused(tmp_path: Path) -> None:
    folder = write_classifier(tmp_path)
    write_picture(folder / "sample.png", paint("green"))

    assert refuse(folder).code == Fault.SAMPLE_NOT_RECOGNISED
