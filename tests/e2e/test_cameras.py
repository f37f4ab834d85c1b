"""A camera hears at once what is in its frames, also when the worker that reads them is killed."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local import names
from infra.local.clients import Clients
from infra.local.layout import PHOTOS, REPOSITORY, Layout
from infra.local.processes import Roster
from infra.local.server import build_environment
from spotter_client.cameras import LiveStream, run_closed_loop
from spotter_client.frames import read_frames
from spotter_client.models import StreamRequest
from tests.e2e.conftest import SetWorkers, User, wait_until
from tools.chaos.live.targets import cut_socket, find_readers, find_shard, list_sockets

FRAMES = 8


@pytest.fixture
def answers() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def camera(user: User, answers: list[dict[str, Any]]) -> Iterator[None]:
    """A camera that sends frame after frame during the test."""
    stopping = threading.Event()

    def frames() -> Iterator[bytes]:
        for jpeg in read_frames(PHOTOS):
            if stopping.is_set():
                return
            yield jpeg

    def run() -> None:
        with LiveStream(user.client.spotter, StreamRequest(name="door")) as stream:
            run_closed_loop(stream, frames(), answers.append)

    thread = threading.Thread(target=run)
    thread.start()
    yield
    stopping.set()
    thread.join()


def count_succeeded(answers: list[dict[str, Any]]) -> int:
    return sum(answer["status"] == "succeeded" for answer in answers)


def find_names(answers: list[dict[str, Any]]) -> set[str]:
    return {label["name"] for answer in answers for label in answer["labels"]}


def test_the_demo_prints_what_a_folder_of_photos_shows(layout: Layout, root: Clients) -> None:
    pictures = root.s3.list_objects_v2(Bucket=names.IMAGES_BUCKET)["KeyCount"]
    command = [sys.executable, "-m", "infra.local.demo.spotter", "live", str(PHOTOS)]

    done = subprocess.run(
        [*command, "--frames", str(FRAMES)],
        cwd=REPOSITORY, env=build_environment(SPOTTER_LOCAL=str(layout.root)),
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip

    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert {answer["type"] for answer in answers} == {"frame"}
    assert count_succeeded(answers) > FRAMES // 2
    assert {"dog", "cat"} & find_names(answers)
    # Frames are never stored, and the stream has ended.
    assert root.s3.list_objects_v2(Bucket=names.IMAGES_BUCKET)["KeyCount"] == pictures
    assert list_streams(root) == []


def list_streams(root: Clients) -> list[Any]:
    found = root.dynamodb.scan(TableName=names.STREAMS_TABLE)["Items"]
    return [item for item in found if "owner_id" in item]


def test_a_socket_that_is_gone_is_forgotten(
    user: User, root: Clients, camera: None, answers: list[dict[str, Any]]
) -> None:
    wait_until(lambda: count_succeeded(answers) >= 1)
    key = {"connection_id": {"S": "gone="}}
    item: Any = {**key, "owner_id": {"S": user.owner_id}, "expires_at": {"N": "9999999999"}}
    item["stream_id"] = {"S": answers[0]["streamId"]}
    item["connected_at"] = {"S": "2026-11-22T12:00:00.000000+0000"}
    root.dynamodb.put_item(TableName=names.CONNECTIONS_TABLE, Item=item)

    wait_until(
        lambda: "Item" not in root.dynamodb.get_item(TableName=names.CONNECTIONS_TABLE, Key=key)
    )


def test_a_camera_opens_another_socket_when_its_own_is_cut(
    user: User, root: Clients, camera: None, answers: list[dict[str, Any]]
) -> None:
    wait_until(lambda: count_succeeded(answers) >= 2)
    before = set(list_sockets(root, user.owner_id))

    assert sum(cut_socket(root, connection_id) for connection_id in before)

    wait_until(lambda: set(list_sockets(root, user.owner_id)) - before)
    known = count_succeeded(answers)
    wait_until(lambda: count_succeeded(answers) >= known + 2)


def test_another_worker_reads_on_when_one_is_killed(
    set_workers: SetWorkers,
    layout: Layout,
    root: Clients,
    camera: None,
    answers: list[dict[str, Any]],
) -> None:
    set_workers(2)
    wait_until(lambda: len(set(find_readers(root).values())) == 2)
    wait_until(lambda: count_succeeded(answers) >= 2)
    reader = find_readers(root)[find_shard(root, answers[0]["streamId"])["ShardId"]]

    Roster(layout).find_workers()[reader].kill()
    before = count_succeeded(answers)

    wait_until(lambda: count_succeeded(answers) >= before + 5)
