"""The pages of what Amazon Rekognition costs."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from portal.actions.operation_admin import OperationAdmin
from portal.rekognition.models import Day, show_usd
from portal.rekognition.operations import ResetBudget, SetBudget
from portal.remote.admin import Context


@admin.register(Day)
class DayAdmin(OperationAdmin[Day]):
    list_display = ("day", "spent", "budget", "pictures", "refused")
    operations = (SetBudget(), ResetBudget())
    detail_template = "admin/rekognition/detail.html"
    list_before_template = "admin/rekognition/note.html"

    def get_detail_context(self, request: HttpRequest, row: Day) -> Context:
        amounts = {"spent": row.spent_usd, "budget": row.budget_usd, "most": row.most_usd}
        return {name: show_usd(usd) for name, usd in amounts.items()}

    @admin.display(description="day (UTC)")
    def day(self, day: Day) -> str:
        return f"{day.date} (today)" if day.is_today else day.date

    @admin.display(description="spent")
    def spent(self, day: Day) -> str:
        return show_usd(day.spent_usd)

    @admin.display(description="budget now")
    def budget(self, day: Day) -> str:
        return show_usd(day.budget_usd) if day.is_today else ""
