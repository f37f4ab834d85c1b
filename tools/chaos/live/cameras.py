"""Cameras that send frames all the time, and what becomes of each frame."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from infra.local.demo.client import open_spotter
from infra.local.state import State
from spotter_client import Spotter
from spotter_client.cameras import FrameAnswer, LiveStream, run_closed_loop
from spotter_client.models import StreamRequest

LIMIT_SECONDS = 120
"""A camera that gets no answers for so long means that the system is broken for other reasons."""

POLL_SECONDS = 0.1

Labels = Sequence[Any]


@dataclass(frozen=True)
class FrameCount:
    """What became of the frames of all cameras."""

    sent: int
    """Frames that the API took."""
    refused: int
    """Frames that the API was too busy for."""
    answered: int
    dropped: int
    """Frames whose answer says that they were too old, or failed."""
    silent: int
    """Frames without an answer within 2 s. The camera then sent the next one."""
    repeated: int
    """Second answers to the same frame."""
    wrong: int
    """Answers with the labels of another picture."""
    longest_gap_seconds: float
    """The longest time that a camera was without an answer."""


class _CountingStream(LiveStream):
    refused = 0

    def send(self, number: int, jpeg: bytes) -> bool:
        is_taken = super().send(number, jpeg)
        self.refused += not is_taken
        return is_taken


@dataclass
class Camera:
    """One camera in a closed loop: the next frame goes when the answer came."""

    pictures: Sequence[bytes]
    stop: Event
    stream_id: str = ""
    yielded: int = 0
    refused: int = 0
    answers: dict[int, FrameAnswer] = field(default_factory=dict)
    """The first answer to each frame."""
    repeated: int = 0
    moments: list[float] = field(default_factory=list)
    """When it began, when each answer came, and when it ended."""

    def run(self, spotter: Spotter, name: str) -> None:
        with _CountingStream(spotter, StreamRequest(name=name)) as stream:
            self.stream_id = stream.stream_id
            self.moments.append(time.monotonic())
            run_closed_loop(stream, self._show(), self._note)
            self.moments.append(time.monotonic())
            self.refused = stream.refused

    def count_longest_gap(self) -> float:
        pairs = zip(self.moments, self.moments[1:], strict=False)
        return max((after - before for before, after in pairs), default=0.0)

    def count_wrong(self, reference: Sequence[Labels]) -> int:
        return sum(
            answer["labels"] != reference[frame % len(self.pictures)]
            for frame, answer in self.answers.items()
            if answer["status"] == "succeeded"
        )

    def _show(self) -> Iterator[bytes]:
        while not self.stop.is_set():
            yield self.pictures[self.yielded % len(self.pictures)]
            self.yielded += 1

    def _note(self, answer: FrameAnswer) -> None:
        if answer["frame"] in self.answers:
            self.repeated += 1
            return
        self.answers[answer["frame"]] = answer
        if answer["status"] == "succeeded":
            self.moments.append(time.monotonic())


class Cameras:
    """Several cameras of all people."""

    def __init__(self, pictures: Sequence[bytes], count: int) -> None:
        self.stop = Event()
        self.all = [Camera(pictures, self.stop) for _ in range(count)]
        self.running: list[Future[None]] = []

    def wait_until(self, is_done: Callable[[], bool]) -> None:
        """Wait while the cameras send.

        Raises:
            SpotterError: A frame was refused.
            TimeoutError: It took longer than `LIMIT_SECONDS`.
        """
        deadline = time.monotonic() + LIMIT_SECONDS
        while not is_done():
            for camera in self.running:
                if camera.done():
                    camera.result()  # It failed
            if time.monotonic() > deadline:
                raise TimeoutError(f"Cameras got no answers within {LIMIT_SECONDS} s")
            time.sleep(POLL_SECONDS)

    def count(self, reference: Sequence[Labels]) -> FrameCount:
        """Count all frames. Call it after the cameras have stopped."""
        answers = [answer for camera in self.all for answer in camera.answers.values()]
        refused = sum(camera.refused for camera in self.all)
        sent = sum(camera.yielded for camera in self.all) - refused
        answered = sum(answer["status"] == "succeeded" for answer in answers)
        return FrameCount(
            sent=sent,
            refused=refused,
            answered=answered,
            dropped=len(answers) - answered,
            silent=sent - len(answers),
            repeated=sum(camera.repeated for camera in self.all),
            wrong=sum(camera.count_wrong(reference) for camera in self.all),
            longest_gap_seconds=round(max(it.count_longest_gap() for it in self.all), 1),
        )


@contextmanager
def running_cameras(state: State, pictures: Sequence[bytes], count: int) -> Iterator[Cameras]:
    """Let cameras send during the block. It begins when each of them has had an answer."""
    cameras = Cameras(pictures, count)
    with ExitStack() as stack:
        clients = [stack.enter_context(open_spotter(state, person)) for person in state.people]
        with ThreadPoolExecutor(count) as pool:
            cameras.running = [
                pool.submit(camera.run, clients[number % len(clients)], f"camera {number}")
                for number, camera in enumerate(cameras.all)
            ]
            try:
                cameras.wait_until(lambda: all(len(it.moments) > 1 for it in cameras.all))
                yield cameras
            finally:
                cameras.stop.set()
        for done in cameras.running:
            done.result()


def learn_pictures(state: State, pictures: Sequence[bytes]) -> list[Labels]:
    """The labels of each picture without a fault."""
    learnt: dict[int, Labels] = {}
    with running_cameras(state, pictures, 1) as cameras:
        [camera] = cameras.all

        def has_learnt() -> bool:
            for frame, answer in list(camera.answers.items()):
                if answer["status"] == "succeeded":
                    learnt[frame % len(pictures)] = answer["labels"]
            return len(learnt) == len(pictures)

        cameras.wait_until(has_learnt)
    return [learnt[number] for number in range(len(pictures))]
