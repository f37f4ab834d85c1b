"""Hold and release the queue of one user, and give one user larger limits for a time."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, islice
from typing import ClassVar

from django import forms
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from pipeline.core import controls, quotas
from pipeline.core.tasks.record import Task, TaskStatus, build_list_number
from pipeline.core.tasks.version_ids import build_versions_owner
from portal import aws
from portal.actions.forms import ConfirmForm, EndingForm, ReasonForm
from portal.actions.operation import Invocation, Operation, Refused
from portal.users.models import User

SENT_AGAIN = 500
"""Waiting tasks that a release sends. The sweep sends the others within minutes."""

DELAY_SECONDS = 2 * controls.REFRESH_SECONDS
"""Until then every worker knows of the release."""

LATEST_US = 10**17 - 1
"""Later than any task, in microseconds since 1970."""


class _UserControl(Operation[User]):
    permission = "users.hold_user"
    form_class: ClassVar[type[ConfirmForm]] = ReasonForm
    takes_many = takes_all = False


class HoldUser(_UserControl):
    name = "hold"
    label = "Hold queue"
    icon = "front_hand"
    done = "Held"
    explanation = (
        "Workers take no more pictures of this user. They wait, and nothing is lost. Pictures that "
        "a worker has already are finished. The user can still send pictures up to the limits."
    )
    is_destructive = True

    def find_obstacle(self, row: User) -> str:
        return "it is held already" if controls.read_controls().is_held(row.sub) else ""

    def apply(self, invocation: Invocation, row: User) -> str:
        held = controls.read_controls().held_owners or set()
        if len(held) >= controls.MOST_HELD:
            raise Refused(f"{controls.MOST_HELD} users are held already; release one first")
        controls.hold(row.sub)
        return "Held"


class ReleaseUser(_UserControl):
    name = "release"
    label = "Release queue"
    icon = "play_arrow"
    done = "Released"
    explanation = (
        f"The pictures that wait are sent to the workers again, the first after {DELAY_SECONDS} s."
    )

    def find_obstacle(self, row: User) -> str:
        return "" if controls.read_controls().is_held(row.sub) else "it is not held"

    def apply(self, invocation: Invocation, row: User) -> str:
        controls.release(row.sub)
        queue, count = aws.task_queue(), 0
        waiting = chain(_list_queued(row.sub), _list_queued(build_versions_owner(row.sub)))
        for task in islice(waiting, SENT_AGAIN):
            queue.send(task.task_id, row.sub, delay_seconds=DELAY_SECONDS)
            count += 1
        return f"Released; {count} waiting pictures sent again"


def _list_queued(owner_id: str) -> Iterable[Task]:
    status = TaskStatus.QUEUED
    return Task.by_owner_status.query(
        owner_id,
        Task.listed_as.between(build_list_number(status), build_list_number(status, LATEST_US)),
        page_size=SENT_AGAIN,
    )


class QuotaForm(EndingForm):
    """How many times as much, and for how many days."""

    unit = "days"
    most, usual = quotas.LONGEST.days, 7
    then = "Then the limits of everybody hold again."
    factor = forms.IntegerField(
        label="Times the limits",
        min_value=2,
        max_value=quotas.LARGEST_FACTOR,
        initial=2,
        help_text=f"2 to {quotas.LARGEST_FACTOR}.",
        widget=UnfoldAdminIntegerFieldWidget(),
    )
    field_order = ("factor", "days", "reason")


class GrantQuota(_UserControl):
    name = "quota"
    label = "Change quota"
    icon = "speed"
    done = "Quota changed"
    explanation = (
        "The user may send so many times as many uploads, bytes and megapixels, and have so many "
        "times as many unfinished pictures. It holds from the next upload on. A limit that was "
        "just reached returns so many times as fast."
    )
    form_class = QuotaForm

    def apply(self, invocation: Invocation, row: User) -> str:
        factor, until = int(invocation.data["factor"]), invocation.data["until"]
        quotas.grant(
            row.sub,
            factor,
            until,
            operator=invocation.operator.get_username(),
            reason=invocation.reason,
        )
        return f"{factor} times the limits until {until:%Y-%m-%d %H:%M} UTC"


class EndQuota(_UserControl):
    name = "end-quota"
    label = "End quota"
    icon = "restart_alt"
    done = "Quota ended"
    explanation = "The limits of everybody hold again for this user, from the next upload on."

    def find_obstacle(self, row: User) -> str:
        return "" if quotas.find_quota(row.sub) else "the limits of everybody hold already"

    def apply(self, invocation: Invocation, row: User) -> str:
        quotas.end(row.sub)
        return "Ended"
