"""Set the budget for Amazon Rekognition, and return to the most that Terraform allows."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from pipeline.core import controls
from pipeline.core.controls import REFRESH_SECONDS
from pipeline.core.rekognition import BUDGET
from portal.actions.forms import Data, ReasonForm
from portal.actions.operation import Invocation, Operation, Refused
from portal.rekognition.models import Day, show_usd


class BudgetForm(ReasonForm):
    """The new budget of each day."""

    field_order = ("value", "reason")

    def __init__(self, data: Data, *, day: Day) -> None:
        super().__init__(data, initial={"value": f"{day.budget_usd:.10g}"})
        self.fields["value"] = forms.FloatField(
            label="Budget of a day, USD",
            min_value=0,
            max_value=day.most_usd,
            help_text=f"0 to {show_usd(day.most_usd)}. 0 asks Rekognition about no picture.",
            widget=UnfoldAdminIntegerFieldWidget(attrs={"step": "any"}),
        )
        self.order_fields(self.field_order)


class BudgetOperation(Operation[Day]):
    """A change of the budget of this and all later days."""

    permission = "rekognition.change_budget"
    form_class = ReasonForm
    takes_many = takes_all = False

    def find_obstacle(self, row: Day) -> str:
        if not row.most_usd:
            return "this service does not offer Amazon Rekognition; set rekognition_usd_a_day"
        return "" if row.is_today else "only the budget of today can be changed"


class SetBudget(BudgetOperation):
    name = "budget"
    label = "Set the budget"
    icon = "payments"
    done = "Set"
    explanation = (
        f"It holds for all workers within {REFRESH_SECONDS} s, today and on later days. Calls that "
        "run are finished. If the budget is below what today has cost, Rekognition is not asked "
        "until midnight UTC, and our own networks answer."
    )

    def get_form(self, rows: Sequence[Day], data: Data = None) -> ReasonForm:
        return BudgetForm(data, day=rows[0])

    def apply(self, invocation: Invocation, row: Day) -> str:
        value = invocation.data["value"]
        if value == row.budget_usd:
            raise Refused(f"it is {show_usd(value)} already")
        controls.decide(
            BUDGET,
            operator=invocation.operator.get_username(),
            reason=invocation.reason,
            value=value,
        )
        return f"From {show_usd(row.budget_usd)} to {show_usd(value)}"


class ResetBudget(BudgetOperation):
    name = "reset"
    label = "Back to default"
    icon = "restart_alt"
    done = "Back to default"
    explanation = f"Within {REFRESH_SECONDS} s the most that Terraform allows may be spent again."

    def find_obstacle(self, row: Day) -> str:
        return super().find_obstacle(row) or ("" if row.source else "it is the default already")

    def apply(self, invocation: Invocation, row: Day) -> str:
        controls.undo(BUDGET)
        return f"From {show_usd(row.budget_usd)} to {show_usd(row.most_usd)}"
