"""The native changelist, with cursors in place of page numbers."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.db import NotSupportedError
from django.http import HttpRequest
from unfold.views import ChangeList

from portal.aws import AWS_ERRORS, describe_error
from portal.remote.queryset import Page, RemoteQuerySet

AFTER, BEFORE = "after", "before"

MANY = "matching"
"""Stands for a number that nobody counted: "Select all matching tasks"."""


class RemoteChangeList(ChangeList):
    queryset: RemoteQuerySet
    page: Page
    failure = ""
    """Why the remote side did not answer."""

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        found = super().get_filters_params(params)
        return {name: value for name, value in found.items() if name not in (AFTER, BEFORE)}

    def get_results(self, request: HttpRequest) -> None:
        page = self._read_page(request)
        self.page = page
        self.result_list, self.paginator = list(page.rows), None
        has_more = bool(page.next_cursor or page.previous_cursor)
        self.result_count = self.full_result_count = MANY if has_more else len(page.rows)
        self.show_full_result_count = self.can_show_all = self.multi_page = False
        self.show_admin_actions = True
        self.next_link = self._link(AFTER, page.next_cursor)
        self.previous_link = self._link(BEFORE, page.previous_cursor)

    def _read_page(self, request: HttpRequest) -> Page:
        if self.queryset.query.is_empty():
            return Page()
        try:
            return self.queryset.page(
                self.list_per_page, request.GET.get(AFTER), request.GET.get(BEFORE)
            )
        except (ValueError, NotSupportedError) as error:
            raise IncorrectLookupParameters(error) from error
        except AWS_ERRORS as error:
            self.failure = describe_error(error)
            return Page()

    def _link(self, name: str, cursor: str | None) -> str:
        return self.get_query_string({name: cursor}, [AFTER, BEFORE]) if cursor else ""
