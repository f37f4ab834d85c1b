"""Faults of live recognition, under cameras that send all the time."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

from infra.local import names
from infra.local.clients import Clients
from infra.local.layout import PHOTOS
from pipeline.core.live.readers import LEASE_SECONDS
from pipeline.worker.live.leases import TURN_SECONDS
from spotter_client.frames import read_frames
from tools.chaos.live import targets
from tools.chaos.live.cameras import Cameras, FrameCount, Labels, running_cameras
from tools.chaos.outside import send_signal
from tools.chaos.plan import NOTHING_INSIDE, Folder, Plan, Rule
from tools.chaos.system import WORKERS, System, wait_for_workers

CAMERAS = 3
PICTURES = 7
CALM_SECONDS = 3.0
CUT_SECONDS = 2.0
LONGEST_GAP_SECONDS = 10.0
"""A camera that was without an answer for longer has failed its user."""

CameraStrike = Callable[[System, Cameras, Event], int]


@dataclass(frozen=True)
class FrameFault:
    """A fault that cameras meet."""

    name: str
    seconds: float
    plan: Plan = NOTHING_INSIDE
    strike: CameraStrike | None = None


@dataclass(frozen=True)
class FrameRow:
    """The results of one fault."""

    fault: str
    count: FrameCount
    struck: int
    recovered: int
    """Cameras that got an answer after the end of the fault."""

    @property
    def is_good(self) -> bool:
        """Whether no answer was wrong, every camera goes on, and the fault did happen."""
        return (
            self.struck > 0
            and not self.count.wrong
            and self.recovered == CAMERAS
            and self.count.longest_gap_seconds <= LONGEST_GAP_SECONDS
        )


def read_pictures() -> list[bytes]:
    """The demo photos, as a camera sends them."""
    camera = read_frames(PHOTOS)
    return [next(camera) for _ in range(PICTURES)]


def run_frame_fault(
    system: System, pictures: Sequence[bytes], reference: Sequence[Labels], fault: FrameFault
) -> FrameRow:
    """Inject one fault while cameras send, and count what became of each frame."""
    wait_for_workers(system, len(WORKERS))
    _wait_for_readers(system.clients, len(WORKERS))
    folder, stop = Folder(system.folder), Event()
    folder.read_new()
    with running_cameras(system.state, pictures, CAMERAS) as cameras:
        time.sleep(CALM_SECONDS)
        folder.begin(fault.plan, fault.seconds)
        struck = _strike(system, cameras, fault, stop)
        folder.end()
        ended_at = time.monotonic()
        _wait_for_new_answers(cameras, ended_at)
    found, _ = folder.read_new()
    recovered = sum(camera.moments[-2] > ended_at for camera in cameras.all)
    return FrameRow(fault.name, cameras.count(reference), struck + sum(found.values()), recovered)


def kill_reader(system: System, cameras: Cameras, stop: Event) -> int:
    """Kill the worker that reads the first camera. No worker of its name comes back meanwhile."""
    clients = system.clients
    shard = targets.find_shard(clients, cameras.all[0].stream_id)["ShardId"]
    reader = targets.find_readers(clients)[shard]
    struck = send_signal(system.find_workers()[reader], signal.SIGKILL)
    system.members["new"] = [name for name in WORKERS if name != reader]
    try:
        stop.wait()
    finally:
        system.members["new"] = list(WORKERS)
    return struck


def split_shard(system: System, cameras: Cameras, stop: Event) -> int:
    """Split the shard of the first camera, as Kinesis does by itself in on-demand mode."""
    kinesis = system.clients.kinesis
    shard = targets.find_shard(system.clients, cameras.all[0].stream_id)
    bounds = shard["HashKeyRange"]
    middle = (int(bounds["StartingHashKey"]) + int(bounds["EndingHashKey"])) // 2
    kinesis.split_shard(
        StreamName=names.FRAMES_STREAM,
        ShardToSplit=shard["ShardId"],
        NewStartingHashKey=str(middle),
    )
    stop.wait()
    return 1


def cut_sockets(system: System, cameras: Cameras, stop: Event) -> int:
    """Close the sockets of all users, again and again."""
    clients = system.clients
    struck = 0
    while not stop.wait(CUT_SECONDS):
        for connection_id in targets.list_sockets(clients):
            struck += targets.cut_socket(clients, connection_id)
    return struck


FRAME_FAULTS = {
    fault.name: fault
    for fault in (
        FrameFault("reader_killed", 12, strike=kill_reader),
        FrameFault("kinesis_throttled", 8, Plan([Rule("kinesis", "throttle", 0.4)])),
        FrameFault("kinesis_timeout", 8, Plan([Rule("kinesis", "timeout", 0.3)])),
        FrameFault("shard_split", 8, strike=split_shard),
        FrameFault("sockets_cut", 8, strike=cut_sockets),
    )
}


def _strike(system: System, cameras: Cameras, fault: FrameFault, stop: Event) -> int:
    """Let the fault last as long as it says."""
    if fault.strike is None:
        time.sleep(fault.seconds)
        return 0
    with ThreadPoolExecutor(1) as pool:
        striking = pool.submit(fault.strike, system, cameras, stop)
        time.sleep(fault.seconds)
        stop.set()
        return striking.result()


def _wait_for_readers(clients: Clients, count: int) -> None:
    """Wait until so many workers read shards."""
    deadline = time.monotonic() + 10 * (LEASE_SECONDS + TURN_SECONDS)
    while len(set(targets.find_readers(clients).values())) != count:
        if time.monotonic() > deadline:
            raise TimeoutError(f"Not {count} workers read frames")
        time.sleep(0.2)


def _wait_for_new_answers(cameras: Cameras, since: float) -> None:
    """Wait until each camera has an answer again, at most `LONGEST_GAP_SECONDS`."""
    while time.monotonic() < since + LONGEST_GAP_SECONDS:
        if all(camera.moments[-1] > since for camera in cameras.all):
            break
        time.sleep(0.1)
    time.sleep(CALM_SECONDS)
