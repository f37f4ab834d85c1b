"""The metrics that a worker sends."""

import boto3
import pytest
from botocore.exceptions import ClientError

from pipeline.worker import metrics as metrics_module
from pipeline.worker.metrics import BASIC, NAMESPACE, VALUES_PER_DATUM, Metrics, Stage
from tests.clocks import HandClock
from tests.worker.fakes import get_values


def test_values_are_sent_once(metrics: Metrics) -> None:
    metrics.add_failed("empty_image")
    metrics.add_failed("empty_image")
    metrics.publish()
    metrics.add_failed("empty_image")

    metrics.publish()

    assert get_values("ImagesFailed", ErrorCode="empty_image") == [1, 1, 1]


def test_an_idle_worker_sends_no_metrics(metrics: Metrics) -> None:
    metrics.publish()

    assert boto3.client("cloudwatch").list_metrics(Namespace=NAMESPACE)["Metrics"] == []


def test_values_are_rounded_to_two_digits(metrics: Metrics) -> None:
    metrics.add_recognised({Stage.TOTAL: 0.123456}, receive_age_seconds=1234.5)

    metrics.publish()

    assert get_values("StageSeconds", Stage="total") == [0.12]
    assert get_values("ReceiveAge") == [1200]


def test_the_waiting_time_includes_the_receive_and_the_work(metrics: Metrics) -> None:
    metrics.add_recognised({Stage.DECODE: 1, Stage.TOTAL: 2}, receive_age_seconds=7)

    metrics.publish()

    assert get_values("SecondsToResult") == [9]


def test_values_that_exceed_one_datum_are_sent_in_several(metrics: Metrics) -> None:
    values = [number / 10_000 for number in range(10, 100)]
    values += [number / 1_000 for number in range(10, 100)]
    assert len(values) > VALUES_PER_DATUM
    for value in values:
        metrics.add_recognised({}, receive_age_seconds=value)

    metrics.publish()

    assert sorted(get_values("ReceiveAge")) == values


def test_cores_that_work_half_of_the_time_are_half_busy(
    aws: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = HandClock()
    monkeypatch.setattr(metrics_module, "time", clock)
    metrics = Metrics(boto3.client("cloudwatch"), cores=2)
    metrics.add_busy(3)
    clock.go(4)
    metrics.publish()
    metrics.add_busy(3)
    clock.go(3)

    metrics.publish()

    assert get_values("Busy") == [38, 50]


def test_metrics_that_could_not_be_sent_are_dropped() -> None:
    refused = boto3.client("cloudwatch")
    refused.meta.events.register("before-call", _refuse)
    metrics = Metrics(refused, cores=1)
    metrics.add_failed("empty_image")
    with pytest.raises(ClientError):
        metrics.publish()

    metrics.publish()

    assert get_values("ImagesFailed") == []


def _refuse(**_: object) -> None:
    raise ClientError({"Error": {"Code": "Throttling"}}, "PutMetricData")


def test_the_namespace_is_the_one_that_the_policy_allows() -> None:
    assert NAMESPACE == "Spotter"


def test_a_worker_with_a_name_sends_its_count_even_if_it_is_zero() -> None:
    identity = {"Worker": "worker-1", "Version": "abc123"}
    metrics = Metrics(boto3.client("cloudwatch"), cores=2, identity=identity)
    metrics.add_recognised({}, receive_age_seconds=1)
    metrics.add_recognised({}, receive_age_seconds=1)
    metrics.publish()

    metrics.publish()

    assert get_values("WorkerHeartbeat", **identity) == [2, 0]


def test_basic_detail_tells_that_the_budget_for_rekognition_is_spent(aws: None) -> None:
    metrics = Metrics(boto3.client("cloudwatch"), cores=2, detail="basic")
    for reason in ("asked", "sure", "budget_spent"):
        metrics.add_second_opinion(reason)

    metrics.publish()

    assert get_values("SecondOpinions", Reason="budget_spent") == [1]
    assert get_values("SecondOpinions", Reason="asked") == []


def test_basic_detail_sends_seven_metrics_and_no_more(aws: None) -> None:
    identity = {"Worker": "worker-1", "Version": "abc123"}
    client = boto3.client("cloudwatch")
    metrics = Metrics(client, cores=2, identity=identity, detail="basic")
    stages = dict.fromkeys(Stage, 0.1)
    metrics.add_recognised(stages, receive_age_seconds=1)
    for code in ("empty_image", "unreadable_image", "retries_exhausted"):
        metrics.add_failed(code)
    metrics.add_transient_error()
    metrics.add_busy(1)

    metrics.publish()

    found = {
        (it["MetricName"], *(dimension["Value"] for dimension in it["Dimensions"]))
        for it in client.list_metrics(Namespace=NAMESPACE)["Metrics"]
    }
    assert len(found) == len(BASIC) + 1 == 7
    assert get_values("ImagesFailed") == [1, 1, 1]
    assert get_values("ImagesFailed", ErrorCode="retries_exhausted") == [1]
    assert get_values("StageSeconds", Stage="total") == [0.1]
