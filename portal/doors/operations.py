"""Close and open uploads and sign-up."""

from __future__ import annotations

from pipeline.core import doors
from portal.actions.forms import ReasonForm
from portal.actions.operation import Invocation, Operation
from portal.doors.models import Door


class CloseDoor(Operation[Door]):
    name = "close"
    label = "Close"
    icon = "block"
    done = "Closed"
    permission = "doors.change_door"
    explanation = (
        "Closed uploads: nobody can send a picture, and results show no pictures. Pictures in the "
        "queue are finished. Closed sign-up: nobody can make an account on the page. Both take up "
        "to ten seconds, and stay closed until somebody opens them."
    )
    is_destructive = True
    form_class = ReasonForm
    takes_all = False

    def find_obstacle(self, row: Door) -> str:
        return "it is closed already" if row.is_closed else ""

    def apply(self, invocation: Invocation, row: Door) -> str:
        operator = invocation.operator.get_username()
        doors.close(doors.Door(row.name), closed_by=operator, reason=invocation.reason)
        return "Closed for everybody"


class OpenDoor(Operation[Door]):
    name = "open"
    label = "Open"
    icon = "check_circle"
    done = "Opened"
    permission = "doors.change_door"
    explanation = (
        "Everybody can use it again within ten seconds. If the month's budget closed it, the month "
        "costs more from now on: the budget closes it again only next month, or after somebody "
        "changes the budget."
    )
    form_class = ReasonForm
    takes_all = False

    def find_obstacle(self, row: Door) -> str:
        return "" if row.is_closed else "it is open already"

    def apply(self, invocation: Invocation, row: Door) -> str:
        doors.reopen(doors.Door(row.name))
        return f"Opened; it was closed by {row.closed_by}: {row.reason}"
