"""The pages of what users corrected."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_POST
from unfold.decorators import display

from portal.access.models import get_operator
from portal.actions import audit
from portal.actions.operation_admin import OperationAdmin
from portal.corrections.coco import build_evaluation_set, read_shared
from portal.corrections.disagreements import READ_LIMIT, Kind
from portal.corrections.models import Disagreement
from portal.remote.admin import Context

PERMISSION = "corrections.export_disagreement"
SHOWN_TASKS = 20

COLOURS = {
    Kind.WRONG.value: "danger",
    Kind.RENAMED.value: "warning",
    Kind.MISSED.value: "info",
    Kind.CONFIRMED.value: "success",
}


@admin.register(Disagreement)
class DisagreementAdmin(OperationAdmin[Disagreement]):
    list_display = ("what", "state", "photos", "users", "sure", "models")
    list_display_links = ("what",)
    change_list_template = "admin/corrections/list.html"
    detail_template = "admin/corrections/detail.html"
    empty_list_message = "No user has corrected a result that is still stored."

    def get_urls(self) -> list[URLPattern | URLResolver]:  # type: ignore[override]
        view = self.admin_site.admin_view(require_POST(self.export_view))
        name = "corrections_disagreement_export"
        return [path("export/", view, name=name), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: Context | None = None
    ) -> HttpResponse:
        context: Context = {
            "may_export": request.user.has_perm(PERMISSION),
            "read_limit": f"{READ_LIMIT:,}",
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def export_view(self, request: HttpRequest) -> JsonResponse:
        """Send the photos of users who share them, and audit that."""
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        tasks = read_shared()
        users = len({task.owner_id for task in tasks})
        detail = f"Evaluation set of {len(tasks)} photos of {users} users"
        audit.record(get_operator(request), "Export", "corrections.disagreement/*", detail)
        headers = {"Content-Disposition": 'attachment; filename="spotter-evaluation.json"'}
        return JsonResponse(build_evaluation_set(tasks), headers=headers)

    def get_detail_context(self, request: HttpRequest, row: Disagreement) -> Context:
        tasks = row.source.tasks
        return {
            "colour": COLOURS[row.kind],
            "tasks": tasks[:SHOWN_TASKS],
            "more": max(0, len(tasks) - SHOWN_TASKS),
        }

    @admin.display(description="correction")
    def what(self, row: Disagreement) -> str:
        return str(row)

    @display(description="kind", label=COLOURS)
    def state(self, row: Disagreement) -> str:
        return row.kind

    @admin.display(description="confidence of the models")
    def sure(self, row: Disagreement) -> str:
        return "" if row.confidence is None else f"{row.confidence:.1f} %"
