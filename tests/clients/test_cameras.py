"""A camera sends small pictures, hears its answers, and bears with a service that is busy."""

from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest
from PIL import Image

from infra.local.layout import PHOTOS
from spotter_client import (
    ApiError,
    PhotoError,
    Retries,
    Spotter,
    TokenAuth,
    UnreachableError,
    cameras,
)
from spotter_client.cameras import LiveStream, run_at_rate, run_closed_loop
from spotter_client.frames import LONGEST_SIDE_PX, read_frames
from spotter_client.models import StreamRequest
from tests.clients.service import API
from tests.clients.sockets import FakeSocket

STREAM_ID = "0f4c1f2e-6a0f-4c11-9d0a-5b7f3f0f8f55"
NOW = "2026-11-30T12:00:00.000000Z"
BEGUN = {
    "streamId": STREAM_ID,
    "name": "door",
    "minConfidence": 50,
    "maxLabels": 20,
    "createdAt": NOW,
    "expiresAt": NOW,
    "lastFrameAt": None,
    "frames": 0,
    "answered": 0,
    "dropped": 0,
    "ticket": "ticket",
    "url": "wss://live.test/v1",
}
DOOR = StreamRequest(name="door")


class Service:
    """Takes frames, and answers each on the camera's socket."""

    def __init__(self, *busy: int) -> None:
        self._busy = list(busy)
        """Statuses of the first answers."""
        self.socket = FakeSocket()
        self.frames: list[int] = []
        self.requests: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(f"{request.method} {request.url.path.removeprefix('/v1')}")
        if self._busy and request.method != "DELETE":
            return httpx.Response(self._busy.pop(0), headers={"Retry-After": "0"})
        if request.method == "PUT":
            number = int(request.url.params["frame"])
            self.frames.append(number)
            answer = {"type": "frame", "status": "succeeded", "labels": []}
            self.socket.messages.append({**answer, "streamId": STREAM_ID, "frame": number})
            return httpx.Response(202, json={"streamId": STREAM_ID, "frame": number})
        return httpx.Response(201, json=BEGUN)


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cameras, "MOST_PAUSE_SECONDS", 0)


def build(service: Service) -> Spotter:
    transport = httpx.MockTransport(service)
    return Spotter(API, TokenAuth("token"), retries=Retries(count=5), transport=transport)


def begin(service: Service, monkeypatch: pytest.MonkeyPatch) -> LiveStream:
    monkeypatch.setattr(cameras, "open_socket", lambda ticket: service.socket)
    return LiveStream(build(service), DOOR)


def test_a_stream_whose_socket_does_not_open_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(ticket: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(cameras, "open_socket", refuse)
    service = Service()

    with pytest.raises(UnreachableError, match="did not open"):
        LiveStream(build(service), DOOR)

    assert service.requests == ["POST /streams", f"DELETE /streams/{STREAM_ID}"]


def test_the_next_frame_goes_when_the_last_one_was_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service, answers = Service(), list[dict[str, Any]]()

    with begin(service, monkeypatch) as stream:
        run_closed_loop(stream, [b"a", b"b", b"c"], answers.append)

    assert [it["frame"] for it in answers] == service.frames == [0, 1, 2]
    assert all(it["roundTripMs"] >= 0 for it in answers)
    assert service.requests[-1] == f"DELETE /streams/{STREAM_ID}"


def test_at_a_rate_no_frame_is_sent_while_too_many_have_no_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service, answers = Service(), list[dict[str, Any]]()

    with begin(service, monkeypatch) as stream:
        stream.sent_at = {-2: float("inf"), -1: float("inf")}
        run_at_rate(stream, [b"a"], answers.append, rate=1000, cap=2)
        assert service.frames == []
        stream.sent_at.clear()
        run_at_rate(stream, [b"a", b"b"], answers.append, rate=1000, cap=2)

    assert service.frames == [0, 1]


def test_a_camera_waits_for_room(monkeypatch: pytest.MonkeyPatch, no_pauses: None) -> None:
    service = Service(429, 503)

    begin(service, monkeypatch).close()

    assert service.requests[:-1] == ["POST /streams"] * 3


def test_a_frame_that_finds_no_room_is_not_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service()
    stream = begin(service, monkeypatch)
    service._busy = [429, 400]

    assert not stream.send(0, b"a")
    with pytest.raises(ApiError):
        stream.send(1, b"b")

    assert service.requests[1:] == [f"PUT /streams/{STREAM_ID}/frames"] * 2
    assert stream.sent_at == {}


def test_a_folder_of_photos_begins_again_at_its_end(tmp_path: Path) -> None:
    wide = Image.new("RGB", (2 * LONGEST_SIDE_PX, 100), "red")
    wide.save(tmp_path / "a.png")
    Image.new("RGB", (10, 10), "blue").save(tmp_path / "b.png")
    (tmp_path / "notes.txt").write_text("no photo")

    first, second, third = islice(read_frames(tmp_path), 3)

    assert first == third != second
    frame = cv2.imdecode(np.frombuffer(first, np.uint8), cv2.IMREAD_COLOR)
    assert frame is not None
    assert frame.shape[:2] == (50, LONGEST_SIDE_PX)


def test_a_film_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "film.avi"
    film = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for shade in (0, 120, 240):
        film.write(np.full((48, 64, 3), shade, np.uint8))
    film.release()

    frames = list(read_frames(path))

    assert len(frames) == 3
    assert all(frame.startswith(b"\xff\xd8") for frame in frames)


@pytest.mark.parametrize("name", [".", "notes.txt"])
def test_what_cannot_be_opened_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.txt").write_text("no photo")

    with pytest.raises(PhotoError, match="can be opened"):
        next(read_frames(tmp_path / name))


def test_the_demo_photos_are_pictures_of_a_camera() -> None:
    assert len(set(islice(read_frames(PHOTOS), 20))) >= 4
