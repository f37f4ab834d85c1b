"""Follows the runbook restore.md step by step on the local system."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from infra.local import names
from infra.local.clients import Clients
from infra.local.demo.client import Json
from infra.local.layout import REPOSITORY
from infra.local.profile import build_variables
from infra.local.server import build_environment
from infra.local.state import State
from tests.e2e.conftest import User

PICTURES = 3


@pytest.fixture
def restored_table(root: Clients) -> Iterator[str]:
    """The name of a table with a restored backup."""
    name = f"{names.TASKS_TABLE}-restored-{uuid4().hex[:8]}"
    yield name
    root.dynamodb.delete_table(TableName=name)


def test_deleted_records_are_restored_from_a_backup(
    user: User, root: Clients, system: State, photo: Path, restored_table: str
) -> None:
    before = [recognise(user, photo) for _ in range(PICTURES)]
    backup = root.dynamodb.create_backup(TableName=names.TASKS_TABLE, BackupName="rehearsal")
    for task in before[1:]:
        root.dynamodb.delete_item(
            TableName=names.TASKS_TABLE, Key={"task_id": {"S": task["taskId"]}}
        )
    assert get_status(user, before[1]) == httpx.codes.NOT_FOUND

    root.dynamodb.restore_table_from_backup(
        TargetTableName=restored_table, BackupArn=backup["BackupDetails"]["BackupArn"]
    )
    first, second = copy(system, restored_table), copy(system, restored_table)

    assert first.startswith(f"{PICTURES - 1} records copied")
    assert second.startswith("0 records copied")
    assert [read(user, task) for task in before] == [stable(task) for task in before]


def recognise(user: User, photo: Path) -> Json:
    task_id = user.client.upload_direct(photo.read_bytes(), "image/jpeg", "kept.jpg")
    return user.client.wait_for_result(task_id)


def get_status(user: User, task: Json) -> int:
    return user.http.get(f"/results/{task['taskId']}").status_code


def copy(system: State, restored_table: str) -> str:
    """Run the command as an operator does, and return its output."""
    environment = build_environment(**build_variables(system))
    command = [sys.executable, "-m", "infra.deploy.restore", restored_table, names.TASKS_TABLE]
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


def read(user: User, task: Json) -> Json:
    return stable(user.client.get_result(task["taskId"]))


def stable(task: Json) -> Json:
    """The task without the picture's address, which changes with each answer."""
    return {name: value for name, value in task.items() if name != "image"}
