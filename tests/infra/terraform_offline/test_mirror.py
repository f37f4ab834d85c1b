"""Terraform itself finds mistakes with the schema, in a folder with a space and an umlaut."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.local.errors import LocalError
from infra.terraform_offline import mirror

HEAD = """\
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}
"""

OUT_OF_REACH = """
resource "aws_sqs_queue" "this" {
  name                       = "tasks"
  visibility_timeout_seconds = 99999999
  redrive_policy             = "{}"
}

resource "aws_dynamodb_table" "this" {
  name         = "tasks"
  billing_mode = "PAY_PER_REQ"
  hash_key     = "other"

  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_cognito_user_pool_client" "this" {
  name         = "page"
  user_pool_id = "Not a pool!"
}
"""
"""Valid by the schema; the README of the tool says that only the real provider refuses it."""

MISTAKES = {
    'visibility_timeout = 60\\nname = "x"': "Unsupported argument",
    "visibility_timeout_seconds = 60\\nx {}": "Unsupported block type",
    'visibility_timeout_seconds = "a minute"': "Incorrect attribute value type",
    'redrive_policy = "{"': "Invalid JSON",
    'arn = "x"': "Value for unconfigurable attribute",
    'tags = ["x"]': "Incorrect attribute value type",
    "timeouts {}\\ntimeouts {}": "Duplicate timeouts block",
}
"""Each is the body of one queue."""

OTHER_MISTAKES = """
resource "aws_sqs_queues" "this" {
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = "images"
}

resource "aws_sqs_queue_policy" "this" {
  queue_url = "x"
}

output "address" {
  value = aws_sqs_queue.this.address
}
"""
OTHER_MESSAGES = (
    "Invalid resource type",
    "Insufficient versioning_configuration blocks",
    "Missing required argument",
    "Unsupported attribute",
)

Validate = Callable[[str], list[str]]


@pytest.fixture(scope="module")
def validate(tmp_path_factory: pytest.TempPathFactory) -> Validate:
    """Gives the headline of every error that Terraform finds."""
    folder = tmp_path_factory.mktemp("Terraform für alle")
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": str(mirror.prepare())}

    def run(*arguments: str) -> str:
        command = ["terraform", *arguments]
        return subprocess.run(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
        ).stdout

    def validate(body: str) -> list[str]:
        (folder / "main.tf").write_text(HEAD + body)
        answer: dict[str, Any] = json.loads(run("validate", "-json"))
        return [it["summary"] for it in answer["diagnostics"] if it["severity"] == "error"]

    (folder / "main.tf").write_text(HEAD)
    assert "successfully initialized" in run("init", "-no-color")
    return validate


def test_every_limit_that_the_readme_names_is_a_limit(validate: Validate) -> None:
    assert validate(OUT_OF_REACH) == []


def test_mistakes_in_one_resource_are_found(validate: Validate) -> None:
    bodies = [body.replace("\\n", "\n") for body in MISTAKES]
    queues = [
        f'resource "aws_sqs_queue" "number_{number}" {{\n{body}\n}}\n'
        for number, body in enumerate(bodies)
    ]

    assert sorted(validate("".join(queues))) == sorted(MISTAKES.values())


def test_mistakes_between_resources_are_found(validate: Validate) -> None:
    found = validate('resource "aws_sqs_queue" "this" {\n}\n' + OTHER_MISTAKES)

    assert sorted(found) == sorted(OTHER_MESSAGES)


def test_a_second_start_builds_nothing() -> None:
    schema = mirror.prepare().with_name("aws.schema")
    before = schema.stat()

    mirror.prepare()

    assert schema.stat() == before


def test_a_schema_that_cannot_be_fetched_is_reported_and_not_cached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text(f"nothing @ file://{tmp_path}/nothing.whl --hash=sha256:{'0' * 64}\n")
    monkeypatch.setattr(mirror, "SCHEMAS_LOCK", lock)

    with pytest.raises(LocalError, match="could not be fetched") as caught:
        mirror.prepare(tmp_path)

    assert "run the same command again" in caught.value.next_step
    assert list(tmp_path.glob("*/.complete")) == []
