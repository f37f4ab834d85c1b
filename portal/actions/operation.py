"""Operations that operators do to things: each is permitted, confirmed, done and audited."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from django.db.models import Model

from portal.access.models import Operator
from portal.actions import audit
from portal.actions.forms import ConfirmForm, Data
from portal.actions.items import RunItem
from portal.aws import AWS_ERRORS, describe_error

logger = logging.getLogger(__name__)

RowT = TypeVar("RowT", bound=Model)


class Refused(Exception):  # noqa: N818 - nothing is wrong: the thing does not need it any more
    """The operation does not fit the state that the thing is in; the message says why."""


@dataclass(frozen=True)
class Invocation:
    """One use of an operation: who asked for it, and what they filled in."""

    operator: Operator
    data: Mapping[str, Any] = field(default_factory=dict)
    run_id: str = ""
    """The background run that does it; empty if the operator waits for it."""

    @property
    def reason(self) -> str:
        return str(self.data.get("reason", ""))


@dataclass(frozen=True)
class Made:
    """What happened, if it made a new thing: `name` and `url` of its page."""

    detail: str
    name: str
    url: str


@dataclass
class Outcome:
    """The result of one operation on several things, one line each."""

    done: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)


class Operation(Generic[RowT]):
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

    def get_form(self, rows: Sequence[RowT], data: Data = None) -> ConfirmForm:
        return self.form_class(data)

    def find_obstacle(self, row: RowT) -> str:
        """Why it cannot be done to this row; empty if it can.

        The pages show it. `apply` has the last word, because the row may have changed since.
        """
        return ""

    def apply(self, invocation: Invocation, row: RowT) -> str | Made:
        """Do it.

        Returns:
            What happened, for the audit log.

        Raises:
            Refused: The state of the thing has changed, and the operation does not fit it.
        """
        raise NotImplementedError

    def advance(self, run: RunItem, invocation: Invocation, target: str) -> bool:
        """One bounded step of an operation that `always_runs`; True when all is done."""
        raise NotImplementedError

    def perform(self, invocation: Invocation, rows: Iterable[RowT]) -> Outcome:
        """Do it to every row. An error of one row is counted and does not stop the others.

        Raises:
            AWS_ERRORS: The audit log does not answer. What cannot be audited is not done.
        """
        outcome = Outcome()
        for row in rows:
            self._perform_one(invocation, row, outcome)
        return outcome

    def _perform_one(self, invocation: Invocation, row: RowT, outcome: Outcome) -> None:
        obstacle = self.find_obstacle(row)
        if obstacle:
            outcome.skipped.append(f"{row}: {obstacle}")
            return
        entry = audit.record(
            invocation.operator,
            self.label,
            audit.get_target(row),
            "Started",
            invocation.reason,
            run_id=invocation.run_id,
        )
        try:
            result = self.apply(invocation, row)
        except Refused as refusal:
            audit.complete(entry, f"Not done: {refusal}")
            outcome.skipped.append(f"{row}: {refusal}")
        except Exception as error:
            problem = describe_failure(error)
            audit.complete(entry, f"Failed: {problem}")
            outcome.failed.append(f"{row}: {problem}")
        else:
            if isinstance(result, Made):
                outcome.made.append(result)
                result = f"{result.detail} {result.name}"
            audit.complete(entry, result)
            outcome.done.append(str(row))


def describe_failure(error: Exception) -> str:
    """What an operator reads about an error: AWS's own words, or where to find ours."""
    if isinstance(error, AWS_ERRORS):
        return describe_error(error)
    logger.error("An operation failed", exc_info=error)
    return f"the portal made an error ({type(error).__name__}); the portal's log has the details"
