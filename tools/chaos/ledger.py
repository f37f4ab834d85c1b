"""Counts the outcome of every accepted picture."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from infra.local import names
from infra.local.clients import Clients
from pipeline.core.settings import MAX_RECEIVE_COUNT
from tools.chaos.load import Accepted

BATCH_KEYS = 100
"""Most items that one BatchGetItem reads."""

FINAL = ("succeeded", "failed", "expired")
WATCHED = ("status", "finished_at", "sha256", "labels", "error_code")

Record = Mapping[str, Any]
Labels = Sequence[Mapping[str, Any]]
_deserializer = TypeDeserializer()


@dataclass(frozen=True)
class Verdict:
    """The counts of one fault."""

    tasks: int
    lost: int
    duplicated: int
    wrong: int
    failed: int
    """Failed with a correct reason."""


@dataclass
class Ledger:
    """Watches the records of the tasks that were accepted during one fault."""

    references: Mapping[str, Sequence[Labels]]
    """Photo to its correct labels; there may be several sets."""
    first_final: dict[str, Record] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)

    def observe(self, records: Mapping[str, Record], accepted: Sequence[Accepted]) -> int:
        """Read the records once.

        Returns:
            How many of them are not final.
        """
        for task_id, record in records.items():
            watched = {name: record.get(name) for name in WATCHED}
            if record["status"] in FINAL:
                if self.first_final.setdefault(task_id, watched) != watched:
                    self.changed.add(task_id)
            elif task_id in self.first_final:
                self.changed.add(task_id)
        return sum(records.get(task.task_id, {}).get("status") not in FINAL for task in accepted)

    def judge(
        self, records: Mapping[str, Record], accepted: Sequence[Accepted], finals: Counter[str]
    ) -> Verdict:
        """Return the counts, at the end.

        Args:
            finals: Number of times that each task got a final status.
        """
        self.observe(records, accepted)
        kinds = Counter(self._judge(task, records.get(task.task_id, {})) for task in accepted)
        ids = {task.task_id for task in accepted}
        again = {task_id for task_id, count in finals.items() if count > 1 and task_id in ids}
        return Verdict(
            tasks=len(accepted),
            lost=kinds["lost"],
            duplicated=len(again | self.changed) + len(accepted) - len(ids),
            wrong=kinds["wrong"],
            failed=kinds["failed"],
        )

    def _judge(self, task: Accepted, record: Record) -> str:
        status = record.get("status")
        if status == "succeeded":
            same = record["sha256"] == task.picture.sha256
            # Compared as values: two releases may write the same JSON differently.
            known = json.loads(record["labels"]) in self.references[task.picture.photo]
            return "succeeded" if same and known else "wrong"
        if status == "failed":
            # All pictures are valid, so this is the only correct reason.
            exhausted = record["error_code"] == "retries_exhausted"
            tried = record.get("receive_count", 0) >= MAX_RECEIVE_COUNT
            return "failed" if exhausted and tried else "wrong"
        return "wrong" if status == "expired" else "lost"


def read_records(clients: Clients, accepted: Sequence[Accepted]) -> dict[str, Record]:
    """The stored records, by id."""
    task_ids = [task.task_id for task in accepted]
    found: dict[str, Record] = {}
    table = names.TASKS_TABLE
    keys = [{"task_id": {"S": task_id}} for task_id in dict.fromkeys(task_ids)]
    for start in range(0, len(keys), BATCH_KEYS):
        wanted: dict[str, Any] = {table: {"Keys": keys[start : start + BATCH_KEYS]}}
        while wanted:
            answer = clients.dynamodb.batch_get_item(RequestItems=wanted)
            for item in answer["Responses"][table]:
                record = {name: _deserializer.deserialize(item[name]) for name in item}
                found[record["task_id"]] = record
            wanted = dict(answer.get("UnprocessedKeys", {}))
    return found
