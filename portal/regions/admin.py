"""The pages of the regions."""

from __future__ import annotations

from django.contrib import admin
from unfold.decorators import display

from portal.actions.operation_admin import OperationAdmin
from portal.regions.models import Region
from portal.regions.operations import GiveBack, LetCallersBack, TakeOver


@admin.register(Region)
class RegionAdmin(OperationAdmin[Region]):
    list_display = ("name", "place", "health", "callers")
    operations = (TakeOver(), GiveBack(), LetCallersBack())
    detail_template = "admin/regions/detail.html"

    @admin.display(description="this portal")
    def place(self, region: Region) -> str:
        return "runs in it" if region.is_here else "runs in the other"

    @display(description="health", label={"answers": "success", "does not answer": "danger"})
    def health(self, region: Region) -> str:
        return "answers" if region.is_healthy else "does not answer"

    @display(description="callers", label={"come": "success", "are sent away": "warning"})
    def callers(self, region: Region) -> str:
        return "are sent away" if region.is_evacuated else "come"
