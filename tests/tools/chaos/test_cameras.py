"""Each frame of a camera is counted once, by what became of it."""

from concurrent.futures import Future
from threading import Event
from typing import Any

import pytest

from spotter_client import SpotterError
from tools.chaos.live import cameras as cameras_module
from tools.chaos.live.cameras import Camera, Cameras, FrameCount
from tools.chaos.live.frames import CAMERAS, LONGEST_GAP_SECONDS, FrameRow
from tools.chaos.live.hints import HintCount

CAT, DOG = [{"name": "cat"}], [{"name": "dog"}]
REFERENCE = [CAT, DOG]
GOOD = FrameCount(
    sent=10, refused=0, answered=9, dropped=0, silent=1, repeated=0, wrong=0,
    longest_gap_seconds=2.0,
)  # fmt: skip


def answer(frame: int, labels: Any, status: str = "succeeded") -> dict[str, Any]:
    return {"frame": frame, "status": status, "labels": labels}


def test_every_frame_is_counted_once() -> None:
    cameras = Cameras([b"cat", b"dog"], 1)
    [camera] = cameras.all
    camera.yielded, camera.refused = 7, 1
    camera.moments = [0.0]
    for told in (
        answer(0, CAT),
        answer(0, CAT),
        answer(1, CAT),
        answer(2, CAT),
        answer(3, [], "dropped"),
        answer(4, [], "failed"),
    ):
        camera._note(told)
    camera.moments[:] = [0.0, 1.0, 5.5, 6.0]

    found = cameras.count(REFERENCE)

    assert found == FrameCount(
        sent=6, refused=1, answered=3, dropped=2, silent=1, repeated=1, wrong=1,
        longest_gap_seconds=4.5,
    )  # fmt: skip


def test_a_camera_shows_its_pictures_in_turn_until_it_stops() -> None:
    stop = Event()
    camera = Camera([b"cat", b"dog"], stop)

    shown = []
    for jpeg in camera._show():
        shown.append(jpeg)
        if len(shown) == 3:
            stop.set()

    assert shown == [b"cat", b"dog", b"cat"]
    assert camera.yielded == 3


def test_a_camera_that_fails_ends_the_wait_for_answers() -> None:
    cameras = Cameras([b"cat"], 1)
    failed: Future[None] = Future()
    failed.set_exception(SpotterError("A frame was refused"))
    cameras.running = [failed]

    with pytest.raises(SpotterError):
        cameras.wait_until(lambda: False)


def test_the_wait_for_answers_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cameras_module, "LIMIT_SECONDS", 0)
    monkeypatch.setattr(cameras_module, "POLL_SECONDS", 0)

    with pytest.raises(TimeoutError):
        Cameras([b"cat"], 1).wait_until(lambda: False)


@pytest.mark.parametrize(
    ("count", "struck", "recovered", "is_good"),
    [
        ({}, 1, CAMERAS, True),
        ({"wrong": 1}, 1, CAMERAS, False),
        ({"longest_gap_seconds": LONGEST_GAP_SECONDS + 0.1}, 1, CAMERAS, False),
        ({}, 0, CAMERAS, False),
        ({}, 1, CAMERAS - 1, False),
    ],
)
def test_a_row_is_good_if_the_fault_struck_and_every_camera_goes_on(
    count: dict[str, Any], struck: int, recovered: int, is_good: bool
) -> None:
    row = FrameRow("kinesis_throttled", FrameCount(**{**vars(GOOD), **count}), struck, recovered)

    assert row.is_good == is_good


@pytest.mark.parametrize(
    ("missing", "kept", "poison", "is_good"),
    [(0, 0, 0, True), (0, 3, 3, True), (1, 0, 0, False), (0, 2, 3, False), (0, 1, 0, False)],
)
def test_every_task_must_be_announced_and_only_poison_be_kept(
    missing: int, kept: int, poison: int, is_good: bool
) -> None:
    assert HintCount(missing, repeated=4, kept=kept, poison=poison).is_good == is_good
