"""The pages of queues and dead letters."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import display

from pipeline.core.controls import Controls, read_controls
from portal.actions.operation_admin import OperationAdmin
from portal.queues.letters import HIDDEN_SECONDS
from portal.queues.models import DeadLetter, Queue
from portal.queues.notice import HideNotice, ShowNotice
from portal.queues.operations import DiscardLetter, PurgeQueue, RedriveLetter
from portal.queues.pause import PauseQueue, ResumeQueue
from portal.remote.admin import Context
from portal.remote.attempts import Attempt, attempt
from portal.remote.filters import MomentRangeFilter, SelectFilter
from portal.remote.spans import describe_seconds
from portal.tasks.admin import COLOURS
from portal.tasks.filters import ErrorFilter
from portal.tasks.retrying import NO_ERROR

ATTRIBUTES = {
    "VisibilityTimeout": "Visibility timeout, s",
    "ReceiveMessageWaitTimeSeconds": "Long poll, s",
    "MessageRetentionPeriod": "Retention, s",
    "MaximumMessageSize": "Largest message, bytes",
    "SqsManagedSseEnabled": "Encrypted by SQS",
    "RedrivePolicy": "Redrive policy",
    "QueueArn": "ARN",
}


@admin.register(Queue)
class QueueAdmin(OperationAdmin[Queue]):
    list_display = ("name", "waiting", "in_flight", "delayed", "dead_letter_queue")
    operations = (PauseQueue(), ResumeQueue(), ShowNotice(), HideNotice(), PurgeQueue())
    detail_template = "admin/queues/queue.html"

    def get_detail_context(self, request: HttpRequest, row: Queue) -> Context:
        found = row.source
        known = [(label, found[name]) for name, label in ATTRIBUTES.items() if name in found]
        controls = Attempt[Controls]() if row.is_dead_letters else attempt(read_controls)
        return {"title": f"Queue {row}", "attributes": known, "controls": controls}


class LastErrorFilter(SelectFilter):
    """Letters of one error. The groups above the list lead here."""

    title = "last error"
    parameter_name = field = "last_error"

    def lookups(
        self, request: HttpRequest, model_admin: ModelAdmin[DeadLetter]
    ) -> list[tuple[str, str]]:
        error = self.value()
        return [(error, error)] if error else []

    def to_field_value(self, value: str) -> object:
        return "" if value == NO_ERROR else value


@admin.register(DeadLetter)
class DeadLetterAdmin(OperationAdmin[DeadLetter]):
    list_display = (
        "name",
        "task",
        "state",
        "error_code",
        "last_error",
        "receive_count",
        "age",
        "owner",
    )
    list_filter = (ErrorFilter, LastErrorFilter, ("sent_at", MomentRangeFilter))
    list_before_template = "admin/queues/letter_groups.html"
    search_fields = ("task_id", "owner_id", "message_id")
    search_help_text = "Task, owner or message id"
    operations = (RedriveLetter(), DiscardLetter())
    detail_template = "admin/queues/letter.html"
    empty_list_message = "No dead letters. Every message was dealt with."
    no_match_message = "No dead letter matches the search and filters. There may be others."
    nothing_found_message = (
        "Nothing was chosen, it no longer exists, or someone else holds it: "
        f"then try again in {HIDDEN_SECONDS} s."
    )
    bound_field = "sent_at"

    @admin.display(description="message")
    def name(self, letter: DeadLetter) -> str:
        return format_html('<code title="{}">{}</code>', letter.pk, letter.pk[:8])

    @admin.display(description="task")
    def task(self, letter: DeadLetter) -> str:
        if letter.source is None:
            return "deleted" if letter.task_id else "names no task"
        url = reverse("admin:tasks_task_change", args=[letter.task_id])
        return format_html(
            '<a href="{}" title="{}"><code>{}</code></a>',
            url,
            letter.task_id,
            letter.task_id[:13],
        )

    @display(description="its status", label=COLOURS)
    def state(self, letter: DeadLetter) -> tuple[str, str]:
        return letter.task_status, letter.task_status.replace("_", " ")

    @admin.display(description="age")
    def age(self, letter: DeadLetter) -> str:
        return describe_seconds(letter.age_seconds)

    @admin.display(description="owner")
    def owner(self, letter: DeadLetter) -> str:
        return letter.owner_id[:8]
