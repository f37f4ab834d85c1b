"""Who signed in and out, and who gave which answer to the second factor, for the audit log."""

from __future__ import annotations

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from portal.access.models import Operator
from portal.access.second_factor_page import answered
from portal.actions import audit


@receiver(user_logged_in)
def record_sign_in(
    sender: type[Operator], request: HttpRequest, user: Operator, **kwargs: object
) -> None:
    how = "with a local password" if user.is_local else "through Cognito"
    audit.record(user, "Sign in", audit.get_target(user), f"Signed in {how}")


@receiver(user_logged_out)
def record_sign_out(
    sender: type[Operator], request: HttpRequest, user: Operator | None, **kwargs: object
) -> None:
    if isinstance(user, Operator):
        audit.record(user, "Sign out", audit.get_target(user), "Signed out")


@receiver(answered)
def record_answer(
    sender: type[Operator], operator: Operator, detail: str, **kwargs: object
) -> None:
    audit.record(operator, "Second factor", audit.get_target(operator), detail)
