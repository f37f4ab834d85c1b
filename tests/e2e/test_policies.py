"""The policies allow exactly what the tests of this folder need.

The local AWS enforces the policies, so a test that needs a missing permission fails. It also notes
each permission that it grants. A permission that no test needed fails this test.
"""

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from infra.local import names
from infra.local.clients import Clients
from infra.local.layout import REPOSITORY
from infra.local.resources import portal
from infra.local.resources.access import POLICY_NAME
from tests.e2e.conftest import find_notes

CALLERS = sorted(path.stem for path in (REPOSITORY / "infra/policies").glob("*.json"))
USERS = {"worker": names.WORKER_USER, "portal": portal.USER}

# Needed, but never called
SILENT = {
    # Without it S3 answers 403 instead of 404 for a missing picture.
    "s3:ListBucket",
}

Permission = tuple[str, str]
"""An action and the ARN of a resource. In a policy the ARN may have wildcards."""


@pytest.mark.last
@pytest.mark.parametrize("caller", CALLERS)
def test_a_policy_allows_nothing_that_no_test_needs(
    caller: str, root: Clients, run_folder: Path, whole_run: None
) -> None:
    needed = set(read_needed(run_folder, find_name(caller)))

    unneeded = {
        allowed
        for allowed in read_allowed(root, caller)
        if allowed[0] not in SILENT and not any(covers(allowed, need) for need in needed)
    }

    assert unneeded == set()


def find_name(caller: str) -> str:
    """The user or role of a deployable."""
    return USERS.get(caller) or names.build_function_name(caller)


def read_needed(run_folder: Path, name: str) -> Iterator[Permission]:
    """The permissions that the local AWS of any process granted to this user or role."""
    for note in find_notes(run_folder):
        for line in note.read_text().splitlines():
            principal, action, resource = json.loads(line)
            if name in principal.split("/"):
                yield action, hide_pool(resource)


def hide_pool(resource: str) -> str:
    """The ARN without the id of a user pool, which is another one in each system."""
    return re.sub(r"(?<=:userpool/)[\w-]+", "POOL", resource)


def read_allowed(root: Clients, caller: str) -> Iterator[Permission]:
    """The permissions in its policy."""
    name = find_name(caller)
    document = (
        root.iam.get_user_policy(UserName=name, PolicyName=POLICY_NAME)["PolicyDocument"]
        if caller in USERS
        else root.iam.get_role_policy(RoleName=name, PolicyName=POLICY_NAME)["PolicyDocument"]
    )
    policy = json.loads(document) if isinstance(document, str) else document
    for statement in policy["Statement"]:
        for action in as_list(statement["Action"]):
            for resource in as_list(statement["Resource"]):
                yield action, hide_pool(resource)


def as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def covers(allowed: Permission, needed: Permission) -> bool:
    return allowed[0] == needed[0] and fnmatchcase(needed[1], allowed[1])
