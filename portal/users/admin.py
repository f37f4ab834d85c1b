"""The pages of users."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_GET
from unfold.decorators import display

from pipeline.core.controls import read_controls
from pipeline.core.keys.record import list_keys
from pipeline.core.quotas import find_quota
from pipeline.core.tasks import refusals
from portal.access.accounts import read_groups
from portal.actions.operation_admin import OperationAdmin
from portal.remote.admin import Context
from portal.remote.attempts import attempt
from portal.remote.filters import ChoicesFilter, SelectFilter
from portal.remote.spans import show_moment
from portal.users.erasure import EraseUser
from portal.users.holds import EndQuota, GrantQuota, HoldUser, ReleaseUser
from portal.users.keys import RevokeKeys
from portal.users.models import User
from portal.users.operations import (
    DisableUser,
    EnableUser,
    GroupUser,
    InviteUser,
    ResetUser,
    SignOutUser,
)
from portal.users.top import read_top
from portal.users.usage import read_usage, sum_days

COLOURS = {
    "CONFIRMED": "success",
    "UNCONFIRMED": "warning",
    "FORCE_CHANGE_PASSWORD": "warning",
    "RESET_REQUIRED": "warning",
}


class StatusFilter(ChoicesFilter):
    title = "status"
    parameter_name = field = "status"


class EnabledFilter(SelectFilter):
    title = "access"
    parameter_name = "enabled"
    field = "is_enabled"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[User]) -> list[tuple[str, str]]:
        return [("yes", "enabled"), ("no", "disabled")]

    def to_field_value(self, value: str) -> object:
        return value == "yes"


@admin.register(User)
class UserAdmin(OperationAdmin[User]):
    list_display = ("address", "state", "access", "created", "sub")
    list_filter = (StatusFilter, EnabledFilter)
    search_fields = ("username", "sub", "email__istartswith")
    search_help_text = "Start of an e-mail address, or an id"
    detail_template = "admin/users/detail.html"
    change_list_template = "admin/users/list.html"
    empty_list_message = "No users yet."
    no_match_message = (
        "No user matches. Cognito finds the start of an address, not its middle, and looks at "
        "one property at a time."
    )
    operations = (
        DisableUser(),
        EnableUser(),
        SignOutUser(),
        RevokeKeys(),
        InviteUser(),
        ResetUser(),
        GroupUser(),
        EraseUser(),
        HoldUser(),
        ReleaseUser(),
        GrantQuota(),
        EndQuota(),
    )

    def get_urls(self) -> list[URLPattern | URLResolver]:  # type: ignore[override]
        top = self.admin_site.admin_view(require_GET(self.top_view))
        return [path("top/", top, name="users_user_top"), *super().get_urls()]

    def top_view(self, request: HttpRequest) -> HttpResponse:
        """Who fills the queue, fails, is refused and costs most at the moment."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": "Top users now",
            "opts": self.opts,
            "top": attempt(read_top),
        }
        return TemplateResponse(request, "admin/users/top.html", context)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        """Ignore the case of an address. Some user pools do not, so ask in both spellings."""
        found, _ = super().get_search_results(request, queryset, search_term)
        if search_term == search_term.lower() or found.exists():
            return found, False
        return super().get_search_results(request, queryset, search_term.lower())

    @admin.display(description="e-mail")
    def address(self, user: User) -> str:
        return str(user)

    @display(description="status", label=COLOURS)
    def state(self, user: User) -> tuple[str, str]:
        return user.status, user.get_status_display()

    @display(description="access", label={"enabled": "success", "disabled": "danger"})
    def access(self, user: User) -> str:
        return "enabled" if user.is_enabled else "disabled"

    @admin.display(description="signed up")
    def created(self, user: User) -> str:
        return show_moment(user.created_at)

    def get_detail_context(self, request: HttpRequest, row: User) -> Context:
        return {
            "groups": attempt(lambda: read_groups(row.pk)),
            "usage": attempt(lambda: read_usage(row.sub)),
            "refusals": attempt(lambda: refusals.read(row.sub)),
            "is_held": attempt(lambda: read_controls().is_held(row.sub)),
            "quota": attempt(lambda: find_quota(row.sub)),
            "keys": attempt(lambda: list_keys(row.sub)),
            "days": attempt(lambda: sum_days(row.sub)),
            "refusal_days": refusals.DAYS,
            "colour": COLOURS.get(row.status, ""),
        }
