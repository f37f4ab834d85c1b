"""Added models and our own networks answer together for one picture."""

from pathlib import Path

import numpy as np
import pytest

from infra.local.layout import WEIGHTS
from pipeline.core.errors import ModelFailedError, ModelNotOfferedError
from pipeline.core.options import Detail, Feature, Options
from pipeline.worker.vision.added.faults import AddedModelError
from pipeline.worker.vision.detector import NMS_THRESHOLD
from pipeline.worker.vision.recognizer import Recognizer
from tests.worker.vision.added.folders import GraphOutput, build_graph, write_model, write_picture
from tests.worker.vision.conftest import PHOTOS

PHOTO = (PHOTOS / "cat.jpg").read_bytes()
EVERYWHERE = [0, 0, 64, 64, 0.97, 0]
CORNER = [0, 0, 8, 8, 0.9, 1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two models: one sees a cat everywhere and a car in a corner, the other tags a zorp."""
    folder = tmp_path_factory.mktemp("models")
    boxes = build_graph({"out": GraphOutput((2, 6), [EVERYWHERE, CORNER])})
    write_model(folder, boxes, {"family": "nms", "boxes": "out"}, name="boxes")
    tags = build_graph({"logits": GraphOutput((3,), [-9.0, -9.0, 3.0])})
    sample = {"label": "zorp"}
    write_model(folder, tags, {"family": "sigmoid"}, name="tags", sample=sample)
    return folder


@pytest.fixture(scope="module")
def recognizer(folder: Path) -> Recognizer:
    return Recognizer(WEIGHTS, models_folder=folder)


def test_labels_of_all_chosen_models_are_merged_by_name(recognizer: Recognizer) -> None:
    alone = recognizer.recognize_file(PHOTO, Options())
    chosen = Options(chosen_models=("spotter", "boxes", "tags"))

    found = recognizer.recognize_file(PHOTO, chosen)

    labels = {label.name: label for label in found.labels}
    own = {label.name: label for label in alone.labels}
    assert set(own) < set(labels)
    assert labels["cat"].confidence == max(97, own["cat"].confidence)
    assert [instance.confidence for instance in labels["car"].instances] == [90]
    assert [parent.name for parent in labels["car"].parents] == ["vehicle"]
    assert labels["zorp"].confidence == pytest.approx(95.26)
    assert labels["zorp"].parents == []


def test_of_two_boxes_of_one_cat_the_better_one_stays(recognizer: Recognizer) -> None:
    [own] = next(
        label for label in recognizer.recognize_file(PHOTO, Options()).labels if label.name == "cat"
    ).instances

    found = recognizer.recognize_file(PHOTO, Options(chosen_models=("spotter", "boxes")))

    boxes = next(label for label in found.labels if label.name == "cat").instances
    overlap = own.bounding_box.width * own.bounding_box.height  # The other box is the whole picture
    assert boxes[0].confidence == max(97, own.confidence)
    assert len(boxes) == (1 if overlap > NMS_THRESHOLD else 2)


def test_the_result_names_the_models_that_looked(recognizer: Recognizer) -> None:
    own = recognizer.recognize_file(PHOTO, Options())
    other = recognizer.recognize_file(PHOTO, Options(chosen_models=("tags",)))
    everything = recognizer.recognize_file(PHOTO, Options(chosen_models=("boxes", "spotter")))

    assert set(own.models) == {"classifier", "detector"}
    assert set(other.models) == {"tags"}
    assert other.models["tags"].startswith("tags ")
    assert set(everything.models) == {"classifier", "detector", "boxes"}
    assert set(recognizer.models) == {"classifier", "detector", "boxes", "tags"}


def test_without_our_networks_there_are_only_labels_of_the_others(recognizer: Recognizer) -> None:
    found = recognizer.recognize_file(PHOTO, Options(chosen_models=("tags",)))

    assert [label.name for label in found.labels] == ["zorp"]
    assert found.fingerprint is None


def test_no_model_runs_where_labels_are_not_asked_for(recognizer: Recognizer) -> None:
    options = Options(features=(Feature.PROPERTIES,), chosen_models=("tags", "unknown"))

    found = recognizer.recognize_file(PHOTO, options)

    assert (found.labels, found.models) == ([], {})


def test_a_model_that_this_worker_lacks_fails_the_picture_for_now(recognizer: Recognizer) -> None:
    with pytest.raises(ModelNotOfferedError) as caught:
        recognizer.recognize_file(PHOTO, Options(chosen_models=("unknown",)))

    assert caught.value.keeps_picture


def test_operators_choose_the_models_of_requests_that_name_none(
    weights: Path, folder: Path
) -> None:
    default = Recognizer(weights, models_folder=folder, default_models=("tags", "spotter"))

    found = default.recognize_file(PHOTO, Options())

    assert set(found.models) == {"classifier", "detector", "tags"}
    with pytest.raises(AddedModelError):
        Recognizer(weights, default_models=("spotter", "tags"))


def test_a_model_that_fails_on_a_picture_fails_the_task_for_good(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The logarithm of black is no number. The log says which model and what it computed."""
    graph = build_graph({"logits": GraphOutput((3,), 0, np.eye(3), then="Log")})
    write_model(tmp_path, graph, {"family": "softmax"}, name="logarithm")
    recognizer = Recognizer(WEIGHTS, models_folder=tmp_path)
    write_picture(tmp_path / "black.png", np.zeros((48, 80, 3), np.uint8))
    black = (tmp_path / "black.png").read_bytes()

    with pytest.raises(ModelFailedError):
        recognizer.recognize_file(black, Options(chosen_models=("spotter", "logarithm")))

    [record] = caplog.records
    assert record.message == "Added model failed"
    assert "not finite" in (record.exc_text or "")
    assert recognizer.recognize_file(black, Options()).labels is not None


def test_a_result_says_fine_only_if_our_detector_looked_closely(recognizer: Recognizer) -> None:
    def look(*models: str, features: tuple[Feature, ...] = (Feature.LABELS,)) -> Detail:
        options = Options(detail=Detail.FINE, features=features, chosen_models=models)
        return recognizer.recognize_file(PHOTO, options).detail

    assert look("spotter") == Detail.FINE
    assert look("tags") == Detail.FAST
    assert look(features=(Feature.PROPERTIES,)) == Detail.FAST
