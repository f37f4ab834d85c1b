"""When Rekognition is asked, what it costs, and what is stored if it does not answer."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from infra.local.rekognition.answers import RefusedError
from infra.local.rekognition.server import RekognitionServer
from pipeline.core.engines import Answer, Reason
from pipeline.core.labels import Label
from pipeline.core.options import Engine, Feature, Options
from pipeline.core.rekognition import read_day, reserve
from pipeline.core.storage import ImageStore
from pipeline.core.tasks.transitions import StartedTask
from pipeline.core.text import encode_text
from pipeline.worker.metrics import Metrics
from pipeline.worker.rekognition.client import Rekognition
from pipeline.worker.rekognition.second_opinion import UNSURE_BELOW, SecondOpinion
from pipeline.worker.vision.recognizer import Recognition
from tests.environment import settings
from tests.examples import TEXT
from tests.pictures import build_quadrants, encode
from tests.worker.fakes import build_recognition, get_values
from tests.worker.rekognition.conftest import BUDGET

PICTURE = encode(build_quadrants(120, 90), "JPEG")
WEBP = encode(build_quadrants(120, 90), "WEBP")
THROTTLED = RefusedError("ThrottlingException", "Slow down")
DAMAGED = RefusedError("InvalidImageFormatException", "No image")


def build_task(engine: Engine, *features: Feature) -> StartedTask:
    now = datetime.now(UTC)
    options = Options(engine=engine, features=features or (Feature.LABELS,))
    return StartedTask("1", "images/me/1/a", options, queued_at=now, started_at=now)


def find(confidence: float = 97.5) -> Recognition:
    """What our own networks found."""
    labels = [Label(name="cat", confidence=confidence)] if confidence else []
    return replace(build_recognition(), labels=labels)


def get_names(found: Recognition) -> list[str]:
    return [label.name for label in found.labels]


def get_spent() -> float:
    return read_day(datetime.now(UTC).date()).spent_usd


@pytest.fixture(autouse=True)
def _picture(store: ImageStore) -> None:
    store.put("images/me/1/a", PICTURE, "image/jpeg")


def test_rekognition_answers_if_it_is_asked(
    second_opinion: SecondOpinion, server: RekognitionServer
) -> None:
    found = second_opinion.consider(build_task(Engine.REKOGNITION), PICTURE, find())

    assert get_names(found) == ["dog"]
    assert found.labels[0].instances[0].confidence == 93
    assert found.answer == Answer(by=Engine.REKOGNITION, reason=Reason.ASKED, cost_usd=0.001)
    assert found.models["rekognitionLabels"] == "3.0"
    assert found.models["classifier"] == "efficientnet_lite3"
    assert get_spent() == 0.001
    assert server.calls == ["DetectLabels"]


def test_properties_are_asked_for_in_the_same_call(
    second_opinion: SecondOpinion, server: RekognitionServer
) -> None:
    task = build_task(Engine.REKOGNITION, Feature.LABELS, Feature.PROPERTIES)

    found = second_opinion.consider(task, PICTURE, replace(find(), properties=None))

    assert found.properties == build_recognition().properties
    assert found.answer.cost_usd == 0.00175
    assert server.calls == ["DetectLabels"]


def test_text_is_asked_for_in_a_call_of_its_own(
    second_opinion: SecondOpinion, server: RekognitionServer
) -> None:
    task = build_task(Engine.REKOGNITION, Feature.LABELS, Feature.TEXT)

    found = second_opinion.consider(task, PICTURE, replace(find(), text=None))

    assert found.text
    assert encode_text(found.text) == encode_text(TEXT)
    assert found.models["rekognitionText"] == "3.0"
    assert found.answer.cost_usd == get_spent() == 0.002
    assert server.calls == ["DetectLabels", "DetectText"]


def test_auto_reads_text_with_our_own_network(
    second_opinion: SecondOpinion, server: RekognitionServer
) -> None:
    task = build_task(Engine.AUTO, Feature.LABELS, Feature.TEXT)

    found = second_opinion.consider(task, PICTURE, find(confidence=10))

    assert found.answer.reason == Reason.UNSURE
    assert server.calls == ["DetectLabels"]


def test_unwanted_content_is_asked_for_in_a_call_of_its_own(
    second_opinion: SecondOpinion, server: RekognitionServer
) -> None:
    task = build_task(Engine.REKOGNITION, Feature.LABELS, Feature.MODERATION)

    found = second_opinion.consider(task, PICTURE, find())

    assert found.moderation == []
    assert found.models["rekognitionModeration"] == "7.0"
    assert found.answer.cost_usd == get_spent() == 0.002
    assert server.calls == ["DetectLabels", "DetectModerationLabels"]


def test_a_format_that_rekognition_does_not_take_is_converted(
    second_opinion: SecondOpinion,
) -> None:
    own = find()
    small = replace(own, copies=replace(own.copies, preview=None))

    found = second_opinion.consider(build_task(Engine.REKOGNITION), WEBP, small)

    assert get_names(found) == ["dog"]


@pytest.mark.parametrize(
    ("confidence", "names", "reason"),
    [
        (UNSURE_BELOW, ["cat"], Reason.SURE),
        (UNSURE_BELOW - 0.1, ["dog"], Reason.UNSURE),
        (0, ["dog"], Reason.UNSURE),
    ],
)
def test_auto_asks_only_where_our_networks_are_unsure(
    second_opinion: SecondOpinion,
    server: RekognitionServer,
    confidence: float,
    names: list[str],
    reason: Reason,
) -> None:
    found = second_opinion.consider(build_task(Engine.AUTO), PICTURE, find(confidence))

    assert get_names(found) == names
    assert found.answer.reason == reason
    assert len(server.calls) == (reason == Reason.UNSURE)
    assert found.answer.cost_usd == get_spent()


def test_auto_asks_about_unwanted_content_because_only_rekognition_can_tell(
    second_opinion: SecondOpinion, server: RekognitionServer
) -> None:
    task = build_task(Engine.AUTO, Feature.LABELS, Feature.MODERATION)

    found = second_opinion.consider(task, PICTURE, find())

    assert (get_names(found), found.moderation) == (["cat"], [])
    assert found.answer == Answer(by=Engine.SPOTTER, reason=Reason.SURE, cost_usd=0.001)
    assert server.calls == ["DetectModerationLabels"]


def test_a_spent_budget_means_our_own_answer(
    second_opinion: SecondOpinion, server: RekognitionServer, metrics: Metrics
) -> None:
    assert reserve(BUDGET, BUDGET)

    found = second_opinion.consider(build_task(Engine.REKOGNITION), PICTURE, find())

    assert get_names(found) == ["cat"]
    assert found.answer == Answer(by=Engine.SPOTTER, reason=Reason.BUDGET_SPENT, cost_usd=0)
    assert server.calls == []
    metrics.publish()
    assert get_values("SecondOpinions", Reason="budget_spent") == [1]


def test_operators_can_turn_it_off_with_a_budget_of_nothing(
    rekognition: Rekognition, server: RekognitionServer, metrics: Metrics
) -> None:
    off = SecondOpinion(rekognition, settings.images_bucket, lambda: 0, metrics)

    found = off.consider(build_task(Engine.REKOGNITION), PICTURE, find())

    assert get_names(found) == ["cat"]
    assert found.answer.reason == Reason.REKOGNITION_OFF
    assert server.calls == []


def test_a_throttled_rekognition_costs_nothing_and_is_left_alone_for_a_while(
    second_opinion: SecondOpinion, server: RekognitionServer
) -> None:
    server.fault = THROTTLED

    first = second_opinion.consider(build_task(Engine.REKOGNITION), PICTURE, find())
    second = second_opinion.consider(build_task(Engine.REKOGNITION), PICTURE, find())

    own = Answer(by=Engine.SPOTTER, reason=Reason.REKOGNITION_FAILED, cost_usd=0)
    assert [first.answer, second.answer] == [own, own]
    assert get_names(first) == get_names(second) == ["cat"]
    assert server.calls == ["DetectLabels"]
    assert get_spent() == 0


def test_it_is_asked_again_after_the_pause(
    second_opinion: SecondOpinion, server: RekognitionServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.worker.rekognition.second_opinion.PAUSE_SECONDS", 0)
    server.fault = THROTTLED
    second_opinion.consider(build_task(Engine.REKOGNITION), PICTURE, find())
    server.fault = None

    found = second_opinion.consider(build_task(Engine.REKOGNITION), PICTURE, find())

    assert found.answer.by == Engine.REKOGNITION


def test_a_picture_that_rekognition_cannot_read_does_not_stop_the_next_one(
    second_opinion: SecondOpinion, server: RekognitionServer
) -> None:
    server.fault = DAMAGED
    first = second_opinion.consider(build_task(Engine.REKOGNITION), PICTURE, find())
    server.fault = None

    second = second_opinion.consider(build_task(Engine.REKOGNITION), PICTURE, find())

    assert first.answer.reason == Reason.REKOGNITION_FAILED
    assert second.answer.by == Engine.REKOGNITION


def test_the_reservation_of_a_call_without_an_answer_is_kept(
    second_opinion: SecondOpinion, server: RekognitionServer
) -> None:
    """Rekognition may have charged for it."""
    server.shutdown()
    server.server_close()

    found = second_opinion.consider(build_task(Engine.REKOGNITION), PICTURE, find())

    assert found.answer.reason == Reason.REKOGNITION_FAILED
    assert get_spent() == 0.001


def test_what_was_answered_before_a_fault_is_kept_and_paid(
    second_opinion: SecondOpinion, server: RekognitionServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(request: object) -> None:
        raise THROTTLED

    monkeypatch.setitem(server.stand_in._operations, "DetectModerationLabels", refuse)
    task = build_task(Engine.REKOGNITION, Feature.LABELS, Feature.MODERATION)

    found = second_opinion.consider(task, PICTURE, find())

    assert (get_names(found), found.moderation) == (["dog"], None)
    assert found.answer == Answer(
        by=Engine.REKOGNITION, reason=Reason.REKOGNITION_FAILED, cost_usd=0.001
    )
    assert get_spent() == 0.001


def test_a_picture_that_is_gone_from_our_bucket_keeps_our_own_answer(
    second_opinion: SecondOpinion, store: ImageStore
) -> None:
    store.delete("images/me/1/a")

    found = second_opinion.consider(build_task(Engine.REKOGNITION), PICTURE, find())

    assert found.answer.reason == Reason.REKOGNITION_FAILED
