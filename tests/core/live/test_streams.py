"""A stream belongs to one user, counts its frames and ends by itself."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.core.dynamo import bind
from pipeline.core.errors import StreamNotFoundError
from pipeline.core.live.readers import Reader, ReadersItem, find_item, replace
from pipeline.core.live.streams import (
    IDLE,
    Stream,
    Tally,
    add_tally,
    find_stream,
    list_all_streams,
    list_streams,
    stop_stream,
)
from tests.examples import OTHER_OWNER_ID, OWNER_ID


@pytest.fixture(autouse=True)
def _table(aws: None) -> None:
    bind("us-east-1", dict.fromkeys((Stream, ReadersItem), "streams"))
    Stream.create_table()


def begin(name: str = "door", owner_id: str = OWNER_ID) -> Stream:
    return Stream.begin(owner_id, name, min_confidence=60, max_labels=5)


def test_a_stream_is_found_by_its_owner_only() -> None:
    stream = begin()

    assert Stream.get_owned(stream.stream_id, OWNER_ID).name == "door"
    with pytest.raises(StreamNotFoundError):
        Stream.get_owned(stream.stream_id, OTHER_OWNER_ID)


def test_the_list_of_a_user_has_the_newest_first_and_nobody_elses() -> None:
    begin("first")
    begin("second")
    begin("theirs", OTHER_OWNER_ID)

    assert [stream.name for stream in list_streams(OWNER_ID)] == ["second", "first"]
    assert [stream.name for stream in list_all_streams()] == ["theirs", "second", "first"]


def test_the_readers_in_the_same_table_are_no_stream() -> None:
    item = find_item()
    replace(item, item.readers.renew("worker", Reader(0), [], 0))

    assert list_all_streams() == []


def test_a_stream_without_frames_ends() -> None:
    stream = begin()
    stream.update(actions=[Stream.expires_at.set(datetime.now(UTC) - timedelta(seconds=2))])

    assert find_stream(stream.stream_id) is None
    assert list_streams(OWNER_ID) == list_all_streams() == []


def test_frames_are_counted_and_keep_a_stream_open() -> None:
    stream = begin()
    now = datetime.now(UTC) + timedelta(minutes=5)

    for _ in range(2):
        add_tally(Tally(stream.stream_id, now, 4.0, [100, 200], dropped=3, failed=1))

    stream.refresh()
    assert (stream.frames, stream.answered, stream.dropped) == (12, 4, 6)
    assert (stream.frames_per_second, stream.age_ms) == (0.5, 150)
    assert stream.last_frame_at == now
    assert stream.expires_at == (now + IDLE).replace(microsecond=0)
    assert stream.has_frames


def test_the_age_stays_while_nothing_is_answered() -> None:
    stream = begin()
    add_tally(Tally(stream.stream_id, datetime.now(UTC), 5.0, [100]))

    add_tally(Tally(stream.stream_id, datetime.now(UTC), 5.0, [], dropped=2))

    stream.refresh()
    assert (stream.age_ms, stream.frames_per_second) == (100, 0)


def test_a_stopped_stream_stays_stopped_when_its_last_frames_are_counted() -> None:
    stream = begin()
    stop_stream(stream.stream_id)

    add_tally(Tally(stream.stream_id, datetime.now(UTC), 5.0, [100]))

    assert find_stream(stream.stream_id) is None
