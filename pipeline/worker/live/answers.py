"""Answers frames: recognises the newest of each stream and tells its owner what is in it."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping

from pipeline.core.errors import PermanentError, PipelineError
from pipeline.core.images import read_header
from pipeline.core.labels import encode_labels
from pipeline.core.live.frames import STALE_SECONDS, Frame
from pipeline.core.options import Options
from pipeline.worker.cores import Cores
from pipeline.worker.deadline import Deadline
from pipeline.worker.live.newest import NewestFrames
from pipeline.worker.live.room import Room
from pipeline.worker.live.tallies import Tallies
from pipeline.worker.metrics import Metrics
from pipeline.worker.vision.recognizer import Recognition, Recognize

logger = logging.getLogger(__name__)

Message = Mapping[str, object]
Send = Callable[[str, str, Message], object]
"""Sends a message to the sockets of a user that get the frames of a stream."""


class FrameAnswerer:
    """Receives frames and answers them. Safe to share between threads."""

    def __init__(
        self,
        cores: Cores,
        deadline: Deadline[Frame],
        send: Send,
        metrics: Metrics,
        room: Room,
        tallies: Tallies,
        is_paused: Callable[[], bool],
    ) -> None:
        self._cores = cores
        self._deadline = deadline
        self._send = send
        self._metrics = metrics
        self._room = room
        self._tallies = tallies
        self._is_paused = is_paused
        self._newest = NewestFrames()

    def receive(self, frame: Frame) -> None:
        """Let a frame wait for its turn. It replaces the one of its stream that waits.

        The sender hears nothing of a replaced frame: the answer to a newer one says it all. During
        a pause frames are dropped. The API tells their senders that it is a pause.
        """
        if self._is_paused():
            self._count_dropped(frame)
            return
        self._room.add_stream(frame.header.stream_id)
        if replaced := self._newest.put(frame):
            self._count_dropped(replaced)

    def serve(self) -> None:
        """Answer frames until `close`. Several threads may do it."""
        while claimed := self._newest.claim():
            try:
                self._answer(claimed)
            except Exception:
                logger.exception("A frame could not be answered")

    def close(self) -> None:
        """Let `serve` end."""
        self._newest.close()

    def _answer(self, claimed: Frame) -> None:
        # Downloaded photos go first: docs/reliability.md.
        with self._cores.lend(claimed.header.owner_id) as recognize:
            frame = self._newest.take(claimed.header.stream_id)
            if frame.count_age_seconds(time.time()) > STALE_SECONDS:
                answer = None
            else:
                answer = self._recognize(frame, recognize)
        age_ms = round(1000 * frame.count_age_seconds(time.time()))
        if answer is None:
            self._count_dropped(frame)
            self._tell(frame, {"status": "dropped", "labels": [], "image": None}, age_ms)
        elif isinstance(answer, PipelineError):
            self._tallies.add_failed(frame.header.stream_id)
            self._metrics.add_failed_frame()
            error = {"code": answer.code, "message": str(answer)}
            told: Message = {"status": "failed", "labels": [], "image": None, "error": error}
            self._tell(frame, told, age_ms)
        else:
            self._tallies.add_answered(frame.header.stream_id, age_ms)
            self._metrics.add_answered_frame(age_ms / 1000)
            self._tell(frame, _describe(answer), age_ms)

    def _recognize(self, frame: Frame, recognize: Recognize) -> Recognition | PipelineError:
        options = Options(frame.header.min_confidence, frame.header.max_labels)
        started = time.perf_counter()
        self._deadline.start(frame)
        try:
            found = recognize(frame.jpeg, read_header(frame.jpeg), options)
        except PermanentError as error:
            return error
        except Exception:
            logger.exception("A frame could not be recognised")
            return PipelineError()
        finally:
            self._deadline.stop(frame)
        # A damaged frame takes next to no time, so it says nothing about the room.
        self._room.add_frame(time.perf_counter() - started)
        return found

    def _count_dropped(self, frame: Frame) -> None:
        self._tallies.add_dropped(frame.header.stream_id)
        self._metrics.add_dropped_frame()

    def _tell(self, frame: Frame, answer: Message, age_ms: int) -> None:
        header = frame.header
        about = {"type": "frame", "streamId": header.stream_id, "frame": header.number}
        try:
            message = {**about, "error": None, **answer, "ageMs": age_ms}
            self._send(header.owner_id, header.stream_id, message)
        except Exception:
            # The sender goes on with its next frame after a while without an answer.
            logger.warning("An answer could not be sent", exc_info=True)


def _describe(found: Recognition) -> Message:
    return {
        "status": "succeeded",
        "labels": json.loads(encode_labels(found.labels)),
        "image": {"width": found.width, "height": found.height},
    }
