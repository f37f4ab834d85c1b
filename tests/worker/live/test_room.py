"""The room for frames is what photos leave of the cores, by what a frame was measured to cost."""

import pytest

from pipeline.worker.live import room as room_module
from pipeline.worker.live.room import FIRST_FRAME_SECONDS, Room
from tests.clocks import HandClock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> HandClock:
    clock = HandClock()
    monkeypatch.setattr(room_module, "time", clock)
    return clock


class Photos:
    seconds = 0.0


def test_idle_cores_have_room_for_what_a_frame_costs(clock: HandClock) -> None:
    room = Room(2, lambda: 0.0)
    clock.go(5)

    assert room.measure() == 2 / FIRST_FRAME_SECONDS

    for _ in range(100):
        room.add_frame(0.05)
    assert room.measure() == pytest.approx(40, rel=0.01)


def test_photos_take_their_time_first(clock: HandClock) -> None:
    photos = Photos()
    room = Room(2, lambda: photos.seconds)
    clock.go(4)
    photos.seconds = 6.0

    assert room.measure() == pytest.approx(0.5 / FIRST_FRAME_SECONDS)

    photos.seconds = 100.0
    assert room.measure() == 0


def test_photos_of_a_while_ago_take_nothing(clock: HandClock) -> None:
    photos = Photos()
    room = Room(1, lambda: photos.seconds)
    photos.seconds = 5.0
    for _ in range(10):
        clock.go(1.5)
        room.measure()

    assert room.measure() == 1 / FIRST_FRAME_SECONDS


def test_streams_count_while_their_frames_come(clock: HandClock) -> None:
    room = Room(1, lambda: 0.0)
    room.add_stream("a")
    clock.go(6)
    room.add_stream("b")
    room.add_stream("b")

    assert room.count_streams() == 2
    clock.go(6)
    assert room.count_streams() == 1
