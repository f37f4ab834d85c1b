"""Puts the parts of live recognition together, for a worker that takes part in it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from botocore.config import Config

from pipeline.core.clients import create_client
from pipeline.core.dynamo import connect
from pipeline.core.live.connections import Connection
from pipeline.core.live.frames import Frame
from pipeline.core.live.push import Push
from pipeline.core.live.readers import ReadersItem
from pipeline.core.live.settings import PushSettings
from pipeline.core.live.streams import Stream
from pipeline.worker.cores import Cores
from pipeline.worker.deadline import CHECK_SECONDS, Deadline
from pipeline.worker.live import leases, tallies
from pipeline.worker.live.answers import FrameAnswerer
from pipeline.worker.live.leases import Leases
from pipeline.worker.live.listeners import Listeners
from pipeline.worker.live.room import Room
from pipeline.worker.live.shard import ShardReader
from pipeline.worker.live.tallies import Tallies
from pipeline.worker.metrics import Metrics
from pipeline.worker.periodic import every

QUICK = Config(
    connect_timeout=1,
    read_timeout=3,
    retries={"total_max_attempts": 2},
    max_pool_connections=32,
)
"""A frame that waits longer for AWS is too old."""

THREADS_PER_CORE = 4
"""One of them computes, the others send answers or wait for a core."""


class FrameSettings(PushSettings, frozen=True):
    """What a worker needs to answer frames. A worker that lacks one of these stops at once."""

    frames_stream_arn: str
    streams_table: str


@contextmanager
def answering_frames(
    name: str,
    cores: Cores,
    metrics: Metrics,
    deadline_seconds: float,
    is_paused: Callable[[], bool],
    stopping: threading.Event,
    abandon: Callable[[], None],
) -> Iterator[None]:
    """Read frames and answer them during the block.

    Args:
        name: Of this worker.
        cores: Recognise frames when no photo waits.
        metrics: Count what happens.
        deadline_seconds: For one frame.
        is_paused: Whether an operator lets nothing be recognised.
        stopping: Set when the worker stops: then others get its shards.
        abandon: Called if a frame hangs. The process has to end.
    """
    settings = FrameSettings.load()
    _connect_tables(settings)
    room, tally = Room(cores.count, lambda: cores.photo_seconds), Tallies()
    deadline: Deadline[Frame] = Deadline(deadline_seconds)
    send = Listeners(Push(settings.live_endpoint)).send
    answerer = FrameAnswerer(cores, deadline, send, metrics, room, tally, is_paused)
    shards = _build_leases(name, settings.frames_stream_arn, room, answerer, stopping)
    for number in range(THREADS_PER_CORE * cores.count):
        threading.Thread(target=answerer.serve, name=f"frames-{number}", daemon=True).start()
    try:
        with (
            every(leases.TURN_SECONDS, shards.turn, "leases of frames"),
            every(tallies.INTERVAL_SECONDS, tally.flush, "counts of frames"),
            every(CHECK_SECONDS, lambda: deadline.check(lambda _: abandon()), "frame deadline"),
        ):
            yield
    finally:
        answerer.close()
        shards.leave()


def _build_leases(
    name: str, stream_arn: str, room: Room, answerer: FrameAnswerer, stopping: threading.Event
) -> Leases:
    kinesis = create_client("kinesis", QUICK)

    def build_reader(shard_id: str) -> ShardReader:
        return ShardReader(kinesis, stream_arn, shard_id, answerer.receive)

    return Leases(name, kinesis, stream_arn, room, build_reader, stopping)


def _connect_tables(settings: FrameSettings) -> None:
    connect(
        settings.aws_region,
        {
            Stream: settings.streams_table,
            ReadersItem: settings.streams_table,
            Connection: settings.connections_table,
        },
    )
