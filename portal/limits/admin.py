"""The pages of the limits of each user."""

from __future__ import annotations

from django.contrib import admin
from unfold.decorators import display

from portal.actions.operation_admin import OperationAdmin
from portal.limits.models import Limit
from portal.limits.operations import ChangeLimit, ResetLimit
from portal.remote.spans import show_moment


@admin.register(Limit)
class LimitAdmin(OperationAdmin[Limit]):
    list_display = ("title", "now", "state", "standard", "bounds", "changed", "changed_by")
    operations = (ChangeLimit(), ResetLimit())
    detail_template = "admin/limits/detail.html"
    list_before_template = "admin/limits/note.html"

    @admin.display(description="limit of each user")
    def title(self, limit: Limit) -> str:
        return str(limit)

    @admin.display(description="now")
    def now(self, limit: Limit) -> str:
        return limit.shown_current

    @display(description="is", label={"changed": "warning", "default": "success"})
    def state(self, limit: Limit) -> str:
        return "changed" if limit.source else "default"

    @admin.display(description="default")
    def standard(self, limit: Limit) -> str:
        return limit.shown_default

    @admin.display(description="bounds")
    def bounds(self, limit: Limit) -> str:
        return limit.shown_bounds

    @admin.display(description="changed")
    def changed(self, limit: Limit) -> str:
        return show_moment(limit.changed_at)
