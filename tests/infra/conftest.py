"""The planned production system, as Terraform's own test run prints it."""

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.deploy.terraform import Workspace, open_workspace


@dataclass(frozen=True)
class Plan:
    """The resources that Terraform would create."""

    resources: dict[str, dict[str, Any]]
    """Planned attributes by address."""

    def find(self, kind: str) -> dict[str, dict[str, Any]]:
        """All resources of one type, by address."""
        return {
            address: values
            for address, values in self.resources.items()
            if f".{kind}." in f".{address}"
        }


@pytest.fixture(scope="session")
def workspace() -> Iterator[Workspace]:
    with open_workspace() as workspace:
        yield workspace


@pytest.fixture(scope="session")
def prod(workspace: Workspace, shared_folder: Path) -> Plan:
    """Production after a release."""
    return share_plan(workspace, "prod", shared_folder)


@pytest.fixture(scope="session")
def regions(workspace: Workspace, shared_folder: Path) -> Plan:
    """Production in us-east-1 and eu-west-1."""
    return share_plan(workspace, "prod", shared_folder, "regions", "two_regions")


@pytest.fixture(scope="session")
def dev(workspace: Workspace, shared_folder: Path) -> Plan:
    """The trial environment after a release."""
    return share_plan(workspace, "dev", shared_folder)


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of one test run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def share_plan(
    workspace: Workspace,
    environment: str,
    folder: Path,
    test: str = "environment",
    run: str = "released",
) -> Plan:
    """Make each plan once in a test run, however many processes run the tests."""
    file = folder / f"plan-{environment}-{test}.json"
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            file.write_text(json.dumps(read_plan(workspace, environment, test, run).resources))
    return Plan(json.loads(file.read_text()))


def read_plan(
    workspace: Workspace, environment: str, file: str = "environment", run: str = "released"
) -> Plan:
    root = f"envs/{environment}"
    workspace.run(root, "init", "-backend=false", "-input=false", "-no-color")
    only = f"-filter=tests/{file}.tftest.hcl"
    output = workspace.run(root, "test", "-json", "-verbose", only)
    messages = [json.loads(line) for line in output.splitlines()]
    (plan,) = (
        it["test_plan"] for it in messages if it["type"] == "test_plan" and it["@testrun"] == run
    )
    return Plan(
        {
            change["address"]: change["change"]["after"]
            for change in plan["resource_changes"]
            if change["mode"] == "managed"
        }
    )
