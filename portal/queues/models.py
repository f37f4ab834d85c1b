"""The two queues and the dead letters, as Django sees them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from django.db.models import CharField, DateTimeField, IntegerField, Model, TextField

from pipeline.core.queue import Delivery
from pipeline.core.tasks import record as records
from pipeline.core.tasks.version_ids import get_user_id
from portal import aws
from portal.environment import env
from portal.queues.groups import LetterPage, group_letters
from portal.queues.letters import count_letters, describe_missing, held, read_task_id
from portal.remote.cursors import Key, decode_key, encode_key
from portal.remote.queryset import Page, RemoteQuerySet


class QueueQuerySet(RemoteQuerySet["Queue"]):
    def read_rows(self) -> Iterator[Queue]:
        for url in (env.task_queue_url, env.dead_letter_queue_url):
            answer = aws.sqs().get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
            attributes: dict[str, str] = dict(answer["Attributes"])  # type: ignore[arg-type]
            redrive = json.loads(attributes.get("RedrivePolicy", "{}"))
            yield self.build(
                source=attributes,
                name=url.rsplit("/", 1)[-1],
                url=url,
                waiting=int(attributes["ApproximateNumberOfMessages"]),
                in_flight=int(attributes["ApproximateNumberOfMessagesNotVisible"]),
                delayed=int(attributes["ApproximateNumberOfMessagesDelayed"]),
                dead_letter_queue=redrive.get("deadLetterTargetArn", "").rsplit(":", 1)[-1],
            )


class Queue(Model):
    """One of the two queues."""

    name = CharField(primary_key=True, max_length=80)
    url = CharField(max_length=300)
    waiting = IntegerField()
    in_flight = IntegerField("in flight")
    delayed = IntegerField()
    dead_letter_queue = CharField("dead letters go to", max_length=80)

    objects = QueueQuerySet.as_manager()
    source: dict[str, str]
    """Attributes as SQS names them."""

    class Meta:
        managed = False
        default_permissions = ("view",)
        permissions = (
            ("purge_queue", "Can purge a queue"),
            ("pause_queue", "Can pause and resume the task queue"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def count(self) -> int:
        """All messages, also those that a worker or an operator holds right now."""
        return self.waiting + self.in_flight + self.delayed

    @property
    def is_dead_letters(self) -> bool:
        return self.url == env.dead_letter_queue_url


class DeadLetterQuerySet(RemoteQuerySet["DeadLetter"]):
    """The letters in the dead-letter queue, each with its task. Reading consumes nothing."""

    def rows(self) -> Iterator[DeadLetter]:
        with held(set(self.equal_to("message_id") or ())) as letters:
            found = self._join(list(letters.values()))
        return iter([letter for letter in found if self.matches(letter)])

    def read_page(self, size: int, after: str | None, before: str | None) -> Page[DeadLetter]:
        """Sort what one look finds, newest first; the cursor is the last letter shown."""
        total = count_letters()
        with held() as held_letters:
            found = self._join(list(held_letters.values()))
        last = decode_key(after)
        letters = [letter for letter in found if self.matches(letter)]
        rest = [letter for letter in letters if last is None or letter.position < last]
        shown = rest[:size]
        return LetterPage(
            shown,
            next_cursor=encode_key(shown[-1].position) if len(rest) > size else None,
            warning=describe_missing(total, len(found)),
            groups=group_letters(found),
        )

    def _join(self, deliveries: list[Delivery]) -> list[DeadLetter]:
        ids = {delivery.message_id: read_task_id(delivery.body) for delivery in deliveries}
        wanted = sorted({task_id for task_id in ids.values() if task_id})
        tasks = {task.task_id: task for task in records.Task.batch_get(wanted)} if wanted else {}
        letters = [
            self._to_row(d, ids[d.message_id], tasks.get(ids[d.message_id])) for d in deliveries
        ]
        return sorted(letters, key=lambda letter: letter.position, reverse=True)

    def _to_row(self, delivery: Delivery, task_id: str, task: records.Task | None) -> DeadLetter:
        return self.build(
            source=task,
            message_id=delivery.message_id,
            task_id=task_id,
            task_status=task.status if task else "",
            error_code=(task.error_code or "") if task else "",
            owner_id=get_user_id(task.owner_id) if task else "",
            last_error=(task.last_error or "") if task else "",
            receive_count=int(task.receive_count or 0) if task else 0,
            sent_at=delivery.sent_at,
            body=delivery.body,
        )


class DeadLetter(Model):
    """A message that used up its receives."""

    message_id = CharField("message", primary_key=True, max_length=100)
    task_id = CharField("task", max_length=36)
    task_status = CharField("status of the task", max_length=16)
    error_code = CharField("error", max_length=40)
    owner_id = CharField("owner", max_length=64)
    last_error = CharField("last error", max_length=200)
    receive_count = IntegerField("receives")
    sent_at = DateTimeField("sent")
    body = TextField()

    objects = DeadLetterQuerySet.as_manager()
    source: records.Task | None
    delivery: Delivery | None = None
    """The message itself, while an operation holds it."""

    class Meta:
        managed = False
        ordering = ("-sent_at",)
        default_permissions = ("view",)
        permissions = (
            ("redrive_deadletter", "Can send dead letters to the queue again"),
            ("discard_deadletter", "Can discard dead letters"),
        )
        verbose_name = "dead letter"

    def __str__(self) -> str:
        return self.message_id

    @property
    def position(self) -> Key:
        return self.sent_at, self.message_id

    @property
    def age_seconds(self) -> float:
        return (datetime.now(UTC) - self.sent_at).total_seconds()
