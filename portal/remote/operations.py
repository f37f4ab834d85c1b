"""What an operator can do to things: asked for, permitted, confirmed, done, audited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget

from portal.aws import AWS_ERRORS, describe_error
from portal.operators import audit

if TYPE_CHECKING:
    from portal.operators.items import RunItem
    from portal.operators.models import Operator

REASON_LENGTH = 300


class Refused(Exception):  # noqa: N818 - nothing is wrong: the thing does not need it any more
    """The operation does not fit the state that the thing is in; the message says why."""


class ConfirmForm(forms.Form):
    """Asks for nothing."""


class ReasonForm(ConfirmForm):
    """Asks why. The audit log keeps the answer."""

    reason = forms.CharField(
        max_length=REASON_LENGTH,
        help_text="Kept in the audit log for everybody to read.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )


@dataclass(frozen=True)
class Deed:
    """Who does something, and what they answered when asked."""

    operator: Operator
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        return str(self.data.get("reason", ""))


@dataclass
class Outcome:
    """What became of one operation on several things."""

    done: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


class Operation:
    """One thing that can be done to the rows of one model."""

    name: ClassVar[str]
    label: ClassVar[str]
    icon: ClassVar[str]
    done: ClassVar[str]
    """Past participle: 'Retried'."""
    permission: ClassVar[str]
    explanation: ClassVar[str]
    """What will happen, shown before it does."""
    is_destructive: ClassVar[bool] = False
    form_class: ClassVar[type[ConfirmForm]] = ConfirmForm
    takes_many: ClassVar[bool] = True
    takes_all: ClassVar[bool] = True
    """Whether a background run may do it to everything that matches a filter."""
    always_runs: ClassVar[bool] = False
    """It takes too long for one request even for one thing."""

    def get_form(self, rows: list[Any], data: Any = None) -> ConfirmForm:
        return self.form_class(data)

    def find_obstacle(self, row: Any) -> str:
        """Why it cannot be done to this row, or nothing. The truth is what `apply` finds."""
        return ""

    def apply(self, deed: Deed, row: Any) -> str:
        """Do it.

        Returns:
            What happened, for the audit log.

        Raises:
            Refused: It does not fit any more.
        """
        raise NotImplementedError

    def advance(self, run: RunItem, deed: Deed, target: str) -> bool:
        """One bounded step of an operation that `always_runs`; True when all is done."""
        raise NotImplementedError

    def perform(self, deed: Deed, rows: Iterable[Any]) -> Outcome:
        """Do it to every row; each fails alone."""
        outcome = Outcome()
        for row in rows:
            self._perform_one(deed, row, outcome)
        return outcome

    def _perform_one(self, deed: Deed, row: Any, outcome: Outcome) -> None:
        obstacle = self.find_obstacle(row)
        if obstacle:
            outcome.skipped.append(f"{row}: {obstacle}")
            return
        # Written before: what cannot be audited is not done.
        entry = audit.record(
            deed.operator, self.label, audit.get_target(row), "Started", deed.reason
        )
        try:
            detail = self.apply(deed, row)
        except Refused as refusal:
            audit.complete(entry, f"Not done: {refusal}")
            outcome.skipped.append(f"{row}: {refusal}")
        except AWS_ERRORS as error:
            audit.complete(entry, f"Failed: {describe_error(error)}")
            outcome.failed.append(f"{row}: {describe_error(error)}")
        else:
            audit.complete(entry, detail)
            outcome.done.append(str(row))
