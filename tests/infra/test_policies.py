"""The portal's policy has no unused permission.

tests/infra/test_security.py checks all policies as planned; tests/e2e/test_policies.py compares
them with real calls.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
POLICIES = REPOSITORY / "infra/policies"

# Some operations need a permission with another name.
ACTIONS = {
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:DeleteObjects": "s3:DeleteObject",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "execute-api:DeleteConnection": "execute-api:ManageConnections",
}


def read_policy(caller: str) -> Iterator[tuple[str, str]]:
    """Each pair of action and resource in a policy."""
    for statement in json.loads((POLICIES / f"{caller}.json").read_text())["Statement"]:
        for action in as_list(statement["Action"]):
            for resource in as_list(statement["Resource"]):
                yield action, resource


def as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def test_the_policy_of_the_portal_allows_only_what_its_code_calls() -> None:
    code = "".join(path.read_text() for path in (REPOSITORY / "portal").rglob("*.py"))
    code += "".join(path.read_text() for path in (REPOSITORY / "pipeline/core").rglob("*.py"))

    actions = {action for action, _ in read_policy("portal") if not action.startswith("dynamodb:")}
    unused = {it for it in actions if not any(method in code for method in find_methods(it))}

    assert unused == set()


def find_methods(action: str) -> set[str]:
    """The client methods that need an action: s3:ListBucket is called list_objects_v2."""
    operations = {action, *(called for called, needed in ACTIONS.items() if needed == action)}
    names = {operation.split(":")[1] for operation in operations}
    return {re.sub("(?<=[a-z])(?=[A-Z])", "_", name).lower() for name in names}
