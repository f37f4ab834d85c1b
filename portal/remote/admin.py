"""ModelAdmin for things that are not in an SQL database: lists, details, history, operations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.admin import ModelAdmin

from portal.aws import AWS_ERRORS, describe_error
from portal.operators import audit, runs
from portal.operators.models import AuditEntry, get_operator
from portal.remote.changelist import AFTER, BEFORE, RemoteChangeList
from portal.remote.operations import Deed, Operation, Outcome
from portal.remote.queryset import RemoteQuerySet

HISTORY_LENGTH = 200
MESSAGE_LINES = 5


class RemoteAdmin(ModelAdmin):
    """Read-only for Django; everything that changes something is an `Operation`."""

    operations: ClassVar[Sequence[Operation]] = ()
    detail_template: ClassVar[str] = "admin/detail.html"
    change_list_template = "admin/remote_list.html"
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    sortable_by: Any = ()
    list_filter_submit = True
    list_fullwidth = True
    actions_selection_counter = True
    empty_list_message = "Nothing here yet."
    no_match_message = "Nothing matches the search and filters."
    bound_parameter = ""
    """Filter that keeps a run to what existed when it began, or it might never end."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[RemoteChangeList]:
        return RemoteChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: RemoteQuerySet, search_term: str
    ) -> tuple[RemoteQuerySet, bool]:
        """Try each of `search_fields` in turn; the first that finds something is the answer."""
        term = search_term.strip()
        if not term:
            return queryset, False
        *exact, last = self.search_fields
        for name in exact:
            found = queryset.filter(**{name: term})
            if found.exists():
                return found, False
        return queryset.filter(**{last: term}), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # Details

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page of one thing. Django's own would ask the content types."""
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        row = self.get_row(request, object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{self.opts.verbose_name.capitalize()} {row}",
            "subtitle": None,
            "opts": self.opts,
            "row": row,
            "operations": self.describe_operations(request, row),
            "history_url": reverse(self.url_name("history"), args=[quote(row.pk)]),
            **self.get_detail_context(request, row),
        }
        return TemplateResponse(request, self.detail_template, context)

    def get_detail_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What the detail template shows beside the row."""
        return {}

    def get_row(self, request: HttpRequest, object_id: str | None) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_queryset(request).filter(pk=unquote(object_id or "")).first()
        if row is None:
            raise Http404(f"There is no such {self.opts.verbose_name}. It may have been deleted.")
        return row

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What operators did to one thing; also to one that is gone."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        key = unquote(object_id)
        entries = AuditEntry.objects.filter(target=f"{self.opts.label_lower}/{key}")
        found = list(entries[:HISTORY_LENGTH])
        context = {
            **self.admin_site.each_context(request),
            "title": f"History of {key}",
            "entries": Paginator(found, HISTORY_LENGTH).get_page(1),
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/history.html", context)

    # Operations

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.operate_view)
        return [
            path("operations/<slug:name>/", view, name=self.url_name("operate").split(":")[1]),
            *super().get_urls(),
        ]

    def url_name(self, page: str) -> str:
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """The native action menu leads to the same confirmation as everything else."""
        return {
            operation.name: (
                partial(_ask_for_many, operation),
                operation.name,
                f"{operation.label}\N{HORIZONTAL ELLIPSIS}",
            )
            for operation in self.operations
            if operation.takes_many and request.user.has_perm(operation.permission)
        }

    def describe_operations(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        """The buttons on the page of one thing."""
        base = self.url_name("operate")
        return [
            {
                "operation": operation,
                "obstacle": operation.find_obstacle(row),
                "url": reverse(base, args=[operation.name]) + f"?id={quote(row.pk)}",
            }
            for operation in self.operations
            if request.user.has_perm(operation.permission)
        ]

    def operate_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """Ask on GET, do on POST."""
        operation = next((o for o in self.operations if o.name == name), None)
        if operation is None:
            raise Http404("There is no such operation.")
        if not request.user.has_perm(operation.permission):
            raise PermissionDenied
        takes_all = request.GET.get("all") == "1"
        if takes_all and not operation.takes_all:
            raise PermissionDenied
        rows = [] if takes_all else self._get_rows(request, operation)
        if not (rows or takes_all):
            messages.warning(request, "Nothing was chosen, or it is gone meanwhile.")
            return redirect(self.url_name("changelist"))
        form = operation.get_form(rows, request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            deed = Deed(get_operator(request), form.cleaned_data)
            if takes_all or operation.always_runs:
                return self._start_run(request, operation, deed, rows)
            return self._perform(request, operation, deed, rows)
        return self._ask(request, operation, rows, form)

    def _get_rows(self, request: HttpRequest, operation: Operation) -> list[Any]:
        keys = [unquote(key) for key in request.GET.getlist("id")][: self.list_per_page]
        if len(keys) > 1 and not operation.takes_many:
            raise PermissionDenied
        return list(self.get_queryset(request).filter(pk__in=keys)) if keys else []

    def _ask(
        self, request: HttpRequest, operation: Operation, rows: list[Any], form: Any
    ) -> HttpResponse:
        back = reverse(self.url_name("changelist"))
        if len(rows) == 1 and operation.takes_many:
            back = reverse(self.url_name("change"), args=[quote(rows[0].pk)])
        context = {
            **self.admin_site.each_context(request),
            "title": f"{operation.label}?",
            "opts": self.opts,
            "operation": operation,
            "rows": [(row, operation.find_obstacle(row)) for row in rows],
            "filters": _describe_filters(request),
            "form": form,
            "back_url": back,
            "run_limit": runs.ITEM_LIMIT,
        }
        return TemplateResponse(request, "admin/confirm.html", context)

    def _perform(
        self, request: HttpRequest, operation: Operation, deed: Deed, rows: list[Any]
    ) -> HttpResponse:
        try:
            outcome = operation.perform(deed, rows)
        except AWS_ERRORS as error:
            # The audit log did not answer, so nothing was done to the rest.
            messages.error(request, f"Stopped: {describe_error(error)}")
            return redirect(self.url_name("changelist"))
        _tell(request, operation, outcome)
        if len(rows) == 1 and self.get_queryset(request).filter(pk=rows[0].pk).exists():
            return redirect(self.url_name("change"), quote(rows[0].pk))
        return redirect(self.url_name("changelist"))

    def _start_run(
        self, request: HttpRequest, operation: Operation, deed: Deed, rows: list[Any]
    ) -> HttpResponse:
        query = QueryDict(request.GET.urlencode(), mutable=True)
        for name in ("all", AFTER, BEFORE):
            query.pop(name, None)
        if self.bound_parameter and not rows:
            query.setdefault(self.bound_parameter, datetime.now(UTC).isoformat())
        run = runs.start(self, operation, deed, query.urlencode())
        target = audit.get_target(rows[0]) if rows else f"{self.opts.label_lower}/*"
        audit.record(deed.operator, operation.label, target, f"Run {run.run_id}", deed.reason)
        return redirect("admin:operators_run_change", run.run_id)


def _ask_for_many(
    operation: Operation, model_admin: RemoteAdmin, request: HttpRequest, queryset: Any
) -> HttpResponse:
    """A native action: on to the confirmation of the chosen rows, or of all that match."""
    query = QueryDict(mutable=True)
    if request.POST.get("select_across") == "1":
        query.update(request.GET)
        query["all"] = "1"
    else:
        query.setlist("id", request.POST.getlist("_selected_action"))
    url = reverse(model_admin.url_name("operate"), args=[operation.name])
    return redirect(f"{url}?{query.urlencode()}")


def _describe_filters(request: HttpRequest) -> list[tuple[str, str]]:
    hidden = {"all", "id", AFTER, BEFORE}
    return [
        (name.replace("_", " "), str(value))
        for name, value in request.GET.items()
        if name not in hidden and value
    ]


def _tell(request: HttpRequest, operation: Operation, outcome: Outcome) -> None:
    if outcome.done:
        what = outcome.done[0] if len(outcome.done) == 1 else f"{len(outcome.done)} of them"
        messages.success(request, f"{operation.done}: {what}.")
    for level, lines in ((messages.WARNING, outcome.skipped), (messages.ERROR, outcome.failed)):
        for line in lines[:MESSAGE_LINES]:
            messages.add_message(request, level, line)
        if len(lines) > MESSAGE_LINES:
            messages.add_message(request, level, f"And {len(lines) - MESSAGE_LINES} more.")
