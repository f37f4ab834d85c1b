"""The planned production system, as Terraform's own test run prints it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
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
def prod(workspace: Workspace) -> Plan:
    """Production after a release."""
    return read_plan(workspace, "prod")


@pytest.fixture(scope="session")
def dev(workspace: Workspace) -> Plan:
    """The trial environment after a release."""
    return read_plan(workspace, "dev")


def read_plan(workspace: Workspace, environment: str) -> Plan:
    root = f"envs/{environment}"
    workspace.run(root, "init", "-backend=false", "-input=false", "-no-color")
    output = workspace.run(root, "test", "-json", "-verbose")
    messages = [json.loads(line) for line in output.splitlines()]
    (plan,) = (
        it["test_plan"]
        for it in messages
        if it["type"] == "test_plan" and it["@testrun"] == "released"
    )
    return Plan(
        {
            change["address"]: change["change"]["after"]
            for change in plan["resource_changes"]
            if change["mode"] == "managed"
        }
    )
