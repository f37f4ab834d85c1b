"""What an operator is asked before something is done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from django import forms
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

REASON_LENGTH = 300

Data = Mapping[str, object] | None
"""What was sent, or None to show the form for the first time."""


class ConfirmForm(forms.Form):
    """Asks for nothing."""


class ReasonForm(ConfirmForm):
    """Asks why. The audit log keeps the answer."""

    reason = forms.CharField(
        max_length=REASON_LENGTH,
        help_text="Everybody can read it in the audit log.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )


class EndingForm(ReasonForm):
    """Also asks for how long. What is begun with it ends by itself, at `until` of the answers."""

    unit: ClassVar[str]
    """Name of the field, as `timedelta` calls it: minutes, hours or days."""
    most: ClassVar[int]
    usual: ClassVar[int]
    then: ClassVar[str]
    """What happens at the end, as a sentence."""

    def __init__(self, data: Data = None) -> None:
        super().__init__(data)
        self.fields[self.unit] = forms.IntegerField(
            label=self.unit.capitalize(),
            min_value=1,
            max_value=self.most,
            initial=self.usual,
            help_text=f"1 to {self.most}. {self.then}",
            widget=UnfoldAdminIntegerFieldWidget(),
        )
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or {}
        if self.unit in answers:
            length = timedelta(**{self.unit: answers[self.unit]})
            answers["until"] = datetime.now(UTC) + length
        return answers


class TypedForm(ReasonForm):
    """Also asks to type the name of the deleted thing, so that one click cannot do it."""

    confirmation = forms.CharField(
        help_text="Type it to confirm.",
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    field_order = ("confirmation", "reason")

    def __init__(self, data: Data, *, label: str, expected: str) -> None:
        super().__init__(data)
        self.fields["confirmation"].label = label
        self._label = label
        self._expected = expected

    def clean_confirmation(self) -> str:
        typed: str = self.cleaned_data["confirmation"]
        if typed != self._expected:
            name = self._label[0].lower() + self._label[1:]
            raise forms.ValidationError(f"This is not the {name}.")
        return typed


def ask_number(form: forms.Form, number: int) -> None:
    """Also ask to type how many things it will be done to, so that nobody does it unread."""

    def check(typed: str) -> None:
        if typed.replace(",", "").strip() != str(number):
            raise forms.ValidationError(f"This is not the number {number:,}.")

    form.fields["number"] = forms.CharField(
        label=f"Number of things: {number:,}",
        help_text="Type it to confirm.",
        validators=[check],
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
