"""What Terraform must know of the code: `python -m infra.deploy.contract` writes contract.json.

Table keys, indexes and the numbers that code and infrastructure share are declared once, in
Python. The file is committed, so that a plan needs no Python, and a test finds it out of date.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pynamodb.attributes import TTLAttribute
from pynamodb.models import Model

CONTRACT = Path(__file__).parents[1] / "terraform" / "contract.json"

# The models name their tables by the environment; here only their shape counts.
PLACEHOLDERS = [
    "AUDIT_TABLE",
    "AWS_REGION",
    "COGNITO_DOMAIN_URL",
    "DEAD_LETTER_QUEUE_URL",
    "ENVIRONMENT_NAME",
    "IMAGES_BUCKET",
    "OIDC_CLIENT_ID",
    "OPERATORS_TABLE",
    "PORTAL_URL",
    "RUNS_TABLE",
    "SESSIONS_TABLE",
    "TASKS_TABLE",
    "TASK_QUEUE_URL",
    "USER_POOL_ID",
    "WORKER_GROUP",
]


def build_contract() -> dict[str, Any]:
    """The shared numbers, and every table by its short name."""
    for name in PLACEHOLDERS:
        os.environ.setdefault(name, "unused")
    from pipeline.core import settings
    from pipeline.core.models import Task
    from portal.access.items import OperatorItem, SessionItem
    from portal.actions.items import AuditItem, RunItem

    tables: dict[str, type[Model]] = {
        "audit": AuditItem,
        "operators": OperatorItem,
        "runs": RunItem,
        "sessions": SessionItem,
        "tasks": Task,
    }
    return {
        "settings": {
            "alarm_queue_depth": settings.ALARM_QUEUE_DEPTH,
            "max_receive_count": settings.MAX_RECEIVE_COUNT,
            "retention_days": settings.RETENTION.days,
            "visibility_seconds": settings.VISIBILITY_SECONDS,
        },
        "tables": {name: describe_table(model) for name, model in tables.items()},
    }


def describe_table(model: type[Model]) -> dict[str, Any]:
    """A model as modules/tables takes it."""
    schema = model._get_schema()
    keys = {key["KeyType"]: key["AttributeName"] for key in schema["key_schema"]}
    table: dict[str, Any] = {"hash_key": keys["HASH"]}
    if "RANGE" in keys:
        table["range_key"] = keys["RANGE"]
    if ttl := _find_ttl(model):
        table["ttl"] = ttl
    table["attributes"] = {
        attribute["AttributeName"]: attribute["AttributeType"]
        for attribute in sorted(
            schema["attribute_definitions"], key=lambda attribute: attribute["AttributeName"]
        )
    }
    table["indexes"] = {
        index["index_name"]: _describe_index(index) for index in schema["global_secondary_indexes"]
    }
    return table


def _describe_index(index: Mapping[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "keys": [
            {"name": key["AttributeName"], "type": key["KeyType"]}
            # DynamoDB wants the hash key first
            for key in sorted(index["key_schema"], key=lambda key: key["KeyType"])
        ],
        "projection": index["projection"]["ProjectionType"],
    }
    if "NonKeyAttributes" in index["projection"]:
        described["non_key_attributes"] = sorted(index["projection"]["NonKeyAttributes"])
    return described


def _find_ttl(model: type[Model]) -> str | None:
    attributes = model.get_attributes().values()
    ttl = [it.attr_name for it in attributes if isinstance(it, TTLAttribute)]
    return ttl[0] if ttl else None


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Write what Terraform must know of the code.")
    parser.add_argument("--check", action="store_true", help="only say whether it is up to date")
    options = parser.parse_args(arguments)
    text = json.dumps(build_contract(), indent=2) + "\n"
    if not options.check:
        CONTRACT.write_text(text)
        return 0
    if CONTRACT.read_text() == text:
        return 0
    sys.stderr.write("contract.json is out of date: run python -m infra.deploy.contract\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
