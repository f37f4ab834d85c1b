"""Change the limits of all users within bounds, and return to the defaults."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from pipeline.core import controls
from pipeline.core.controls import REFRESH_SECONDS
from portal.actions.forms import Data, ReasonForm
from portal.actions.operation import Invocation, Operation, Refused
from portal.limits.models import Limit

TAKES_EFFECT = f"It holds for everybody within {REFRESH_SECONDS} s."


class LimitForm(ReasonForm):
    """The new number, in the unit that the list shows."""

    field_order = ("value", "reason")

    def __init__(self, data: Data, *, limit: Limit) -> None:
        kind, bounds = limit.kind, limit.bounds
        super().__init__(data, initial={"value": f"{limit.current / kind.scale:.10g}"})
        field_class: Any = forms.IntegerField if limit.is_whole else forms.FloatField
        self.fields["value"] = field_class(
            label=f"{kind.title}, {kind.unit}" if kind.unit else kind.title,
            min_value=bounds.least / kind.scale,
            max_value=bounds.most / kind.scale,
            help_text=f"{limit.shown_bounds}. The default is {limit.shown_default}.",
            widget=UnfoldAdminIntegerFieldWidget(attrs={"step": 1 if limit.is_whole else "any"}),
        )
        self.order_fields(self.field_order)


class LimitOperation(Operation[Limit]):
    """A change of one limit of all users."""

    permission = "limits.change_limit"
    form_class = ReasonForm
    takes_many = takes_all = False


class ChangeLimit(LimitOperation):
    name = "change"
    label = "Change"
    icon = "tune"
    done = "Changed"
    explanation = (
        f"{TAKES_EFFECT} Who is above a lower limit already is refused until the time in which it "
        "counts has passed; nothing is deleted. A user with a quota may do so many times the new "
        "limit. A higher limit raises what one account can cost."
    )

    def get_form(self, rows: Sequence[Limit], data: Data = None) -> ReasonForm:
        return LimitForm(data, limit=rows[0])

    def apply(self, invocation: Invocation, row: Limit) -> str:
        value = invocation.data["value"] * row.kind.scale
        if value == row.current:
            raise Refused(f"it is {row.shown_current} already")
        controls.decide(
            row.name,
            operator=invocation.operator.get_username(),
            reason=invocation.reason,
            value=value,
        )
        return f"From {row.shown_current} to {row.kind.show(value)}"


class ResetLimit(LimitOperation):
    name = "reset"
    label = "Back to default"
    icon = "restart_alt"
    done = "Back to default"
    explanation = f"The number of the settings holds again. {TAKES_EFFECT}"

    def find_obstacle(self, row: Limit) -> str:
        return "" if row.source else "it is the default already"

    def apply(self, invocation: Invocation, row: Limit) -> str:
        controls.undo(row.name)
        return f"From {row.shown_current} to the default, {row.shown_default}"
