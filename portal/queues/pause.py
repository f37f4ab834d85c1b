"""Pause and resume the task queue: workers take no message meanwhile."""

from __future__ import annotations

from pipeline.core import controls
from pipeline.core.controls import LONGEST_PAUSE, REFRESH_SECONDS
from portal.actions.forms import EndingForm
from portal.actions.operation import Invocation, Operation
from portal.queues.models import Queue

TAKES_EFFECT = f"Every worker knows it within {REFRESH_SECONDS + 5} s."
"""The age of a worker's controls and the length of a long poll."""

LONGEST_MINUTES = int(LONGEST_PAUSE.total_seconds() // 60)


class PauseForm(EndingForm):
    """Asks for how long. A pause that nobody ends ends by itself."""

    unit = "minutes"
    most, usual = LONGEST_MINUTES, 60
    then = "Then the workers go on by themselves."
    field_order = ("minutes", "reason")


class TaskQueueOperation(Operation[Queue]):
    """A control of the whole service. It stands on the page of the task queue."""

    permission = "queues.pause_queue"
    takes_many = takes_all = False

    def find_obstacle(self, row: Queue) -> str:
        return "workers do not read it" if row.is_dead_letters else ""


class PauseQueue(TaskQueueOperation):
    name = "pause"
    label = "Pause"
    icon = "pause_circle"
    done = "Paused"
    explanation = (
        f"The workers finish the pictures that they have and take no others. {TAKES_EFFECT} "
        "People can still send pictures, which wait. Cameras get no answers, and their users "
        f"read why within {REFRESH_SECONDS} s. Nothing is lost and no picture comes closer "
        "to the dead letters. The alarms of depth, age and completions fall silent within a "
        "minute or so. When the pause is over, they notify again of what is still wrong."
    )
    is_destructive = True
    form_class = PauseForm

    def apply(self, invocation: Invocation, row: Queue) -> str:
        until = invocation.data["until"]
        controls.pause(invocation.operator.get_username(), invocation.reason, until)
        return f"Paused until {until:%Y-%m-%d %H:%M:%S} UTC"


class ResumeQueue(TaskQueueOperation):
    name = "resume"
    label = "Resume"
    icon = "play_circle"
    done = "Resumed"
    explanation = f"The workers take messages again. {TAKES_EFFECT}"

    def find_obstacle(self, row: Queue) -> str:
        obstacle = super().find_obstacle(row)
        if obstacle or controls.read_controls().is_paused:
            return obstacle
        return "it is not paused"

    def apply(self, invocation: Invocation, row: Queue) -> str:
        controls.resume()
        return "Resumed"
