"""Each stream has one frame that waits: its newest. The stream that waited longest is next."""

from concurrent.futures import ThreadPoolExecutor

from pipeline.worker.live.newest import NewestFrames
from tests.worker.live.examples import build_frame
from tests.worker.processes import TIMEOUT


def claim(newest: NewestFrames) -> str:
    claimed = newest.claim()
    assert claimed is not None
    return claimed.header.stream_id


def test_a_newer_frame_replaces_the_one_that_waits() -> None:
    newest = NewestFrames()
    first, second = build_frame(1), build_frame(2)

    assert newest.put(first) is None
    assert newest.put(second) is first
    assert claim(newest) == "door"
    assert newest.take("door") is second


def test_a_frame_that_comes_while_its_stream_waits_for_a_core_is_the_one_that_is_taken() -> None:
    newest = NewestFrames()
    first, second = build_frame(1), build_frame(2)
    newest.put(first)
    claim(newest)

    replaced = newest.put(second)

    assert replaced is first
    assert newest.take("door") is second
    assert not newest._unclaimed


def test_the_stream_that_waited_longest_is_next_however_often_its_frame_was_replaced() -> None:
    newest = NewestFrames()
    for stream_id in ("a", "b", "a", "a", "c"):
        newest.put(build_frame(stream_id=stream_id))

    assert [claim(newest) for _ in range(3)] == ["a", "b", "c"]


def test_a_stream_has_its_place_at_the_end_again_after_its_turn() -> None:
    newest = NewestFrames()
    newest.put(build_frame(stream_id="a"))
    newest.put(build_frame(stream_id="b"))
    newest.take(claim(newest))
    newest.put(build_frame(stream_id="a"))

    assert [claim(newest), claim(newest)] == ["b", "a"]


def test_threads_that_wait_end_when_it_closes() -> None:
    newest = NewestFrames()
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(newest.claim) for _ in range(2)]

        newest.close()

        assert [one.result(TIMEOUT) for one in waiting] == [None, None]
