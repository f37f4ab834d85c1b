"""The pages of the audit log, of background runs and of operators."""

from __future__ import annotations

from datetime import UTC, datetime

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import quote
from django.core.exceptions import FieldError, PermissionDenied
from django.db import NotSupportedError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, URLPattern, URLResolver, path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST
from unfold.decorators import display

from portal.access.models import Operator, get_operator
from portal.actions import audit, runs
from portal.actions.export import export
from portal.actions.items import RunItem
from portal.actions.models import AuditEntry, Run, RunState
from portal.actions.operation_admin import OperationAdmin
from portal.actions.operators import ResetSecondFactor
from portal.remote.admin import Context
from portal.remote.filters import ChoicesFilter, MomentRangeFilter, SelectFilter
from portal.remote.frozen import describe, thaw
from portal.remote.spans import show_moment

ENTRIES_OF_A_RUN = 200
OTHER_ACTIONS = {
    "Second factor",
    "Sign in",
    "Sign out",
    "Scale",
    "Export",
    "Cancel run",
    "Look at picture",
    "Look at thumbnails",
    "Refused",
    "Acknowledge",
}
"""Actions in the audit log that are not operations."""

RUN_COLOURS = {
    RunState.RUNNING.value: "info",
    RunState.WAITING.value: "info",
    RunState.DONE.value: "success",
    RunState.CANCELLED.value: "warning",
    RunState.STOPPED.value: "danger",
}


class ActionFilter(SelectFilter):
    title = "action"
    parameter_name = field = "action"

    def lookups(
        self, request: HttpRequest, model_admin: ModelAdmin[AuditEntry]
    ) -> list[tuple[str, str]]:
        labels = {
            operation.label
            for other in admin.site._registry.values()
            for operation in getattr(other, "operations", ())
        }
        return [(label, label) for label in sorted(labels | OTHER_ACTIONS)]


@admin.register(AuditEntry)
class AuditAdmin(OperationAdmin[AuditEntry]):
    list_display = ("when", "operator", "action", "what", "detail", "reason")
    list_filter = (ActionFilter, ("at", MomentRangeFilter))
    search_fields = ("operator", "target", "target__contains")
    search_help_text = "Operator, or an id of what was touched"
    detail_template = "admin/actions/entry.html"
    change_list_template = "admin/actions/audit_list.html"

    def get_urls(self) -> list[URLPattern | URLResolver]:  # type: ignore[override]
        wrap = self.admin_site.admin_view
        return [
            path(
                "export/",
                wrap(require_POST(self.export_view)),
                name="operators_auditentry_export",
            ),
            path(
                "<str:object_id>/receipt/",
                wrap(self.receipt_view),
                name="operators_auditentry_receipt",
            ),
            *super().get_urls(),
        ]

    def get_detail_context(self, request: HttpRequest, row: AuditEntry) -> Context:
        run_id = row.source.run_id
        return {
            "receipt": row.source.receipt,
            "things": row.things,
            "thing_url": _build_thing_url(row),
            "run_id": run_id,
            "entries": audit.list_of_run(run_id, ENTRIES_OF_A_RUN) if run_id else [],
        }

    def receipt_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Send the receipt of an erasure as a file."""
        row = self.get_row(request, object_id)
        if not row.source.receipt:
            raise Http404
        answer = JsonResponse(row.source.receipt, json_dumps_params={"indent": 2})
        answer["Content-Disposition"] = f'attachment; filename="erasure-{row.pk}.json"'
        return answer

    def changelist_view(
        self, request: HttpRequest, extra_context: Context | None = None
    ) -> HttpResponse:
        may_export = request.user.has_perm("operators.export_auditentry")
        return super().changelist_view(request, {"may_export": may_export, **(extra_context or {})})

    def export_view(self, request: HttpRequest) -> StreamingHttpResponse:
        """Send the filtered entries as CSV, and audit the export."""
        if not request.user.has_perm("operators.export_auditentry"):
            raise PermissionDenied
        return export(request, self.get_changelist_instance(request).queryset)

    @admin.display(description="when")
    def when(self, entry: AuditEntry) -> str:
        return show_moment(entry.at)

    @admin.display(description="what")
    def what(self, entry: AuditEntry) -> str:
        name = entry.target_name
        short = name[:13] if len(name) == 36 else name
        kind = entry.target_model.partition(".")[2]
        try:
            model = entry.target_model.replace(".", "_")
            url = reverse(f"admin:{model}_history", args=[quote(name)])
        except NoReverseMatch:
            return f"{kind} {name}"
        return format_html('{} <a href="{}" title="{}"><code>{}</code></a>', kind, url, name, short)


def _build_thing_url(entry: AuditEntry) -> str:
    """The list that finds one of the things of an entry, if its search takes their keys."""
    try:
        model = entry.target_model.replace(".", "_")
        return reverse(f"admin:{model}_changelist") + "?q=" if entry.things else ""
    except NoReverseMatch:
        return ""


class StateFilter(ChoicesFilter):
    title = "state"
    parameter_name = field = "state"


@admin.register(Run)
class RunAdmin(OperationAdmin[Run]):
    list_display = (
        "name",
        "status",
        "operator",
        "started",
        "done_count",
        "skipped_count",
        "failed_count",
    )
    list_filter = (StateFilter,)
    search_fields = ("run_id",)
    search_help_text = "Id of a run"
    detail_template = "admin/actions/run.html"
    empty_list_message = "No background run yet. Choose all that match in a list to start one."

    def get_urls(self) -> list[URLPattern | URLResolver]:  # type: ignore[override]
        wrap = self.admin_site.admin_view
        return [
            path(
                "<str:object_id>/advance/",
                wrap(require_POST(self.advance_view)),
                name="operators_run_advance",
            ),
            path(
                "<str:object_id>/cancel/",
                wrap(require_POST(self.cancel_view)),
                name="operators_run_cancel",
            ),
            *super().get_urls(),
        ]

    def get_detail_context(self, request: HttpRequest, row: Run) -> Context:
        return {
            "title": f"{row.operation.capitalize()}: {row.model}",
            "run": row.source,
            "limits": _describe_limits(row),
            "colour": RUN_COLOURS[row.state],
            "is_running": row.state == RunState.RUNNING,
            "may_cancel": request.user.has_perm("operators.cancel_run"),
            "limit": runs.ITEM_LIMIT,
        }

    def advance_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take one step and show the page again: called by the open page of a run."""
        row = self.get_row(request, object_id)
        if row.source.operator_id == request.user.pk or request.user.has_perm(
            "operators.cancel_run"
        ):
            runs.advance(row.source)
        return redirect("admin:operators_run_change", object_id)

    def cancel_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if not request.user.has_perm("operators.cancel_run"):
            raise PermissionDenied
        row = self.get_row(request, object_id)
        if runs.cancel(row.source):
            audit.record(get_operator(request), "Cancel run", audit.get_target(row), "Cancelled")
            messages.success(
                request, f"Cancelled. What was done stays done.{_say_rest(row.source)}"
            )
        else:
            messages.warning(request, "The run was over already.")
        return redirect("admin:operators_run_change", object_id)

    @admin.display(description="run")
    def name(self, run: Run) -> str:
        return f"{run.operation.capitalize()} {run.model.partition('.')[2]}s"

    @admin.display(description="started")
    def started(self, run: Run) -> str:
        return show_moment(run.created_at)

    @display(description="state", label=RUN_COLOURS)
    def status(self, run: Run) -> tuple[str, str]:
        return run.state, run.state


def _say_rest(item: RunItem) -> str:
    """How much a step may still do that runs while its run is cancelled."""
    if item.leased_until and item.leased_until > datetime.now(UTC):
        return f" The step that runs now may still finish up to {runs.STEP_ITEMS} more."
    return ""


def _describe_limits(run: Run) -> list[str]:
    """What the run is limited to; nothing if it touches everything."""
    item = run.source
    if item.keys:
        return [str(key) for key in item.keys]
    try:
        model = apps.get_model(item.model)
        return describe(model, thaw(model, item.conditions or []).conditions)
    except (LookupError, FieldError, NotSupportedError):
        return ["A filter of an older version of the portal"]


@admin.register(Operator)
class OperatorAdmin(OperationAdmin[Operator]):
    list_display = ("name", "rank", "kind", "factor", "seen")
    detail_template = "admin/access/operator.html"
    operations = (ResetSecondFactor(),)

    @admin.display(description="operator")
    def name(self, operator: Operator) -> str:
        return operator.get_username()

    @display(
        description="role",
        label={"admin": "danger", "operator": "info", "viewer": "success", "none": "warning"},
    )
    def rank(self, operator: Operator) -> str:
        return operator.role

    @admin.display(description="last sign-in")
    def seen(self, operator: Operator) -> str:
        return show_moment(operator.last_login)

    @admin.display(description="signs in with")
    def kind(self, operator: Operator) -> str:
        return "a local password" if operator.is_local else "Cognito"

    @display(description="second factor", label={"set up": "success", "missing": "warning"})
    def factor(self, operator: Operator) -> str:
        return "set up" if operator.source.factor_key else "missing"
