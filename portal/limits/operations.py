"""Change the limits of all users within bounds, and return to the defaults."""

from __future__ import annotations

from pipeline.core.controls import REFRESH_SECONDS
from portal.actions.numbers import ChangeNumber, Number, NumberOperation, ResetNumber
from portal.limits.models import Limit

TAKES_EFFECT = f"It holds for everybody within {REFRESH_SECONDS} s."


class LimitOperation(NumberOperation[Limit]):
    """Something that is done to one limit of all users."""

    permission = "limits.change_limit"

    def get_number(self, row: Limit) -> Number:
        kind, bounds = row.kind, row.bounds
        return Number(
            control=row.name,
            label=f"{kind.title}, {kind.unit}" if kind.unit else kind.title,
            help_text=f"{row.shown_bounds}. The default is {row.shown_default}.",
            current=row.current,
            default=row.default,
            least=bounds.least,
            most=bounds.most,
            show=kind.show,
            scale=kind.scale,
            is_whole=row.is_whole,
        )

    def is_changed(self, row: Limit) -> bool:
        return row.source is not None


class ChangeLimit(LimitOperation, ChangeNumber[Limit]):
    name = "change"
    label = "Change"
    icon = "tune"
    done = "Changed"
    explanation = (
        f"{TAKES_EFFECT} Who is above a lower limit already is refused until the time in which it "
        "counts has passed; nothing is deleted. A user with a quota may do so many times the new "
        "limit. A higher limit raises what one account can cost."
    )


class ResetLimit(LimitOperation, ResetNumber[Limit]):
    explanation = f"The number of the settings holds again. {TAKES_EFFECT}"
