"""Write contract.json, which Terraform reads: `python -m infra.deploy.contract`.

Table keys, indexes and the numbers that code and infrastructure share are declared once, in Python.
The file contract.json is committed, so that a plan needs no Python. A test compares it with the
code.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pynamodb.models import Model

from infra.schema import Index, read_table
from pipeline.core import alarms, settings
from pipeline.core.exports.record import Export
from pipeline.core.live.announcements import ANNOUNCE
from pipeline.core.live.connections import Connection
from pipeline.core.live.streams import Stream
from pipeline.core.search.following import INDEX_WORDS
from pipeline.core.search.items import WordEntry
from pipeline.core.steps import STEPS
from pipeline.core.tasks.record import Task
from pipeline.core.webhooks.deliveries import Delivery
from pipeline.core.webhooks.record import Webhook
from portal.tables import TABLES

CONTRACT = Path(__file__).parents[1] / "terraform" / "contract.json"

REGIONAL = ("connections", "exports", "streams", "words")
"""Tables of which each region has its own. Sockets and workers are a region's own; the file of an
export is in the bucket where it was written; the words are built from the region's own stream."""


def build_contract() -> dict[str, Any]:
    """The shared numbers, and every table by its short name."""
    return {
        "alarms": {
            "age": asdict(alarms.AGE),
            "dead_letters": asdict(alarms.DEAD_LETTERS),
            "depth": asdict(alarms.DEPTH),
        },
        "announce": asdict(ANNOUNCE),
        "index_words": asdict(INDEX_WORDS),
        "steps": {function: asdict(steps) for function, steps in STEPS.items()},
        "settings": {
            "max_receive_count": settings.MAX_RECEIVE_COUNT,
            "retention_days": settings.RETENTION.days,
            "visibility_seconds": settings.VISIBILITY_SECONDS,
        },
        "tables": {
            name: {**describe_table(model), **({"regional": True} if name in REGIONAL else {})}
            for name, model in find_models().items()
        },
    }


def find_models() -> dict[str, type[Model]]:
    """The model of every table, by the table's short name."""
    own = {name.removesuffix("_table"): model for name, model in sorted(TABLES.items())}
    return {
        **own,
        "connections": Connection,
        "deliveries": Delivery,
        "exports": Export,
        "streams": Stream,
        "tasks": Task,
        "webhooks": Webhook,
        "words": WordEntry,
    }


def describe_table(model: type[Model]) -> dict[str, Any]:
    """A model in the format of modules/tables."""
    table = read_table(model)
    keys = {f"{kind.lower()}_key": name for kind, name in table.keys.items()}
    return {
        **keys,
        **({"ttl": table.ttl} if table.ttl else {}),
        **({"stream": table.stream} if table.stream else {}),
        "attributes": table.attributes,
        "indexes": {name: _describe_index(index) for name, index in table.indexes.items()},
    }


def _describe_index(index: Index) -> dict[str, Any]:
    others = index.non_key_attributes
    return {
        "keys": [{"name": name, "type": kind} for kind, name in index.keys.items()],
        "projection": index.projection,
        **({"non_key_attributes": others} if others else {}),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Write contract.json, which Terraform reads.")
    parser.add_argument("--check", action="store_true", help="only check whether it is up to date")
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
