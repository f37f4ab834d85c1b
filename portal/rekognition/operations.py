"""Set the budget for Amazon Rekognition, and return to the most that Terraform allows."""

from __future__ import annotations

from pipeline.core.controls import REFRESH_SECONDS
from pipeline.core.rekognition import BUDGET
from portal.actions.numbers import ChangeNumber, Number, NumberOperation, ResetNumber
from portal.rekognition.models import Day, show_usd


class BudgetOperation(NumberOperation[Day]):
    """Something that is done to the budget of this and all later days."""

    permission = "rekognition.change_budget"

    def get_number(self, row: Day) -> Number:
        return Number(
            control=BUDGET,
            label="Budget of a day, USD",
            help_text=f"0 to {show_usd(row.most_usd)}. 0 asks Rekognition about no picture.",
            current=row.budget_usd,
            default=row.most_usd,
            least=0,
            most=row.most_usd,
            show=show_usd,
        )

    def is_changed(self, row: Day) -> bool:
        return row.source is not None

    def find_obstacle(self, row: Day) -> str:
        if not row.most_usd:
            return "this service does not offer Amazon Rekognition; set rekognition_usd_a_day"
        if not row.is_today:
            return "only the budget of today can be changed"
        return super().find_obstacle(row)


class SetBudget(BudgetOperation, ChangeNumber[Day]):
    name = "budget"
    label = "Set the budget"
    icon = "payments"
    done = "Set"
    explanation = (
        f"It holds for all workers within {REFRESH_SECONDS} s, today and on later days. Calls that "
        "run are finished. If the budget is below what today has cost, Rekognition is not asked "
        "until midnight UTC, and our own networks answer."
    )


class ResetBudget(BudgetOperation, ResetNumber[Day]):
    explanation = f"Within {REFRESH_SECONDS} s the most that Terraform allows may be spent again."
