"""The page of the workers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_http_methods
from unfold.decorators import display
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from portal import aws
from portal.access.models import get_operator
from portal.actions import audit
from portal.actions.forms import Data, ReasonForm
from portal.actions.operation import Invocation, Operation, Refused
from portal.actions.operation_admin import OperationAdmin
from portal.environment import env
from portal.remote.admin import Context
from portal.remote.attempts import attempt
from portal.remote.spans import describe_span
from portal.workers.group import IN_SERVICE, Group, read_group, read_pulses
from portal.workers.models import Worker
from portal.workers.versions import read_versions

SHORT_VERSION = 12
"""Letters of a version that lists show."""


class DrainWorker(Operation[Worker]):
    name = "drain"
    label = "Drain"
    icon = "logout"
    done = "Draining"
    permission = "workers.drain_worker"
    explanation = (
        "The worker finishes the pictures in its slots, gives the rest back to the queue and ends. "
        "The group wants one worker less from now on."
    )
    is_destructive = True
    form_class = ReasonForm
    takes_many = takes_all = False

    def find_obstacle(self, row: Worker) -> str:
        if row.source is None:
            return "it is not in the group"
        return "" if row.state == IN_SERVICE else f"it is {row.state}"

    def apply(self, invocation: Invocation, row: Worker) -> str:
        group = read_group()
        if group.desired <= group.minimum:
            raise Refused(f"the group must keep at least {group.minimum}")
        aws.autoscaling().terminate_instance_in_auto_scaling_group(
            InstanceId=row.pk, ShouldDecrementDesiredCapacity=True
        )
        return f"Draining; {group.desired - 1} workers are wanted now"


class CapacityForm(ReasonForm):
    """How many workers there shall be, within the bounds of the group."""

    desired = forms.IntegerField(label="Workers wanted", widget=UnfoldAdminIntegerFieldWidget())
    field_order = ("desired", "reason")

    def __init__(self, data: Data, *, group: Group) -> None:
        super().__init__(data, initial={"desired": group.desired})
        field: Any = self.fields["desired"]
        field.min_value, field.max_value = group.minimum, group.maximum
        field.help_text = f"From {group.minimum} to {group.maximum}."
        field.widget.attrs.update(min=group.minimum, max=group.maximum)
        field.validators += [
            forms.IntegerField(min_value=group.minimum, max_value=group.maximum).run_validators
        ]


@admin.register(Worker)
class WorkerAdmin(OperationAdmin[Worker]):
    list_display = (
        "name", "condition", "state", "release", "networks", "heartbeat", "pace", "lately",
    )  # fmt: skip
    operations = (DrainWorker(),)
    detail_template = "admin/workers/detail.html"
    list_before_template = "admin/workers/group.html"
    empty_list_message = "No worker runs. Change the number of workers above."

    def get_urls(self) -> list[URLPattern | URLResolver]:  # type: ignore[override]
        view = self.admin_site.admin_view(require_http_methods(["GET", "POST"])(self.scale_view))
        return [path("scale/", view, name="workers_worker_scale"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: Context | None = None
    ) -> HttpResponse:
        group = attempt(read_group)
        context: Context = {
            "group": group,
            "versions": attempt(lambda: read_versions(group.value, read_pulses())),
            "may_scale": request.user.has_perm("workers.scale_worker"),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def scale_view(self, request: HttpRequest) -> HttpResponse:
        """Ask how many workers there shall be, and see to it."""
        if not request.user.has_perm("workers.scale_worker"):
            raise PermissionDenied
        group = read_group()
        form = CapacityForm(request.POST or None, group=group)
        if request.method == "POST" and form.is_valid():
            _scale(request, group, form.cleaned_data["desired"], form.cleaned_data["reason"])
            return redirect("admin:workers_worker_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": "Change the number of workers",
            "opts": self.opts,
            "operation": {
                "label": "Change",
                "icon": "tune",
                "explanation": "New workers take minutes to start. A worker that stops finishes "
                "its pictures first. Scaling policies may change the number again.",
            },
            "form": form,
            "back_url": "..",
        }
        return TemplateResponse(request, "admin/actions/confirm.html", context)

    @display(description="health", label={"healthy": "success", "unwell": "danger"})
    def condition(self, worker: Worker) -> str:
        return "healthy" if worker.is_healthy else "unwell"

    @admin.display(description="version")
    def release(self, worker: Worker) -> str:
        short = worker.version[:SHORT_VERSION]
        return format_html('<code title="{}">{}</code>', worker.version, short) if short else ""

    @admin.display(description="models")
    def networks(self, worker: Worker) -> str:
        return format_html_join(
            "",
            '<span class="cut" title="{}: {}">{}</span><br>',
            ((role, name, name) for role, name in sorted(worker.models.items())),
        )

    @admin.display(description="last hour")
    def lately(self, worker: Worker) -> str:
        if worker.recognised is None or worker.failed is None:
            return ""
        return f"{worker.failed:,} of {worker.recognised + worker.failed:,} failed"

    @admin.display(description="last heartbeat")
    def heartbeat(self, worker: Worker) -> str:
        if worker.seen_at is None:
            return "none in 3 h"
        return f"{describe_span(datetime.now(UTC) - worker.seen_at)} ago"

    @admin.display(description="images a minute")
    def pace(self, worker: Worker) -> str:
        return "" if worker.images_per_minute is None else f"{worker.images_per_minute:.0f}"


def _scale(request: HttpRequest, group: Group, desired: int, reason: str) -> None:
    target = f"workers.worker/{group.name}"
    entry = audit.record(get_operator(request), "Scale", target, "Started", reason)
    try:
        aws.autoscaling().set_desired_capacity(
            AutoScalingGroupName=env.worker_group, DesiredCapacity=desired, HonorCooldown=False
        )
    except aws.AWS_ERRORS as error:
        audit.complete(entry, f"Failed: {aws.describe_error(error)}")
        messages.error(request, aws.describe_error(error))
        return
    audit.complete(entry, f"From {group.desired} to {desired} workers")
    messages.success(request, f"{desired} workers are wanted now; it takes a while to get there.")
