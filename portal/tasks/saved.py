"""Filters of the list of tasks that an operator keeps under names of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from portal.access.items import OperatorItem
from portal.access.models import Operator, get_operator
from portal.remote.changelist import AFTER, BEFORE, RemoteChangeList

MOST = 20
"""Filters of one operator."""

NAME_LENGTH = 40


@dataclass(frozen=True)
class SavedFilter:
    """A name, and the query of the list that it stands for."""

    name: str
    query: str


def list_saved(operator: Operator) -> list[SavedFilter]:
    """The filters of an operator, by name."""
    return [SavedFilter(name, query) for name, query in sorted(_read(operator).items())]


def save(request: HttpRequest, changelist: RemoteChangeList) -> HttpResponse:
    """Keep the filter of the list under the name that was typed. The same name replaces it."""
    operator, name = get_operator(request), request.POST.get("name", "").strip()
    if changelist.problem:
        raise BadRequest(f"{changelist.problem}. Nothing was saved.")
    query = _drop_page(request.GET).urlencode()
    filters = {**_read(operator), name: query}
    if not name or len(name) > NAME_LENGTH:
        messages.error(request, f"A name has 1 to {NAME_LENGTH} letters. Nothing was saved.")
    elif not query:
        messages.error(request, "Set a filter first. Nothing was saved.")
    elif len(filters) > MOST:
        messages.error(request, f"{MOST} filters are saved already. Remove one first.")
    else:
        _write(operator, filters)
        messages.success(request, f"Saved: {name}.")
    return _return(query)


def remove(request: HttpRequest) -> HttpResponse:
    """Forget one filter."""
    operator, name = get_operator(request), request.POST.get("name", "")
    filters = _read(operator)
    if filters.pop(name, None) is not None:
        _write(operator, filters)
        messages.success(request, f"Removed: {name}.")
    return _return(request.GET.urlencode())


def _read(operator: Operator) -> dict[str, str]:
    return dict(operator.source.filters or {})


def _write(operator: Operator, filters: Mapping[str, str]) -> None:
    OperatorItem(operator.pk).update(actions=[OperatorItem.filters.set(dict(filters))])


def _drop_page(query: QueryDict) -> QueryDict:
    kept = query.copy()
    for name in (AFTER, BEFORE):
        kept.pop(name, None)
    return kept


def _return(query: str) -> HttpResponse:
    url = reverse("admin:tasks_task_changelist")
    return redirect(f"{url}?{query}" if query else url)
