"""The filters of the list of tasks."""

from __future__ import annotations

from itertools import islice

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest

from pipeline.core.errors import PermanentError, PipelineError
from pipeline.core.tasks import record as records
from pipeline.core.tasks.record import TaskStatus
from portal import aws
from portal.remote.filters import ChoicesFilter, Rows, SelectFilter
from portal.tasks.models import Task

SAMPLE_SIZE = 50
"""Newest results that are asked for the model versions that exist."""


class StatusFilter(ChoicesFilter):
    title = "status"
    parameter_name = field = "status"


class ErrorFilter(SelectFilter):
    title = "error"
    parameter_name = field = "error_code"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Task]) -> list[tuple[str, str]]:
        return sorted((code, code.replace("_", " ")) for code in _list_codes(PermanentError))


class RetryingFilter(SelectFilter):
    """Tasks that are tried again: all, or those with one error.

    Only the index of these tasks has the error, so it is never searched for without it.
    """

    title = "tried again"
    parameter_name = "retrying"
    field = "last_error"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Task]) -> list[tuple[str, str]]:
        error = self.value()
        chosen = [(error, f"after {error}")] if error and error != records.RETRYING else []
        return [(records.RETRYING, "after any error"), *chosen]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        if not self.value():
            return queryset
        retried = queryset.filter(retrying=records.RETRYING)
        return retried if self.value() == records.RETRYING else super().queryset(request, retried)


class ModelFilter(SelectFilter):
    """The names come from the newest results: nothing else knows every version."""

    title = "model"
    parameter_name = "model"
    field = "models__contains"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Task]) -> list[tuple[str, str]]:
        newest = Task.objects.filter(status=TaskStatus.SUCCEEDED.value)
        try:
            names = {
                name
                for task in islice(newest.iterator(), SAMPLE_SIZE)
                for name in (task.source.models or {}).values()
            }
        except aws.AWS_ERRORS:
            names = set()
        if self.value():
            names.add(self.value())
        return [(name, name) for name in sorted(names)]


def _list_codes(base: type[PipelineError]) -> set[str]:
    codes = {kind.code for kind in base.__subclasses__()}
    return codes.union(*(_list_codes(kind) for kind in base.__subclasses__()))
