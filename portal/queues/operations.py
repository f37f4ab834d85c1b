"""What operators do to dead letters and to whole queues."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextInputWidget

from pipeline.core.errors import TaskNotRetryableError
from pipeline.core.queue import Delivery
from pipeline.core.tasks import flow
from pipeline.core.tasks.record import TaskStatus
from portal import aws
from portal.environment import env
from portal.queues.letters import held, open_dead_letters
from portal.remote.operations import Deed, Operation, Outcome, ReasonForm, Refused

SETTLED = (TaskStatus.QUEUED, TaskStatus.PROCESSING, TaskStatus.SUCCEEDED, TaskStatus.EXPIRED)


class LetterOperation(Operation):
    """Something that takes letters out of the dead-letter queue."""

    def perform(self, deed: Deed, rows: Iterable[Any]) -> Outcome:
        """Hold the letters meanwhile, so that nobody else deals with them."""
        letters = list(rows)
        if not letters:
            return Outcome()
        with held({letter.pk for letter in letters}) as deliveries:
            for letter in letters:
                letter.delivery = deliveries.get(letter.pk)
            return super().perform(deed, letters)

    def take(self, letter: Any) -> Delivery:
        if letter.delivery is None:
            raise Refused("it is gone, or somebody else has it in hand")
        return letter.delivery


class RedriveLetter(LetterOperation):
    """AWS's own redrive would send messages whose tasks have failed: workers would drop them."""

    name = "redrive"
    label = "Redrive"
    icon = "forward"
    done = "Back in the queue"
    permission = "queues.redrive_deadletter"
    explanation = (
        "The failed task is queued again and its letter leaves the dead-letter queue. "
        "Mend the cause first: what fails five times more comes back here."
    )

    def apply(self, deed: Deed, row: Any) -> str:
        delivery = self.take(row)
        detail = self._send(row)
        open_dead_letters().delete(delivery)
        return detail

    def _send(self, letter: Any) -> str:
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
            raise Refused("its task moved on meanwhile; look again") from error
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

    def apply(self, deed: Deed, row: Any) -> str:
        open_dead_letters().delete(self.take(row))
        return f"Deleted the letter {row.body[:200]}"


class PurgeForm(ReasonForm):
    """Asks for the queue's name: nobody purges by a slip of the hand."""

    confirmation = forms.CharField(
        label="Name of the queue",
        help_text="Type it to confirm.",
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    field_order = ("confirmation", "reason")

    def __init__(self, data: Any, *, expected: str) -> None:
        super().__init__(data)
        self._expected = expected

    def clean_confirmation(self) -> str:
        typed: str = self.cleaned_data["confirmation"]
        if typed != self._expected:
            raise forms.ValidationError("This is not the name of the queue.")
        return typed


class PurgeQueue(Operation):
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

    def get_form(self, rows: list[Any], data: Any = None) -> PurgeForm:
        return PurgeForm(data, expected=rows[0].name)

    def apply(self, deed: Deed, row: Any) -> str:
        try:
            aws.sqs().purge_queue(QueueUrl=row.url)
        except aws.sqs().exceptions.PurgeQueueInProgress as error:
            raise Refused("it was purged less than a minute ago") from error
        return f"Purged about {row.waiting + row.in_flight} messages"
