"""Each function may do what it needs and nothing else."""

import json
import re
from pathlib import Path
from string import Template
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "infra" / "policies"
HANDLERS = Path(__file__).parents[2] / "pipeline" / "lambdas"
FUNCTIONS = sorted(
    path.stem
    for path in HANDLERS.glob("*.py")
    if re.search(r"^(@|handler = )entry_point\b", path.read_text("utf-8"), re.MULTILINE)
)
PLACEHOLDERS = {
    "images_bucket_arn", "tasks_table_arn", "words_table_arn", "task_queue_arn",
    "connections_table_arn", "exports_table_arn", "exports_queue_arn",
    "erasures_queue_arn", "user_pool_arn", "live_api_arn",
    "webhooks_table_arn", "deliveries_table_arn", "webhooks_queue_arn",
    "streams_table_arn", "frames_stream_arn",
    "depth_alarm_arn", "age_alarm_arn", "completions_alarm_arn",
}  # fmt: skip


def load(function: str) -> list[dict[str, Any]]:
    statements: list[dict[str, Any]] = json.loads((FOLDER / f"{function}.json").read_text("utf-8"))[
        "Statement"
    ]
    return statements


def test_there_is_one_policy_for_each_function() -> None:
    assert len(FUNCTIONS) == 32
    assert all((FOLDER / f"{function}.json").exists() for function in FUNCTIONS)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_policy_names_its_actions_and_resources(function: str) -> None:
    for statement in load(function):
        assert statement["Effect"] == "Allow"
        assert not any("*" in action for action in statement["Action"])
        resources = statement["Resource"]
        for resource in [resources] if isinstance(resources, str) else resources:
            assert resource.startswith("${")
            assert set(Template(resource).get_identifiers()) <= PLACEHOLDERS


@pytest.mark.parametrize(
    ("action", "functions"),
    [
        (
            "dynamodb:DeleteItem",
            {
                "announce",
                "authorize_socket",
                "delete_result",
                "deliver",
                "erase_account",
                "exports",
                "index_words",
                "keys",
                "serve_socket",
                "streams",
                "webhooks",
            },
        ),
        (
            "s3:DeleteObject",
            {
                "delete_result",
                "erase_account",
                "exports",
                "sweep",
                "upload",
                "uploaded",
                "write_export",
            },
        ),
        (
            "dynamodb:PutItem",
            {
                "account_defaults",
                "announce",
                "correct_result",
                "create_ticket",
                "create_token",
                "delete_account",
                "deliver",
                "erase_account",
                "exports",
                "index_words",
                "result_versions",
                "serve_socket",
                "streams",
                "upload",
                "webhooks",
                "write_export",
            },
        ),
        ("kinesis:PutRecord", {"put_frame"}),
        ("s3:PutObject", {"sweep", "upload", "uploaded", "write_export"}),
        ("execute-api:ManageConnections", {"announce", "erase_account", "keys"}),
        (
            "sqs:SendMessage",
            {
                "announce",
                "delete_account",
                "deliver",
                "erase_account",
                "exports",
                "result_versions",
                "retry_result",
                "sweep",
                "upload",
                "uploaded",
                "webhooks",
                "write_export",
            },
        ),
    ],
)
def test_only_who_needs_it_may_change_things(action: str, functions: set[str]) -> None:
    allowed = {
        function
        for function in FUNCTIONS
        if any(action in statement["Action"] for statement in load(function))
    }

    assert allowed == functions
