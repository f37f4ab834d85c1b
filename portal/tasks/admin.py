"""The pages of tasks."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST
from unfold.decorators import display

from pipeline.core.storage import build_preview_key
from pipeline.core.tasks.attempts import KEPT
from pipeline.core.tasks.history import list_attempts
from pipeline.core.tasks.record import TaskStatus
from pipeline.core.tasks.version_ids import get_user_id, get_version, names_version
from portal import aws
from portal.access.accounts import Account, find_owner, find_owner_ids
from portal.access.models import get_operator
from portal.actions import audit
from portal.actions.operation_admin import OperationAdmin
from portal.environment import env
from portal.remote.admin import Context
from portal.remote.attempts import Attempt, attempt
from portal.remote.changelist import RemoteChangeList
from portal.remote.filters import MomentRangeFilter
from portal.remote.spans import show_moment
from portal.tasks import saved, thumbnails
from portal.tasks.columns import read_extras
from portal.tasks.comparison import read_history
from portal.tasks.export import PERMISSION, export
from portal.tasks.filters import ErrorFilter, ModelFilter, RetryingFilter, StatusFilter
from portal.tasks.models import Task
from portal.tasks.operations import DeleteTask, RecogniseTask, RetryTask
from portal.tasks.timeline import build_timeline

COLOURS = {
    TaskStatus.SUCCEEDED.value: "success",
    TaskStatus.FAILED.value: "danger",
    TaskStatus.PROCESSING.value: "info",
    TaskStatus.QUEUED.value: "warning",
}


@admin.register(Task)
class TaskAdmin(OperationAdmin[Task]):
    list_display = (
        "name",
        "file",
        "state",
        "error_code",
        "created",
        "total",
        "receives",
        "worker",
        "owner",
    )
    list_display_links = ("name",)
    list_filter = (
        StatusFilter,
        ErrorFilter,
        RetryingFilter,
        ModelFilter,
        ("created_at", MomentRangeFilter),
    )
    search_fields = ("task_id", "owner_id")
    search_help_text = "Task id, owner id or e-mail"
    operations = (RetryTask(), RecogniseTask(), DeleteTask())
    detail_template = "admin/tasks/detail.html"
    bound_field = "created_at"
    change_list_template = "admin/tasks/list.html"
    preview_template = "admin/tasks/thumbnails.html"
    empty_list_message = "No tasks yet."
    no_match_message = (
        "No task matches the search and filters. Ids and addresses must be given in full."
    )

    def get_urls(self) -> list[URLPattern | URLResolver]:  # type: ignore[override]
        views = {
            "export": self.export_view,
            "thumbnails": self.choose_view,
            "save-filter": self.save_filter_view,
            "remove-filter": self.remove_filter_view,
        }
        return [
            *(
                path(
                    f"{name}/",
                    self.admin_site.admin_view(require_POST(view)),
                    name=f"tasks_task_{name.replace('-', '_')}",
                )
                for name, view in views.items()
            ),
            *super().get_urls(),
        ]

    def get_list_display(self, request: HttpRequest) -> list[str]:  # type: ignore[override]
        columns = [str(name) for name in super().get_list_display(request)]
        return ["thumbnail", *columns] if thumbnails.are_shown(request) else columns

    def choose_view(self, request: HttpRequest) -> HttpResponse:
        """Show or hide thumbnails in the lists of this operator."""
        self._check(request)
        return thumbnails.choose(request)

    def save_filter_view(self, request: HttpRequest) -> HttpResponse:
        """Keep the filter of the list under a name."""
        self._check(request)
        return saved.save(request, self._read_list(request))

    def remove_filter_view(self, request: HttpRequest) -> HttpResponse:
        """Forget a kept filter."""
        self._check(request)
        return saved.remove(request)

    def _check(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def changelist_view(
        self, request: HttpRequest, extra_context: Context | None = None
    ) -> HttpResponse:
        context: Context = {
            "may_export": request.user.has_perm(PERMISSION),
            "saved": saved.list_saved(get_operator(request)),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def export_view(self, request: HttpRequest) -> StreamingHttpResponse:
        """Send the list as a file."""
        changelist = self.get_changelist_instance(request)
        assert isinstance(changelist, RemoteChangeList)
        return export(request, changelist)

    def enrich(self, rows: Sequence[Task]) -> None:
        extras = read_extras(rows)
        for row in rows:
            row.extra = extras[row.pk]

    def present(self, request: HttpRequest, rows: Sequence[Task]) -> None:
        if thumbnails.are_shown(request):
            thumbnails.sign(request, rows)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Task], search_term: str
    ) -> tuple[QuerySet[Task], bool]:
        if "@" not in search_term:
            return super().get_search_results(request, queryset, search_term)
        owners = find_owner_ids(search_term.strip())
        return (queryset.filter(owner_id__in=owners) if owners else queryset.none()), False

    @admin.display(description="picture")
    def thumbnail(self, task: Task) -> str:
        return thumbnails.draw(task)

    @admin.display(description="task")
    def name(self, task: Task) -> str:
        name = task.pk[:13]
        if names_version(task.pk):
            name += f", version {get_version(task.pk)}"
        return format_html('<code title="{}">{}</code>', task.pk, name)

    @display(description="status", label=COLOURS)
    def state(self, task: Task) -> tuple[str, str]:
        return task.status, task.get_status_display()

    @admin.display(description="created")
    def created(self, task: Task) -> str:
        return show_moment(task.created_at)

    @admin.display(description="total time")
    def total(self, task: Task) -> str:
        return "" if task.total_ms is None else f"{task.total_ms / 1000:.1f} s"

    @admin.display(description="owner")
    def owner(self, task: Task) -> str:
        user_id = get_user_id(task.owner_id)
        url = reverse("admin:tasks_task_changelist") + f"?q={quote(user_id)}"
        return format_html(
            '<a class="cut" href="{}" title="All tasks of {}">{}</a>',
            url,
            user_id,
            task.extra.address or user_id[:8],
        )

    @admin.display(description="file")
    def file(self, task: Task) -> str:
        name = task.extra.file_name
        return format_html('<span class="cut" title="{}">{}</span>', name, name) if name else ""

    @admin.display(description="receives")
    def receives(self, task: Task) -> str:
        return task.extra.receives

    def get_detail_context(self, request: HttpRequest, row: Task) -> Context:
        record = row.source
        return {
            "subtitle": None,
            "title": f"Task {row.pk}",
            "task": record,
            "colour": COLOURS.get(row.status, ""),
            "picture": self._show_picture(request, row),
            "labels": record.get_found_labels(),
            "corrected": record.get_labels() if record.corrected else [],
            "features": record.get_features(),
            "models_asked": sorted(record.chosen_models or ()),
            "properties": record.get_properties(),
            "text": record.get_text(),
            "answer": record.get_answer(),
            "moderation": record.get_moderation(),
            "moments": build_timeline(record),
            "attempts": list_attempts(record),
            "attempts_kept": KEPT,
            "history": attempt(lambda: read_history(record)),
            "user_id": get_user_id(record.owner_id),
            "owner": _find_account(get_user_id(record.owner_id)),
            "logs_url": env.logs_url.format(task_id=row.pk) if env.logs_url else "",
        }

    def _show_picture(self, request: HttpRequest, row: Task) -> Attempt[str]:
        """The signed address of the picture. Looking at the picture of another is audited."""
        if not row.source.has_picture():
            return Attempt("")
        operator = get_operator(request)
        if operator.pk != get_user_id(row.owner_id):
            target = audit.get_target(row)
            entry = attempt(lambda: audit.record(operator, "Look at picture", target, "Shown"))
            if entry.error:
                return Attempt(error=entry.error)
        record = row.source
        key = build_preview_key(record.image_key) if record.has_preview else record.image_key
        return Attempt(default_storage.url(key))


def _find_account(owner_id: str) -> Account | None:
    """The account of the owner; a missing one, or a Cognito that is down, hides nothing else."""
    try:
        return find_owner(owner_id)
    except aws.AWS_ERRORS:
        return None
