"""ModelAdmin for things that operators act on: confirmation, background runs, history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, TypeVar

from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.html import format_html

from portal.access.models import get_operator
from portal.actions import audit, bulk, runs
from portal.actions.bulk import Preview
from portal.actions.forms import ConfirmForm
from portal.actions.models import AuditEntry
from portal.actions.operation import Invocation, Operation, Outcome
from portal.aws import AWS_ERRORS, describe_error
from portal.remote.admin import Context, RemoteAdmin
from portal.remote.back import BACK, keep_back, lead_back
from portal.remote.changelist import AFTER, BEFORE, LONGEST_VALUE, RemoteChangeList
from portal.remote.frozen import NothingMatchesError, freeze
from portal.remote.queryset import RemoteQuerySet

RowT = TypeVar("RowT", bound=Model)

HISTORY_LENGTH = 200
MESSAGE_LINES = 5


class OperationAdmin(RemoteAdmin[RowT]):
    """Everything that changes something is an `Operation`."""

    operations: ClassVar[Sequence[Operation[Any]]] = ()
    nothing_found_message = "Nothing was chosen, or it no longer exists."
    bound_field: ClassVar[str] = ""
    """Time of creation. A run touches only what existed when it began, or it might never end."""
    preview_template: ClassVar[str] = ""
    """Stands above the first things that a bulk action would touch."""

    @property
    def list_disable_select_all(self) -> bool:
        """unfold asks whether to hide "Select all matching"."""
        return not any(operation.takes_all for operation in self.operations)

    # Details

    def get_bar_context(self, request: HttpRequest, row: RowT) -> Context:
        return {
            "operations": self.describe_operations(request, row),
            "history_url": keep_back(
                reverse(self.url_name("history"), args=[quote(row.pk)]), request
            ),
        }

    def describe_operations(self, request: HttpRequest, row: RowT) -> list[Context]:
        """The buttons on the page of one thing."""
        base = self.url_name("operate")
        return [
            {
                "operation": operation,
                "obstacle": operation.find_obstacle(row),
                "url": keep_back(
                    reverse(base, args=[operation.name]) + f"?id={quote(row.pk)}", request
                ),
            }
            for operation in self.operations
            if get_operator(request).has_perm(operation.permission)
        ]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Context | None = None
    ) -> HttpResponse:
        """What operators did to one thing; also to one that is gone."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        key = unquote(object_id)
        if len(key) > LONGEST_VALUE:
            raise Http404("Nothing has so long a name.")
        entries = AuditEntry.objects.filter(target=f"{self.opts.label_lower}/{key}")
        found = list(entries[:HISTORY_LENGTH])
        context = {
            **self.admin_site.each_context(request),
            "title": f"History of {key}",
            "entries": Paginator(found, HISTORY_LENGTH).get_page(1),
            "opts": self.opts,
            "list_url": self._list_url(request),
        }
        return TemplateResponse(request, "admin/actions/history.html", context)

    # Operations

    def get_urls(self) -> list[URLPattern | URLResolver]:  # type: ignore[override]
        view = self.admin_site.admin_view(self.operate_view)
        return [
            path("operations/<slug:name>/", view, name=self.url_name("operate").split(":")[1]),
            *super().get_urls(),
        ]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """The native action menu leads to the same confirmation as everything else."""
        return {
            operation.name: (
                partial(_ask_for_many, operation),
                operation.name,
                f"{operation.label}\N{HORIZONTAL ELLIPSIS}",
            )
            for operation in self.operations
            if operation.takes_many and get_operator(request).has_perm(operation.permission)
        }

    def operate_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """Ask on GET, do on POST."""
        operation = next((o for o in self.operations if o.name == name), None)
        if operation is None:
            raise Http404("There is no such operation.")
        if not get_operator(request).has_perm(operation.permission):
            raise PermissionDenied
        if request.GET.get("all") == "1":
            return self._operate_on_all(request, operation)
        rows = self._get_rows(request, operation)
        if not rows:
            messages.warning(request, self.nothing_found_message)
            return redirect(self._list_url(request))
        form = operation.get_form(rows, request.POST if request.method == "POST" else None)
        if request.method != "POST" or not form.is_valid():
            return self._ask(request, operation, form, rows=rows)
        invocation = Invocation(get_operator(request), form.cleaned_data)
        if operation.always_runs and not operation.find_obstacle(rows[0]):
            target = audit.get_target(rows[0])
            run = runs.start(self.model, operation, invocation, target, keys=[rows[0].pk])
            return redirect("admin:operators_run_change", run.run_id)
        return self._perform(request, operation, invocation, rows)

    def _operate_on_all(self, request: HttpRequest, operation: Operation[RowT]) -> HttpResponse:
        """Everything that the list's own reading of the address lets through."""
        if not operation.takes_all:
            raise PermissionDenied
        changelist, until = self._read_list(request), bulk.read_until(request)
        try:
            if changelist.problem:
                raise NothingMatchesError(f"{changelist.problem}. Nothing was done.")
            queryset = self._bind(changelist.queryset, until)
            conditions = freeze(queryset)
            preview = bulk.build_preview(self, queryset, until)
            if not preview.tally.count:
                raise NothingMatchesError(f"{self.no_match_message} Nothing was done.")
        except NothingMatchesError as error:
            messages.error(request, str(error))
            return redirect(self._list_url(request))
        form = operation.get_form([], request.POST if request.method == "POST" else None)
        bulk.ask_for_many(form, preview)
        if request.method != "POST" or not form.is_valid():
            limits = changelist.active_conditions
            return self._ask(request, operation, form, limits=limits, preview=preview)
        invocation = Invocation(get_operator(request), form.cleaned_data)
        target = f"{self.opts.label_lower}/*"
        run = runs.start(self.model, operation, invocation, target, conditions=conditions)
        return redirect("admin:operators_run_change", run.run_id)

    def _list_url(self, request: HttpRequest) -> str:
        return lead_back(reverse(self.url_name("changelist")), request)

    def _read_list(self, request: HttpRequest) -> RemoteChangeList:
        query = request.GET.copy()
        for name in ("all", BACK, AFTER, BEFORE):
            query.pop(name, None)
        asked, request.GET = request.GET, query  # type: ignore[assignment] # Django reads it there
        try:
            changelist = self.get_changelist_instance(request)
        finally:
            request.GET = asked
        assert isinstance(changelist, RemoteChangeList)
        return changelist

    def _bind(self, queryset: RemoteQuerySet[RowT], until: datetime) -> RemoteQuerySet[RowT]:
        if not self.bound_field:
            return queryset
        bounded = queryset.filter(**{f"{self.bound_field}__lte": until})
        assert isinstance(bounded, RemoteQuerySet)
        return bounded

    def _get_rows(self, request: HttpRequest, operation: Operation[RowT]) -> list[RowT]:
        keys = [unquote(key) for key in request.GET.getlist("id")]
        keys = [key for key in keys if key and len(key) <= LONGEST_VALUE]
        if len(keys) > 1 and not operation.takes_many:
            raise PermissionDenied
        if len(keys) > self.list_per_page:
            raise BadRequest(f"Choose at most {self.list_per_page}; {len(keys)} were chosen.")
        return list(self.get_queryset(request).filter(pk__in=keys)) if keys else []

    def _ask(
        self,
        request: HttpRequest,
        operation: Operation[RowT],
        form: ConfirmForm,
        rows: Sequence[RowT] = (),
        limits: Sequence[str] = (),
        preview: Preview | None = None,
    ) -> HttpResponse:
        back = self._list_url(request)
        if len(rows) == 1 and operation.takes_many:
            page = reverse(self.url_name("change"), args=[quote(rows[0].pk)])
            back = keep_back(page, request)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{operation.label}?",
            "opts": self.opts,
            "operation": operation,
            "rows": [(row, operation.find_obstacle(row)) for row in rows],
            "limits": limits,
            "preview": bulk.show_first(preview, self, request) if preview else None,
            "preview_template": self.preview_template if preview else "",
            "form": form,
            "back_url": back,
            "run_limit": f"{runs.ITEM_LIMIT:,}",
        }
        return TemplateResponse(request, "admin/actions/confirm.html", context)

    def _perform(
        self,
        request: HttpRequest,
        operation: Operation[RowT],
        invocation: Invocation,
        rows: list[RowT],
    ) -> HttpResponse:
        try:
            outcome = operation.perform(invocation, rows)
        except AWS_ERRORS as error:
            # The audit log did not answer, so the other rows were left alone.
            messages.error(request, f"Stopped: {describe_error(error)}")
            return redirect(self._list_url(request))
        _tell(request, operation, outcome)
        if len(rows) == 1 and self.get_queryset(request).filter(pk=rows[0].pk).exists():
            page = reverse(self.url_name("change"), args=[quote(rows[0].pk)])
            return redirect(keep_back(page, request))
        return redirect(self._list_url(request))


def _ask_for_many(
    operation: Operation[RowT],
    model_admin: OperationAdmin[RowT],
    request: HttpRequest,
    queryset: QuerySet[RowT],
) -> HttpResponse:
    """A native action: on to the confirmation of the chosen rows, or of all that match."""
    query = QueryDict(mutable=True)
    if request.POST.get("select_across") == "1":
        query.update(request.GET)
        query["all"] = "1"
        query[BACK] = request.GET.urlencode()
    else:
        query.setlist("id", request.POST.getlist("_selected_action"))
        query[BACK] = request.GET.urlencode()
    url = reverse(model_admin.url_name("operate"), args=[operation.name])
    return redirect(f"{url}?{query.urlencode()}")


def _tell(request: HttpRequest, operation: Operation[RowT], outcome: Outcome) -> None:
    if outcome.done:
        what = outcome.done[0] if len(outcome.done) == 1 else f"{len(outcome.done)} of them"
        messages.success(request, f"{operation.done}: {what}.")
    for made in outcome.made[:MESSAGE_LINES]:
        link = format_html(
            '{}: <a class="message-link" href="{}">{}</a>', made.detail, made.url, made.name
        )
        messages.success(request, link)
    for level, lines in ((messages.WARNING, outcome.skipped), (messages.ERROR, outcome.failed)):
        for line in lines[:MESSAGE_LINES]:
            messages.add_message(request, level, line)
        if len(lines) > MESSAGE_LINES:
            messages.add_message(request, level, f"And {len(lines) - MESSAGE_LINES} more.")
