"""The newest frame of a stream is answered to its owner; an old one is dropped and counted."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pipeline.core.dynamo import bind
from pipeline.core.live.frames import STALE_SECONDS, Frame
from pipeline.core.live.streams import Stream
from pipeline.core.options import Options
from pipeline.core.queue import Delivery
from pipeline.worker.cores import Cores
from pipeline.worker.deadline import Deadline
from pipeline.worker.live.answers import FrameAnswerer
from pipeline.worker.live.room import FIRST_FRAME_SECONDS, Room
from pipeline.worker.live.tallies import Tallies
from pipeline.worker.metrics import Metrics
from pipeline.worker.turns import Turns
from tests.examples import OWNER_ID
from tests.worker.fakes import PICTURE, FakeRecognizer, build_delivery, get_values
from tests.worker.live.examples import build_frame
from tests.worker.processes import TIMEOUT, wait_until
from tests.worker.threads import count_threads_in


class Desk:
    """An answerer with one core, and what it sent."""

    def __init__(self, recognizer: FakeRecognizer, metrics: Metrics, photos_first: bool) -> None:
        self.sent: list[tuple[str, Mapping[str, Any]]] = []
        self.tallies = Tallies()
        self.is_paused = False
        self.metrics = metrics
        self.deadline: Deadline[Frame] = Deadline(TIMEOUT)
        photo_deadline: Deadline[Delivery] = Deadline(TIMEOUT)
        self.cores = Cores(
            recognizer.recognize, 1, metrics, photo_deadline, photos_first=photos_first
        )
        self.room = Room(1, lambda: self.cores.photo_seconds)
        self.answerer = FrameAnswerer(
            self.cores,
            self.deadline,
            self._send,
            metrics,
            self.room,
            self.tallies,
            lambda: self.is_paused,
        )
        self.threads = [threading.Thread(target=self.answerer.serve) for _ in range(2)]
        for thread in self.threads:
            thread.start()

    def _send(self, owner_id: str, stream_id: str, message: Mapping[str, Any]) -> None:
        assert stream_id == message["streamId"]
        if message["frame"] == 666:
            raise ConnectionError
        self.sent.append((owner_id, message))

    def close(self) -> None:
        self.answerer.close()
        for thread in self.threads:
            thread.join()


Open = Callable[..., Desk]


@pytest.fixture
def open_desk(metrics: Metrics) -> Iterator[Open]:
    desks: list[Desk] = []

    def build(recognizer: FakeRecognizer | None = None, *, photos_first: bool = True) -> Desk:
        desks.append(Desk(recognizer or FakeRecognizer(), metrics, photos_first))
        return desks[-1]

    yield build
    for desk in desks:
        desk.close()


def test_a_frame_is_answered_to_its_owner(open_desk: Open) -> None:
    desk = open_desk()

    desk.answerer.receive(build_frame(7, sent_at=time.time() - 0.2))

    wait_until(lambda: bool(desk.sent))
    [(owner_id, message)] = desk.sent
    assert owner_id == OWNER_ID
    assert message["type"] == "frame"
    assert (message["streamId"], message["frame"], message["status"]) == ("door", 7, "succeeded")
    assert message["labels"][0]["name"] == "cat"
    assert message["labels"][0]["instances"][0]["boundingBox"]["left"] == 0.1
    assert message["image"].keys() == {"width", "height"}
    assert 200 <= message["ageMs"] < 1000 * TIMEOUT
    assert message["error"] is None


def test_a_frame_that_is_too_old_is_dropped_and_its_owner_told(open_desk: Open) -> None:
    recognizer = FakeRecognizer()
    desk = open_desk(recognizer)

    desk.answerer.receive(build_frame(sent_at=time.time() - STALE_SECONDS - 0.1))

    wait_until(lambda: bool(desk.sent))
    assert desk.sent[0][1]["status"] == "dropped"
    assert recognizer.pictures == []


def test_during_a_pause_frames_are_dropped_and_after_it_answered(open_desk: Open) -> None:
    recognizer = FakeRecognizer()
    desk = open_desk(recognizer)
    desk.is_paused = True
    desk.answerer.receive(build_frame(1))
    desk.is_paused = False
    desk.answerer.receive(build_frame(2))

    wait_until(lambda: bool(desk.sent))
    assert [message["frame"] for _, message in desk.sent] == [2]
    assert len(recognizer.pictures) == 1
    assert desk.tallies._counts["door"].dropped == 1


def test_while_a_core_is_busy_only_the_newest_frame_waits(open_desk: Open) -> None:
    ends = threading.Event()
    recognizer = FakeRecognizer(meanwhile=lambda: ends.wait(TIMEOUT))
    desk = open_desk(recognizer)
    desk.answerer.receive(build_frame(1))
    wait_until(lambda: len(recognizer.pictures) == 1)

    for number in (2, 3, 4):
        desk.answerer.receive(build_frame(number))
    ends.set()

    wait_until(lambda: len(desk.sent) == 2)
    assert [message["frame"] for _, message in desk.sent] == [1, 4]
    assert desk.tallies._counts["door"].dropped == 2


@pytest.mark.parametrize("photos_first", [True, False])
def test_a_photo_goes_before_a_frame_that_waited_longer_if_photos_are_first(
    open_desk: Open, photos_first: bool
) -> None:
    ends = threading.Event()
    busy = threading.Event()

    def note() -> None:
        if not busy.is_set():
            busy.set()
            ends.wait(TIMEOUT)

    recognizer = FakeRecognizer(meanwhile=note)
    desk = open_desk(recognizer, photos_first=photos_first)
    frame = build_frame(jpeg=PICTURE + b"frame")

    def send_photo(name: str) -> None:
        desk.cores.recognize(build_delivery(name), PICTURE, Options())

    with ThreadPoolExecutor(2) as pool:
        pool.submit(send_photo, "first photo")
        wait_until(busy.is_set)
        desk.answerer.receive(frame)
        wait_until(lambda: count_threads_in(Turns.take) == 1)
        pool.submit(send_photo, "second photo")
        wait_until(lambda: count_threads_in(Turns.take) == 2)
        ends.set()
    wait_until(lambda: bool(desk.sent))

    position = recognizer.pictures.index(frame.jpeg)
    assert position == (2 if photos_first else 1)


def test_a_damaged_frame_fails_and_the_next_one_is_answered(open_desk: Open) -> None:
    desk = open_desk()

    desk.answerer.receive(build_frame(1, jpeg=PICTURE[:40]))
    wait_until(lambda: len(desk.sent) == 1)
    room = desk.room.measure()
    desk.answerer.receive(build_frame(2))
    wait_until(lambda: len(desk.sent) == 2)

    assert room == 1 / FIRST_FRAME_SECONDS  # Its short time makes no room
    [failed, succeeded] = [message for _, message in desk.sent]
    assert (failed["status"], failed["error"]["code"]) == ("failed", "unreadable_image")
    assert succeeded["status"] == "succeeded"


def test_a_fault_of_ours_is_told_without_its_text(open_desk: Open) -> None:
    desk = open_desk(FakeRecognizer(MemoryError("secret")))

    desk.answerer.receive(build_frame())

    wait_until(lambda: bool(desk.sent))
    message = desk.sent[0][1]
    assert (message["status"], message["error"]["code"]) == ("failed", "internal_error")
    assert "secret" not in str(message)


def test_an_answer_that_cannot_be_sent_stops_nobody(open_desk: Open) -> None:
    desk = open_desk()

    desk.answerer.receive(build_frame(666))
    wait_until(lambda: bool(desk.tallies._counts["door"].ages_ms))
    desk.answerer.receive(build_frame(2))

    wait_until(lambda: [message["frame"] for _, message in desk.sent] == [2])


def test_a_frame_that_hangs_is_over_the_deadline(open_desk: Open) -> None:
    ends = threading.Event()
    recognizer = FakeRecognizer(meanwhile=lambda: ends.wait(TIMEOUT))
    desk = open_desk(recognizer)
    desk.answerer.receive(build_frame(7))
    wait_until(lambda: bool(recognizer.pictures))
    overdue: list[Frame] = []
    desk.deadline._seconds = 0

    desk.deadline.check(overdue.append)
    ends.set()

    assert [frame.header.number for frame in overdue] == [7]


def test_what_became_of_frames_is_counted_for_operators(open_desk: Open) -> None:
    bind("us-east-1", {Stream: "streams"})
    Stream.create_table()
    stream = Stream.begin(OWNER_ID, "door")
    desk = open_desk()

    desk.answerer.receive(build_frame(1, stream.stream_id))
    wait_until(lambda: len(desk.sent) == 1)
    desk.answerer.receive(build_frame(2, stream.stream_id, sent_at=0))
    wait_until(lambda: len(desk.sent) == 2)
    desk.tallies.flush()
    desk.metrics.publish()

    stream.refresh()
    assert (stream.frames, stream.answered, stream.dropped) == (2, 1, 1)
    assert (get_values("FramesAnswered"), get_values("FramesDropped")) == ([1], [1])
    assert len(get_values("FrameAge")) == 1
