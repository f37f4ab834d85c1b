"""Cameras that send frames all the time, and what becomes of each frame."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import httpx

from infra.local.demo.client import TIMEOUT_SECONDS, Json, sign_in
from infra.local.demo.live_client import LiveStream, run_closed_loop
from infra.local.state import State

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
    answers: dict[int, Json] = field(default_factory=dict)
    """The first answer to each frame."""
    repeated: int = 0
    moments: list[float] = field(default_factory=list)
    """When it began, when each answer came, and when it ended."""

    def run(self, http: httpx.Client, name: str) -> None:
        with _CountingStream(http, name) as stream:
            self.stream_id = stream.stream_id
            self.moments.append(time.monotonic())
            run_closed_loop(stream, self._show(), self._note)
            self.moments.append(time.monotonic())
            self.refused = stream.refused

    def count_longest_gap(self) -> float:
        pairs = zip(self.moments, self.moments[1:], strict=False)
        return max((after - before for before, after in pairs), default=0.0)

    def is_wrong(self, answer: Json, reference: Sequence[Labels]) -> bool:
        picture = answer["frame"] % len(self.pictures)
        return bool(answer["status"] == "succeeded" and answer["labels"] != reference[picture])

    def _show(self) -> Iterator[bytes]:
        while not self.stop.is_set():
            yield self.pictures[self.yielded % len(self.pictures)]
            self.yielded += 1

    def _note(self, answer: Json) -> None:
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
            wrong=sum(
                camera.is_wrong(answer, reference)
                for camera in self.all
                for answer in camera.answers.values()
            ),
            longest_gap_seconds=round(max(it.count_longest_gap() for it in self.all), 1),
        )


@contextmanager
def running_cameras(state: State, pictures: Sequence[bytes], count: int) -> Iterator[Cameras]:
    """Let cameras send during the block. It begins when each of them has had an answer."""
    cameras = Cameras(pictures, count)
    clients = [_connect(state, number) for number in range(len(state.people))]
    with ThreadPoolExecutor(count) as pool:
        running = [
            pool.submit(camera.run, clients[number % len(clients)], f"camera {number}")
            for number, camera in enumerate(cameras.all)
        ]
        try:
            _wait_for_answers(cameras, running)
            yield cameras
        finally:
            cameras.stop.set()
    for done in running:
        done.result()
    for client in clients:
        client.close()


def learn_pictures(state: State, pictures: Sequence[bytes]) -> list[Labels]:
    """The labels of each picture without a fault."""
    learnt: dict[int, Labels] = {}
    with running_cameras(state, pictures, 1) as cameras:
        while len(learnt) < len(pictures):
            for answer in list(cameras.all[0].answers.values()):
                if answer["status"] == "succeeded":
                    learnt[answer["frame"] % len(pictures)] = answer["labels"]
            time.sleep(0.1)
    return [learnt[number] for number in range(len(pictures))]


def _connect(state: State, number: int) -> httpx.Client:
    headers = {"Authorization": sign_in(state, state.people[number])}
    return httpx.Client(base_url=state.api_url, headers=headers, timeout=TIMEOUT_SECONDS)


def _wait_for_answers(cameras: Cameras, running: Sequence[Future[None]]) -> None:
    while not all(len(camera.moments) > 1 for camera in cameras.all):
        for camera in running:
            if camera.done():
                camera.result()  # It failed
        time.sleep(0.1)
