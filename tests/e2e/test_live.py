"""A finished photo is announced on its owner's sockets, and nobody else can disturb them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
import websocket

from infra.local import names
from infra.local.clients import Clients
from infra.local.layout import Layout
from infra.local.processes import Roster
from infra.local.resources.stream import build_failures_name
from infra.local.state import State
from pipeline.core.live.announcements import ANNOUNCE
from pipeline.core.live.connections import MAX_CONNECTIONS_PER_USER
from spotter_client import Hints
from tests.e2e.conftest import PATIENCE_SECONDS, User, wait_until
from tools.chaos.live.targets import (
    change_task,
    find_function_processes,
    find_mapping,
    list_sockets,
)

pytestmark = pytest.mark.slow


@contextmanager
def open_socket(user: User) -> Iterator[websocket.WebSocket]:
    """An open socket of this user."""
    socket = connect(get_url(user))
    try:
        yield socket
    finally:
        socket.close()


def get_url(user: User) -> str:
    ticket = user.http.post("/live/tickets").raise_for_status().json()
    return f"{ticket['url']}?ticket={ticket['ticket']}"


def connect(url: str, origin: str | None = None) -> websocket.WebSocket:
    """Open a socket as a page of this origin, or as a program, which has none."""
    return websocket.create_connection(
        url, timeout=PATIENCE_SECONDS, origin=origin, suppress_origin=origin is None
    )


def read(socket: websocket.WebSocket) -> Any:
    return json.loads(socket.recv())


def upload(user: User, photo_bytes: bytes) -> str:
    return user.client.upload_direct(photo_bytes, "image/jpeg", "photo.jpg")


def test_a_finished_photo_is_announced_to_its_owner_only(
    user: User, stranger: User, photo_bytes: bytes
) -> None:
    with open_socket(user) as first, open_socket(user) as second, open_socket(stranger) as other:
        task_id = upload(user, photo_bytes)

        hint = {"type": "task", "taskId": task_id, "status": "succeeded"}
        assert read(first) == hint
        assert read(second) == hint
        assert user.client.get_result(task_id)["labels"]
        # Whatever is sent to the stranger comes in order, so nothing came before this answer.
        other.send('{"action": "ping"}')
        assert read(other) == {"type": "pong"}


def test_a_program_gets_its_result_with_one_question(user: User, photo_bytes: bytes) -> None:
    with Hints(user.client.spotter) as hints:
        assert hints.open()
        task_id = upload(user, photo_bytes)
        asked = user.client.request_count

        assert hints.wait(task_id, PATIENCE_SECONDS).labels

        assert user.client.request_count == asked + 1


def test_a_ticket_opens_one_socket_once(user: User) -> None:
    url = get_url(user)
    connect(url).close()

    for refused, status in ((url, 403), (url[:-4] + "AAAA", 403), (url.partition("?")[0], 401)):
        with pytest.raises(websocket.WebSocketBadStatusException) as caught:
            connect(refused)
        assert caught.value.status_code == status


def test_the_page_of_another_origin_opens_no_socket(user: User, system: State) -> None:
    foreign = system.spa_origin.replace("http://", "http://foreign.")

    with pytest.raises(websocket.WebSocketBadStatusException) as caught:
        connect(get_url(user), origin=foreign)

    assert caught.value.status_code == 403
    connect(get_url(user), origin=system.spa_origin).close()


def test_a_user_has_only_so_many_sockets_and_closed_ones_do_not_count(
    build_user: Callable[[], User], root: Clients
) -> None:
    user = build_user()
    sockets = [connect(get_url(user)) for _ in range(MAX_CONNECTIONS_PER_USER)]

    with pytest.raises(websocket.WebSocketBadStatusException):
        connect(get_url(user))

    sockets.pop().close()
    wait_until(lambda: len(list_sockets(root, user.owner_id)) < MAX_CONNECTIONS_PER_USER)
    sockets.append(connect(get_url(user)))
    for socket in sockets:
        socket.close()
    wait_until(lambda: list_sockets(root, user.owner_id) == [])


def test_a_socket_that_is_gone_is_forgotten(user: User, root: Clients) -> None:
    gone = uuid4().hex[:16]
    root.dynamodb.put_item(
        TableName=names.CONNECTIONS_TABLE,
        Item={"connection_id": {"S": gone}, "owner_id": {"S": user.owner_id}},
    )
    with open_socket(user) as socket:
        task_id = str(uuid4())
        for status in ("queued", "failed"):
            change_task(root, task_id, status, user.owner_id)

        assert read(socket) == {"type": "task", "taskId": task_id, "status": "failed"}

    wait_until(lambda: gone not in list_sockets(root, user.owner_id))


def test_a_later_change_of_a_finished_task_announces_nothing(user: User, root: Clients) -> None:
    first, second = str(uuid4()), str(uuid4())
    with open_socket(user) as socket:
        for status in ("processing", "succeeded", "succeeded", "failed"):
            change_task(root, first, status, user.owner_id)
        for status in ("queued", "expired"):
            change_task(root, second, status, user.owner_id)

        # The stream is in order: a second hint of the first task would come between these.
        assert [read(socket)["taskId"], read(socket)["taskId"]] == [first, second]


def test_a_record_that_cannot_be_announced_is_kept_and_holds_up_no_other(
    user: User, root: Clients
) -> None:
    poison, healthy = str(uuid4()), [str(uuid4()) for _ in range(3)]
    queue_url = root.sqs.get_queue_url(QueueName=build_failures_name(ANNOUNCE))["QueueUrl"]
    with open_socket(user) as socket:
        for status in ("queued", "succeeded"):
            for task_id in (healthy[0], poison, *healthy[1:]):
                change_task(root, task_id, status, None if task_id == poison else user.owner_id)

        assert {read(socket)["taskId"] for _ in healthy} == set(healthy)

    def find_failure() -> Any:
        received = root.sqs.receive_message(QueueUrl=queue_url, WaitTimeSeconds=1)
        return received.get("Messages")

    [message] = wait_until(find_failure)
    failure = json.loads(message["Body"])
    assert failure["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert failure["DDBStreamBatchInfo"]["batchSize"] == 1


def test_a_hint_comes_late_but_comes_after_the_stream_was_paused(user: User, root: Clients) -> None:
    mapping = find_mapping(root, "announce")
    task_id = str(uuid4())
    with open_socket(user) as socket:
        root.functions.update_event_source_mapping(UUID=mapping, Enabled=False)
        try:
            for status in ("queued", "failed"):
                change_task(root, task_id, status, user.owner_id)
            socket.send('{"action": "ping"}')
            assert read(socket) == {"type": "pong"}
        finally:
            root.functions.update_event_source_mapping(UUID=mapping, Enabled=True)

        assert read(socket)["taskId"] == task_id


def test_a_killed_function_loses_no_hint(user: User, root: Clients, layout: Layout) -> None:
    task_ids = [str(uuid4()) for _ in range(20)]
    killed = 0
    [aws] = [process for entry, process in Roster(layout).find_living() if entry.name == "aws"]
    with open_socket(user) as socket:
        for number, task_id in enumerate(task_ids):
            for status in ("queued", "failed"):
                change_task(root, task_id, status, user.owner_id)
            if number % 5 == 2:
                for process in find_function_processes(aws, "announce"):
                    process.kill()
                    killed += 1

        announced: set[str] = set()
        while announced != set(task_ids):
            announced.add(read(socket)["taskId"])  # A hint may come twice
    assert killed


def test_what_time_to_live_removes_is_in_the_stream(root: Clients) -> None:
    name = f"{names.PREFIX}-expiring-{uuid4().hex[:8]}"
    root.dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    root.dynamodb.update_time_to_live(
        TableName=name,
        TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"},
    )
    root.dynamodb.put_item(TableName=name, Item={"id": {"S": "a"}, "expires_at": {"N": "1"}})

    inserted, removed = wait_until(lambda: read_stream(root, name, count=2))

    assert (inserted["eventName"], removed["eventName"]) == ("INSERT", "REMOVE")
    assert removed["dynamodb"]["OldImage"]["id"] == {"S": "a"}
    # Functions read its two members. This API names them in another way.
    assert "userIdentity" in removed
    root.dynamodb.delete_table(TableName=name)


def read_stream(root: Clients, table: str, count: int) -> Any:
    """All records of the table's stream; None while it has fewer than `count`."""
    streams = root.dynamodbstreams
    arn = root.dynamodb.describe_table(TableName=table)["Table"]["LatestStreamArn"]
    [shard] = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterator = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    records = streams.get_records(ShardIterator=iterator)["Records"]
    return records if len(records) >= count else None


@pytest.fixture(scope="module")
def photo_bytes(photo: Any) -> bytes:
    data: bytes = photo.read_bytes()
    return data
