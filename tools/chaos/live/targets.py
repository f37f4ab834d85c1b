"""Finds on a local system what faults strike: functions, readers, shards, sockets, records."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from typing import Any

import boto3
import psutil

from infra.local import names
from infra.local.clients import Clients
from infra.local.resources import live
from infra.local.resources.functions import find_function
from pipeline.core.live import readers


def find_function_processes(aws: psutil.Process, function: str) -> list[psutil.Process]:
    """The processes that run a function on this local AWS."""
    return [it for it in aws.children(recursive=True) if _read_function(it) == function]


def _read_function(process: psutil.Process) -> str | None:
    with suppress(psutil.Error):  # It has just ended
        return find_function(process.cwd())
    return None


def find_mapping(clients: Clients, function: str) -> str:
    """The id of the mapping by which a function reads its stream or its queue."""
    name = names.build_function_name(function)
    [found] = clients.functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
    return found["UUID"]


def change_task(clients: Clients, task_id: str, status: str, owner_id: str | None) -> None:
    """Write a task as if somebody had changed it. Without an owner it cannot be announced."""
    owner: Any = {"owner_id": {"S": owner_id}} if owner_id else {}
    clients.dynamodb.put_item(
        TableName=names.TASKS_TABLE,
        Item={"task_id": {"S": task_id}, "status": {"S": status}, **owner},
    )


def find_readers(clients: Clients) -> dict[str, str]:
    """Each shard and the worker that reads it."""
    key = {"stream_id": {"S": readers.KEY}}
    item = clients.dynamodb.get_item(TableName=names.STREAMS_TABLE, Key=key).get("Item", {})
    return dict(json.loads(item.get("shards", {"S": "{}"})["S"]))


def find_shard(clients: Clients, stream_id: str) -> Any:
    """The shard of a stream: Kinesis goes by the MD5 sum of the partition key."""
    place = int(hashlib.md5(stream_id.encode()).hexdigest(), 16)
    shards = clients.kinesis.list_shards(StreamName=names.FRAMES_STREAM)["Shards"]
    [found] = [
        shard
        for shard in shards
        if int(shard["HashKeyRange"]["StartingHashKey"]) <= place
        and place <= int(shard["HashKeyRange"]["EndingHashKey"])
    ]
    return found


def list_sockets(clients: Clients, owner_id: str | None = None) -> list[str]:
    """The sockets that the service knows, of one user or of all."""
    if owner_id is None:
        found = clients.dynamodb.scan(TableName=names.CONNECTIONS_TABLE)["Items"]
        return [item["connection_id"]["S"] for item in found if "owner_id" in item]
    found = clients.dynamodb.query(
        TableName=names.CONNECTIONS_TABLE,
        IndexName="by_owner",
        KeyConditionExpression="owner_id = :owner",
        ExpressionAttributeValues={":owner": {"S": owner_id}},
    )["Items"]
    return [item["connection_id"]["S"] for item in found]


def cut_socket(clients: Clients, connection_id: str) -> bool:
    """Close a socket as the gateway does after two hours.

    Returns:
        False if it was closed already.
    """
    client = boto3.client(
        "apigatewaymanagementapi",
        endpoint_url=live.build_endpoint(clients.endpoint),
        region_name=names.REGION,
        aws_access_key_id=clients.key.access_key_id,
        aws_secret_access_key=clients.key.secret_access_key,
    )
    try:
        client.delete_connection(ConnectionId=connection_id)
    except client.exceptions.GoneException:
        return False
    return True
