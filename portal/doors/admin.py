"""The pages of what can be closed for everybody."""

from __future__ import annotations

from django.contrib import admin
from unfold.decorators import display

from portal.actions.operation_admin import OperationAdmin
from portal.doors.models import Door
from portal.doors.operations import CloseDoor, OpenDoor
from portal.remote.spans import show_moment


@admin.register(Door)
class DoorAdmin(OperationAdmin[Door]):
    list_display = ("title", "state", "since", "closed_by", "reason")
    operations = (CloseDoor(), OpenDoor())
    detail_template = "admin/doors/detail.html"

    @admin.display(description="door")
    def title(self, door: Door) -> str:
        return str(door)

    @display(description="state", label={"open": "success", "closed": "danger"})
    def state(self, door: Door) -> str:
        return "closed" if door.is_closed else "open"

    @admin.display(description="since")
    def since(self, door: Door) -> str:
        return show_moment(door.closed_at) if door.closed_at else ""
