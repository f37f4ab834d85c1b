"""Faults of announcements. Each runs until `stop` is set and counts its strikes."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from threading import Event
from typing import Any
from uuid import uuid4

import psutil

from infra.local import names
from infra.local.clients import Clients
from infra.local.resources.tables import find_stream
from pipeline.core.live.announcements import is_announced
from tools.chaos.live import targets
from tools.chaos.outside import send_signal
from tools.chaos.system import System

FUNCTION = "announce"
KILL_SECONDS = 2.5
"""From the start of a process to its end. A process needs less to start and to handle one batch.
With a shorter time all seven tries of a record could be killed, and nobody would announce it."""

POISON_SECONDS = 4
"""Each record holds up those behind it for 13 s, until its tries are used up."""

LOOK_SECONDS = 0.2
REPEATS = 2


def kill_announce(system: System, stop: Event) -> int:
    """Kill the function some time after each of its starts, also in the middle of a batch."""
    struck, aws = 0, psutil.Process(system.server.process.pid)
    while not stop.wait(LOOK_SECONDS):
        processes = targets.find_function_processes(aws, FUNCTION)
        if not processes or stop.wait(KILL_SECONDS):
            continue
        for process in processes:
            struck += send_signal(process, signal.SIGKILL)
    return struck


def pause_stream(system: System, stop: Event) -> int:
    """Let the function read nothing for a while."""
    clients = system.clients
    mapping = targets.find_mapping(clients, FUNCTION)
    clients.functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        stop.wait()
    finally:
        clients.functions.update_event_source_mapping(UUID=mapping, Enabled=True)
    return 1


def write_poison(system: System, stop: Event) -> int:
    """Let tasks finish that cannot be announced, because they have no owner."""
    clients = system.clients
    while not stop.wait(POISON_SECONDS):
        task_id = str(uuid4())
        for status in ("queued", "succeeded"):
            targets.change_task(clients, task_id, status, None)
        system.poison_count += 1
    return system.poison_count


def repeat_records(system: System, stop: Event) -> int:
    """Give the function each record of a finished task again."""
    clients = system.clients
    struck = 0
    for record in _follow(clients, stop):
        event = {"Records": [record]}
        for _ in range(REPEATS):
            clients.functions.invoke(
                FunctionName=names.build_function_name(FUNCTION), Payload=json.dumps(event)
            )
            struck += 1
    return struck


def _follow(clients: Clients, stop: Event) -> Iterator[dict[str, Any]]:
    """The records from now on that are announced, as a function gets them."""
    streams: Any = clients.dynamodbstreams
    arn = find_stream(clients, names.TASKS_TABLE)
    [shard] = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterator = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="LATEST"
    )["ShardIterator"]
    while not stop.is_set():
        answer = streams.get_records(ShardIterator=iterator)
        iterator = answer["NextShardIterator"]
        for record in answer["Records"]:
            found = record["dynamodb"]
            if is_announced(found):
                sequence = {"SequenceNumber": found["SequenceNumber"]}
                yield {"dynamodb": {"NewImage": found["NewImage"], **sequence}}
        time.sleep(LOOK_SECONDS)
