"""Tell all users of the web page something, such as a maintenance."""

from __future__ import annotations

from django import forms
from unfold.widgets import UnfoldAdminTextInputWidget

from pipeline.core import controls
from portal.actions.forms import EndingForm
from portal.actions.operation import Invocation
from portal.queues.models import Queue
from portal.queues.pause import TaskQueueOperation


class NoticeForm(EndingForm):
    """What users read, and for how long."""

    unit = "hours"
    most, usual = 72, 4
    then = "Then it is gone."
    text = forms.CharField(
        label="Text for users",
        max_length=controls.NOTICE_LENGTH,
        help_text="All users of the web page read it. Say what they notice and until when.",
        widget=UnfoldAdminTextInputWidget(),
    )
    field_order = ("text", "hours", "reason")


class ShowNotice(TaskQueueOperation):
    name = "notice"
    label = "Tell users"
    icon = "campaign"
    done = "Shown to users"
    explanation = (
        "The web page shows the text to everybody who is signed in, within a minute. Nothing else "
        "changes: to stop the workers, pause the queue."
    )
    form_class = NoticeForm

    def apply(self, invocation: Invocation, row: Queue) -> str:
        text, until = str(invocation.data["text"]), invocation.data["until"]
        controls.show_notice(text, until)
        return f"Shown until {until:%Y-%m-%d %H:%M} UTC: {text}"


class HideNotice(TaskQueueOperation):
    name = "end-notice"
    label = "End notice"
    icon = "campaign"
    done = "Users see no notice any more"
    explanation = "The web page shows no notice any more, within a minute."

    def find_obstacle(self, row: Queue) -> str:
        obstacle = super().find_obstacle(row)
        if obstacle or controls.read_controls().shown_notice:
            return obstacle
        return "no notice is shown"

    def apply(self, invocation: Invocation, row: Queue) -> str:
        controls.hide_notice()
        return "Ended"
