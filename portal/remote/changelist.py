"""Django's changelist with cursors in place of page numbers. It refuses unreadable addresses.

Django ignores a condition that it cannot read, and then lists everything. This list shows the
problem and no row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib.admin import ListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import SuspiciousOperation
from django.core.signing import BadSignature, Signer
from django.db import NotSupportedError
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.views import ChangeList

from portal.aws import AWS_ERRORS, describe_error
from portal.remote.frozen import describe
from portal.remote.queryset import Page, RemoteQuerySet

AFTER, BEFORE = "after", "before"

MANY = "matching"
"""Stands for an unknown number: "Select all matching tasks"."""

LONGEST_VALUE = 300
"""Most letters of a search or filter. DynamoDB refuses keys of more than 2,048 bytes."""

PROBLEMS = (IncorrectLookupParameters, NotSupportedError, SuspiciousOperation, ValueError)
"""What Django and our querysets raise for an address that they cannot read."""


class RemoteChangeList(ChangeList):
    queryset: RemoteQuerySet[Any]
    root_queryset: RemoteQuerySet[Any]
    page: Page[Any]
    model_admin: Any  # A RemoteAdmin, which imports this module
    failure = ""
    """Why the remote side did not answer."""
    problem = ""
    """Why the address cannot be read. The list is empty, and nothing can be done to it."""

    def get_filters_params(self, params: dict[str, list[str]] | None = None) -> dict[str, Any]:
        found = super().get_filters_params(params)
        return {name: value for name, value in found.items() if name not in (AFTER, BEFORE)}

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: list[str | None] | None = None
    ) -> RemoteQuerySet[Any]:
        try:
            self._refuse_long(request)
            queryset = super().get_queryset(request, exclude_parameters)
        except PROBLEMS as error:
            self.problem = _describe_problem(error)
            return _as_remote(self.root_queryset.none())
        return _as_remote(queryset)

    def _refuse_long(self, request: HttpRequest) -> None:
        """Refuse values that are too long for any key, before AWS refuses them."""
        for name, value in request.GET.items():
            if name not in (AFTER, BEFORE) and len(value) > LONGEST_VALUE:
                raise IncorrectLookupParameters(
                    f"{name[:40]} has {len(value):,} letters; at most {LONGEST_VALUE} are possible"
                )

    def get_filters(self, request: HttpRequest) -> tuple[Any, ...]:
        found = super().get_filters(request)
        # The page shows its filters also if the address is refused.
        self.filter_specs, self.has_filters = found[:2]
        self._refuse_unknown(request, found[0])
        return found

    def _refuse_unknown(self, request: HttpRequest, specs: Sequence[ListFilter]) -> None:
        """Refuse a parameter that no filter reads, and one that is given twice."""
        known: set[str | None] = {SEARCH_VAR, AFTER, BEFORE}
        known.update(*(spec.expected_parameters() for spec in specs))
        for name, values in request.GET.lists():
            if name not in known:
                raise IncorrectLookupParameters(
                    f"There is no filter \N{LEFT DOUBLE QUOTATION MARK}"
                    f"{name[:40]}\N{RIGHT DOUBLE QUOTATION MARK} here"
                )
            if len(values) > 1:
                raise IncorrectLookupParameters(f"The filter {name} is given twice")

    def get_results(self, request: HttpRequest) -> None:
        self.page = page = self._read_page(request)
        self.result_list, self.paginator = list(page.rows), None
        self.model_admin.enrich(self.result_list)
        has_more = bool(page.next_cursor or page.previous_cursor)
        count: Any = MANY if has_more else len(page.rows)
        self.result_count = self.full_result_count = count
        self.show_full_result_count = self.can_show_all = self.multi_page = False
        self.show_admin_actions = True
        self.next_link = self._link(AFTER, page.next_cursor)
        self.previous_link = self._link(BEFORE, page.previous_cursor)

    @property
    def active_conditions(self) -> list[str]:
        """The conditions of the query that finds the rows, in words."""
        if self.problem or self.queryset.query.is_empty():
            return []
        return describe(self.model, self.queryset.conditions)

    def _read_page(self, request: HttpRequest) -> Page[Any]:
        try:
            after, before = (self._read_cursor(request, name) for name in (AFTER, BEFORE))
            return self.queryset.page(self.list_per_page, after, before)
        except BadSignature:
            self.problem = "The address names no page of this list"
        except (ValueError, NotSupportedError) as error:
            self.problem = _describe_problem(error)
        except AWS_ERRORS as error:
            self.failure = describe_error(error)
        if self.problem:
            self.queryset = _as_remote(self.root_queryset.none())
        return Page()

    def _read_cursor(self, request: HttpRequest, name: str) -> str | None:
        cursor = request.GET.get(name)
        return self._signer.unsign(cursor) if cursor else None

    def _link(self, name: str, cursor: str | None) -> str:
        if not cursor:
            return ""
        link: str = self.get_query_string({name: self._signer.sign(cursor)}, [AFTER, BEFORE])
        return link

    @property
    def _signer(self) -> Signer:
        """Only this list makes its cursors."""
        return Signer(salt=f"cursor of {self.model._meta.label_lower}")


def _as_remote(queryset: QuerySet[Any]) -> RemoteQuerySet[Any]:
    assert isinstance(queryset, RemoteQuerySet)
    return queryset


def _describe_problem(error: Exception) -> str:
    return "; ".join(_flatten(error.args)).rstrip(".") or "The address cannot be read"


def _flatten(arguments: tuple[object, ...]) -> Iterator[str]:
    """Django wraps one error into another."""
    for argument in arguments:
        if isinstance(argument, Exception):
            yield from _flatten(argument.args)
        elif isinstance(argument, str):
            yield argument
