"""A user with 100,000 tasks, of which nothing is stored: each item is computed when it is read.

It answers the two reads of a search in place of DynamoDB, and counts the items that they read.
"""

from __future__ import annotations

import bisect
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from pynamodb.models import Model

from pipeline.core.search.items import WordEntry, build_entry_id
from pipeline.core.tasks.record import Task, TaskStatus
from tests.examples import OWNER_ID, build_task

COUNT = 100_000
START = datetime(2026, 1, 1, tzinfo=UTC)


class Answered:
    """botocore takes it for the response of a server."""

    status_code = HTTPStatus.OK


class BigTable:
    """Task n was created in minute n. It has each word whose number divides n."""

    def __init__(self, words: Mapping[str, int]) -> None:
        self.reads: Counter[str] = Counter()
        self._words = words

    def build(self, number: int) -> Task:
        labels = [
            {"name": word, "confidence": 90}
            for word, step in self._words.items()
            if not number % step
        ]
        task = build_task(
            OWNER_ID,
            task_id=str(UUID(int=number)),
            created_at=START + timedelta(minutes=number),
            status=TaskStatus.SUCCEEDED.value,
            labels=labels,
        )
        task.updated_at = task.created_at
        return task

    def list_expected(self, *words: str) -> Iterator[str]:
        """The ids of the tasks that have all words, newest first."""
        steps = [self._words[word] for word in words]
        for number in reversed(range(COUNT)):
            if not any(number % step for step in steps):
                yield str(UUID(int=number))

    @contextmanager
    def in_place(self) -> Iterator[BigTable]:
        """Answer the reads of both models until the end of the block."""
        answers = {"Query": (WordEntry, self._query), "BatchGetItem": (Task, self._get)}
        for operation, (model, answer) in answers.items():
            _get_events(model).register_first(f"before-call.dynamodb.{operation}", answer)
        try:
            yield self
        finally:
            for operation, (model, answer) in answers.items():
                _get_events(model).unregister(f"before-call.dynamodb.{operation}", answer)

    def _query(self, params: Mapping[str, Any], **_: Any) -> tuple[Answered, dict[str, Any]]:
        asked = json.loads(params["body"])
        list_id, lowest, highest = (
            value["S"] for value in asked["ExpressionAttributeValues"].values()
        )
        after = asked.get("ExclusiveStartKey", {}).get("entry_id", {}).get("S")
        word = list_id.partition("#")[2]
        found = self._list_entries(word, lowest, min(after or highest, highest), asked["Limit"])
        self.reads["entries"] += len(found)
        items = [{"list_id": {"S": list_id}, "entry_id": {"S": entry_id}} for entry_id in found]
        more = {"LastEvaluatedKey": items[-1]} if len(items) == asked["Limit"] else {}
        return Answered(), {"Items": items, "Count": len(items), "ScannedCount": len(items), **more}

    def _list_entries(self, word: str, lowest: str, highest: str, limit: int) -> list[str]:
        if word not in self._words:
            return []
        numbers = range(0, COUNT, self._words[word])
        end = bisect.bisect_left(numbers, highest, key=self._build_entry_id)
        newest = (self._build_entry_id(number) for number in reversed(numbers[:end][-limit:]))
        return [entry_id for entry_id in newest if entry_id >= lowest]

    def _build_entry_id(self, number: int) -> str:
        return build_entry_id(self.build(number))

    def _get(self, params: Mapping[str, Any], **_: Any) -> tuple[Answered, dict[str, Any]]:
        [(table, asked)] = json.loads(params["body"])["RequestItems"].items()
        keys = [key["task_id"]["S"] for key in asked["Keys"]]
        self.reads["tasks"] += len(keys)
        items = [self.build(UUID(key).int).serialize() for key in keys]
        return Answered(), {"Responses": {table: items}, "UnprocessedKeys": {}}


def _get_events(model: type[Model]) -> Any:
    return model._get_connection().connection.client.meta.events
