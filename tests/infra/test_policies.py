"""The policies allow what the code calls, nothing less and nothing more.

Their words come from the code at work: the unit tests of each deployable run once more, and a
plugin notes every call.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[2]
POLICIES = REPOSITORY / "infra/policies"
CALLERS = sorted(path.stem for path in POLICIES.glob("*.json"))
# The portal's tests take minutes, and much of what it may do is called only in the stories that
# people play in a browser. There the local AWS enforces its policy.
RECORDED = [caller for caller in CALLERS if caller != "portal"]
SUITES = ("tests/lambdas", "tests/worker")
LEFT_OUT = ("tests/worker/vision", "tests/lambdas/test_policies.py")  # They call nothing

Permission = tuple[str, str]
"""An action, and the resource with its placeholder."""

# An operation is not always called as its permission is.
ACTIONS = {
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:DeleteObjects": "s3:DeleteObject",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
}

# Needed without being called
SILENT = {
    # Without it S3 answers 403 for a missing picture, which looks like a broken policy.
    ("s3:ListBucket", "${images_bucket_arn}"),
}


def find_permission(call: dict[str, Any]) -> Permission:
    """What a call needs."""
    action = f"{call['service']}:{call['operation']}"
    return ACTIONS.get(action, action), find_resource(call["service"], call["on"])


def find_resource(service: str, on: dict[str, str]) -> str:
    if "TableName" in on:
        table = f"${{{on['TableName']}_table_arn}}"
        return f"{table}/index/{on['IndexName']}" if "IndexName" in on else table
    if "QueueUrl" in on:
        kind = "dead_letter" if on["QueueUrl"].endswith("-dlq") else "task"
        return f"${{{kind}_queue_arn}}"
    if "Bucket" in on:
        return f"${{images_bucket_arn}}/{on['Key']}" if "Key" in on else "${images_bucket_arn}"
    return "*"


def read_policy(caller: str) -> Iterator[Permission]:
    """Each pair of action and resource that a policy allows."""
    for statement in json.loads((POLICIES / f"{caller}.json").read_text())["Statement"]:
        for action in as_list(statement["Action"]):
            for resource in as_list(statement["Resource"]):
                yield action, resource


def as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def covers(allowed: Permission, needed: Permission) -> bool:
    return allowed[0] == needed[0] and fnmatchcase(needed[1], allowed[1])


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[Permission]]:
    """What each caller needed in its tests."""
    file = tmp_path_factory.mktemp("calls") / "calls.jsonl"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-n",
        "2",
        "-p",
        "tests.infra.recorder",
        *SUITES,
    ]
    left_out = [f"--ignore={path}" for path in LEFT_OUT]
    done = subprocess.run(
        [*command, *left_out, "--timeout=900"],
        cwd=REPOSITORY,
        env={**os.environ, "AWS_CALLS": str(file)},
        text=True,
        capture_output=True,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    found: dict[str, set[Permission]] = {caller: set() for caller in CALLERS}
    for line in file.read_text().splitlines():
        call = json.loads(line)
        found.setdefault(call["caller"], set()).add(find_permission(call))
    return found


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_policies_allow_all_that_is_called_and_nothing_else(
    calls: dict[str, set[Permission]],
) -> None:
    """One test, so that the calls are recorded once however many processes run tests."""
    policies = {caller: set(read_policy(caller)) for caller in RECORDED}

    missing = {
        caller: {call for call in calls[caller] if not any(covers(it, call) for it in policy)}
        for caller, policy in policies.items()
    }
    extra = {
        caller: {
            it for it in policy - SILENT if not any(covers(it, call) for call in calls[caller])
        }
        for caller, policy in policies.items()
    }

    assert {caller: found for caller, found in missing.items() if found} == {}
    assert {caller: found for caller, found in extra.items() if found} == {}


def test_the_portals_policy_allows_nothing_that_it_has_no_code_for() -> None:
    code = "".join(path.read_text() for path in (REPOSITORY / "portal").rglob("*.py"))
    code += "".join(path.read_text() for path in (REPOSITORY / "pipeline/core").glob("*.py"))

    actions = {action for action, _ in read_policy("portal") if not action.startswith("dynamodb:")}
    unused = {it for it in actions if not any(method in code for method in find_methods(it))}

    assert unused == set()


def find_methods(action: str) -> set[str]:
    """The client methods that need an action: s3:ListBucket is called list_objects_v2."""
    operations = {action, *(called for called, needed in ACTIONS.items() if needed == action)}
    names = {operation.split(":")[1] for operation in operations}
    return {re.sub("(?<=[a-z])(?=[A-Z])", "_", name).lower() for name in names}


@pytest.mark.parametrize("caller", CALLERS)
def test_a_policy_has_no_wildcard_action(caller: str) -> None:
    assert not any("*" in action for action, _ in read_policy(caller))


RESOURCELESS = {
    "autoscaling:DescribeAutoScalingGroups",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
    "cloudwatch:ListMetrics",
    "cloudwatch:PutMetricData",
}
"""AWS knows no resources for these."""


@pytest.mark.parametrize("caller", CALLERS)
def test_a_policy_names_its_resources(caller: str) -> None:
    unnamed = {action for action, resource in read_policy(caller) if resource == "*"}

    assert unnamed <= RESOURCELESS
