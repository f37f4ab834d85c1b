"""What admins do to the accounts of operators in the portal."""

from __future__ import annotations

from portal.access import second_factor
from portal.access.models import Operator
from portal.actions.forms import ReasonForm
from portal.actions.operation import Invocation, Operation, Refused


class ResetSecondFactor(Operation[Operator]):
    """Removes the app of an operator who lost their phone."""

    name = "reset-second-factor"
    label = "Reset second factor"
    icon = "phonelink_erase"
    done = "Second factor reset"
    permission = "operators.reset_operator"
    explanation = (
        "The codes of the operator's phone do not work any more, and the operator is signed out. "
        "At the next sign-in the operator sets up an authenticator app. First make sure, by "
        "voice or in person, that the operator asked for it."
    )
    is_destructive = True
    form_class = ReasonForm
    takes_many = False
    takes_all = False

    def find_obstacle(self, row: Operator) -> str:
        return "" if row.source.factor_key else "no second factor is set up"

    def apply(self, invocation: Invocation, row: Operator) -> str:
        if row.pk == invocation.operator.pk:
            raise Refused("you cannot do this to your own account; ask another administrator")
        if not second_factor.reset(row.source):
            raise Refused("it has been reset already")
        return "Reset, and signed out everywhere"
