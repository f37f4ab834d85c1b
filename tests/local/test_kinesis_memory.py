"""The local AWS keeps frames for a minute, and its readers keep their places."""

from typing import Any

import pytest

from infra.local import kinesis_memory
from infra.local.kinesis_memory import EXPIRY_SECONDS, KEPT_SECONDS, Seldom, forget_records

NOW = 1000.0


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinesis_memory, "time", lambda: NOW)


def build_stream(*ages: float) -> dict[str, Any]:
    records = [{"ApproximateArrivalTimestamp": NOW - age, "Data": f"{age}"} for age in ages]
    return {"StreamName": "frames", "shards": {"a": {"records": records}, "b": {"records": []}}}


def build_iterator(position: int, stream: str = "frames", shard_id: str = "a") -> dict[str, Any]:
    return {"stream": stream, "shard_id": shard_id, "position": position}


def test_old_records_go_and_new_ones_stay() -> None:
    stream = build_stream(KEPT_SECONDS + 2, KEPT_SECONDS + 1, KEPT_SECONDS - 1, 0)

    forget_records(stream, [])

    assert [record["Data"] for record in stream["shards"]["a"]["records"]] == ["59", "0"]


def test_a_reader_goes_on_at_its_place() -> None:
    stream = build_stream(90, 80, 10, 5)
    behind, at, ahead = build_iterator(1), build_iterator(3), build_iterator(4)
    elsewhere = [build_iterator(3, shard_id="b"), build_iterator(3, stream="other")]

    forget_records(stream, [behind, at, ahead, *elsewhere])

    assert [one["position"] for one in (behind, at, ahead)] == [0, 1, 2]
    assert [one["position"] for one in elsewhere] == [3, 3]


def test_a_search_of_all_places_is_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    done = []
    search = Seldom(lambda: done.append(1))

    for later in (0.0, 0.2, EXPIRY_SECONDS - 0.2, EXPIRY_SECONDS, EXPIRY_SECONDS + 0.2):
        monkeypatch.setattr(kinesis_memory, "time", lambda later=later: NOW + later)
        search()

    assert len(done) == 2
