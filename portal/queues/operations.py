"""What operators do to dead letters and to whole queues."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.core.errors import TaskNotRetryableError
from pipeline.core.queue import Delivery
from pipeline.core.tasks import flow
from pipeline.core.tasks.record import TaskStatus
from portal import aws
from portal.actions.forms import Data, ReasonForm, TypedForm
from portal.actions.operation import Invocation, Operation, Outcome, Refused
from portal.environment import env
from portal.queues.letters import held, open_dead_letters
from portal.queues.models import DeadLetter, Queue

SETTLED = (TaskStatus.QUEUED, TaskStatus.PROCESSING, TaskStatus.SUCCEEDED, TaskStatus.EXPIRED)


class LetterOperation(Operation[DeadLetter]):
    """Something that takes letters out of the dead-letter queue."""

    def perform(self, invocation: Invocation, rows: Iterable[DeadLetter]) -> Outcome:
        """Hold the letters until the end, so that no other operator acts on them."""
        letters = list(rows)
        if not letters:
            return Outcome()
        with held({letter.pk for letter in letters}) as deliveries:
            for letter in letters:
                letter.delivery = deliveries.get(letter.pk)
            return super().perform(invocation, letters)

    def take(self, letter: DeadLetter) -> Delivery:
        if letter.delivery is None:
            raise Refused("it is gone, or someone else holds it; try again in 30 s")
        return letter.delivery


class RedriveLetter(LetterOperation):
    """Not AWS's own redrive: it would send messages of failed tasks, which workers drop."""

    name = "redrive"
    label = "Redrive"
    icon = "forward"
    done = "Back in the queue"
    permission = "queues.redrive_deadletter"
    explanation = (
        "The failed task is queued again and its letter leaves the dead-letter queue. "
        "Mend the cause first: what fails five times more comes back here."
    )

    def apply(self, invocation: Invocation, row: DeadLetter) -> str:
        delivery = self.take(row)
        detail = self._send(row)
        open_dead_letters().delete(delivery)
        return detail

    def _send(self, letter: DeadLetter) -> str:
        if not letter.task_id:
            aws.sqs().send_message(QueueUrl=env.task_queue_url, MessageBody=letter.body)
            return "Sent again as it is: it names no task"
        if letter.source is None:
            raise Refused("its task was deleted; discard the letter")
        if letter.task_status in SETTLED:
            return f"Only removed: its task is {letter.task_status} already"
        try:
            flow.retry(letter.source, aws.task_queue())
        except TaskNotRetryableError as error:
            raise Refused("its task has changed since; open the list again") from error
        return f"Task {letter.task_id} queued again; it had failed with {letter.error_code}"


class DiscardLetter(LetterOperation):
    name = "discard"
    label = "Discard"
    icon = "delete"
    done = "Discarded"
    permission = "queues.discard_deadletter"
    explanation = (
        "The letter is deleted for good. Its task stays as it is: a failed one can still be "
        "retried from its own page."
    )
    is_destructive = True
    form_class = ReasonForm

    def apply(self, invocation: Invocation, row: DeadLetter) -> str:
        open_dead_letters().delete(self.take(row))
        return f"Deleted the letter {row.body[:200]}"


class PurgeQueue(Operation[Queue]):
    name = "purge"
    label = "Purge"
    icon = "delete_sweep"
    done = "Purged"
    permission = "queues.purge_queue"
    explanation = (
        "Every message is deleted, within a minute and for good. Tasks that waited are queued "
        "again by the sweep after ten minutes; dead letters are not."
    )
    is_destructive = True
    takes_many = takes_all = False

    def get_form(self, rows: Sequence[Queue], data: Data = None) -> TypedForm:
        return TypedForm(data, label="Name of the queue", expected=rows[0].name)

    def apply(self, invocation: Invocation, row: Queue) -> str:
        try:
            aws.sqs().purge_queue(QueueUrl=row.url)
        except aws.sqs().exceptions.PurgeQueueInProgress as error:
            raise Refused("it was purged less than a minute ago") from error
        return f"Purged about {row.waiting + row.in_flight} messages"
