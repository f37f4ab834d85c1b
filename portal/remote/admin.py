"""ModelAdmin for things that are not in an SQL database: lists and the page of one thing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.admin import ModelAdmin

from portal.remote.back import lead_back
from portal.remote.changelist import LONGEST_VALUE, RemoteChangeList

RowT = TypeVar("RowT", bound=Model)
Context = dict[str, object]


class RemoteAdmin(ModelAdmin, Generic[RowT]):
    """Read-only for Django."""

    detail_template: ClassVar[str] = "admin/detail.html"
    change_list_template = "admin/remote_list.html"
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()
    list_filter_submit = True
    list_fullwidth = True
    actions_selection_counter = True
    empty_list_message = "Nothing here yet."
    no_match_message = "Nothing matches the search and filters."

    def get_changelist(self, request: HttpRequest, **kwargs: object) -> type[RemoteChangeList]:
        return RemoteChangeList

    def changelist_view(
        self, request: HttpRequest, extra_context: Context | None = None
    ) -> HttpResponse:
        """The list; with the status 400 if its address cannot be read."""
        response: HttpResponse = super().changelist_view(request, extra_context)
        context: Context = getattr(response, "context_data", None) or {}
        changelist = context.get("cl")
        if isinstance(changelist, RemoteChangeList):
            self.present(request, changelist.result_list)
            if changelist.problem:
                response.status_code = 400
        return response

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[RowT], search_term: str
    ) -> tuple[QuerySet[RowT], bool]:
        """Try each of `search_fields` in turn; the first that finds something is the answer."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if not self.search_fields:
            raise ValueError("This list has no search")
        *exact, last = self.search_fields
        for name in exact:
            found = queryset.filter(**{name: term})
            if found.exists():
                return found, False
        return queryset.filter(**{last: term}), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Context | None = None,
    ) -> HttpResponse:
        """The page of one thing. Django's own would ask the content types."""
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        row = self.get_row(request, object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{str(self.opts.verbose_name).capitalize()} {row}",
            "subtitle": None,
            "opts": self.opts,
            "row": row,
            "list_url": lead_back(reverse(self.url_name("changelist")), request),
            **self.get_bar_context(request, row),
            **self.get_detail_context(request, row),
        }
        return TemplateResponse(request, self.detail_template, context)

    def get_bar_context(self, request: HttpRequest, row: RowT) -> Context:
        """What the bar above the page of one thing offers."""
        return {}

    def get_detail_context(self, request: HttpRequest, row: RowT) -> Context:
        """What the detail template shows beside the row."""
        return {}

    def enrich(self, rows: Sequence[RowT]) -> None:
        """Add to the rows of one page what their source does not have."""

    def present(self, request: HttpRequest, rows: Sequence[RowT]) -> None:
        """Add to rows what only a page may have that the operator sees now."""

    def get_row(self, request: HttpRequest, object_id: str | None) -> RowT:
        if not self.has_view_permission(request):
            raise PermissionDenied
        key = unquote(object_id or "")
        found = self.get_queryset(request).filter(pk=key) if len(key) <= LONGEST_VALUE else None
        row: RowT | None = found.first() if found is not None else None
        if row is None:
            raise Http404(f"There is no such {self.opts.verbose_name}. It may have been deleted.")
        return row

    def url_name(self, page: str) -> str:
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"
