"""Numbers that operators change within bounds and set back: limits and budgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from pipeline.core import controls
from portal.actions.forms import Data, ReasonForm
from portal.actions.operation import Invocation, Operation, Refused, RowT


@dataclass(frozen=True)
class Number:
    """One number as it is stored in the controls, and how operators read it."""

    control: str
    """Its name in `Controls`."""
    label: str
    help_text: str
    current: float
    default: float
    least: float
    most: float
    show: Callable[[float], str]
    scale: float = 1
    """How much of what is stored is one of what operators type."""
    is_whole: bool = False


class NumberForm(ReasonForm):
    """Asks for the new number, in the unit that operators read, and why."""

    field_order = ("value", "reason")

    def __init__(self, data: Data, *, number: Number) -> None:
        super().__init__(data, initial={"value": f"{number.current / number.scale:.10g}"})
        field_class: Any = forms.IntegerField if number.is_whole else forms.FloatField
        self.fields["value"] = field_class(
            label=number.label,
            min_value=number.least / number.scale,
            max_value=number.most / number.scale,
            help_text=number.help_text,
            widget=UnfoldAdminIntegerFieldWidget(attrs={"step": 1 if number.is_whole else "any"}),
        )
        self.order_fields(self.field_order)


class NumberOperation(Operation[RowT]):
    """Something that is done to the number of a row."""

    form_class = ReasonForm
    takes_many = takes_all = False

    def get_number(self, row: RowT) -> Number:
        """The number that is changed."""
        raise NotImplementedError

    def is_changed(self, row: RowT) -> bool:
        """Whether operators have set it."""
        raise NotImplementedError


class ChangeNumber(NumberOperation[RowT]):
    """Set the number to another one."""

    def get_form(self, rows: Sequence[RowT], data: Data = None) -> ReasonForm:
        return NumberForm(data, number=self.get_number(rows[0]))

    def apply(self, invocation: Invocation, row: RowT) -> str:
        number = self.get_number(row)
        value = invocation.data["value"] * number.scale
        if value == number.current:
            raise Refused(f"it is {number.show(value)} already")
        controls.decide(
            number.control,
            operator=invocation.operator.get_username(),
            reason=invocation.reason,
            value=value,
        )
        return f"From {number.show(number.current)} to {number.show(value)}"


class ResetNumber(NumberOperation[RowT]):
    """Let the default hold again."""

    name = "reset"
    label = "Back to default"
    icon = "restart_alt"
    done = "Back to default"

    def find_obstacle(self, row: RowT) -> str:
        return "" if self.is_changed(row) else "it is the default already"

    def apply(self, invocation: Invocation, row: RowT) -> str:
        number = self.get_number(row)
        controls.undo(number.control)
        return f"From {number.show(number.current)} to the default, {number.show(number.default)}"
