"""What operators tried and were refused, for the audit log."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from portal.access.failures import is_forged
from portal.access.models import Operator
from portal.actions import audit
from portal.aws import AWS_ERRORS

logger = logging.getLogger(__name__)

Handler = Callable[[HttpRequest], HttpResponse]


def record_refusals(get_response: Handler) -> Handler:
    """Write an entry for each answer 403 to somebody who is signed in."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        operator = getattr(request, "user", None)
        if response.status_code == 403 and isinstance(operator, Operator):
            cause = "the form had no valid token" if is_forged(request) else "the role forbids it"
            detail = f"{request.method} {request.path}: {cause}"
            try:
                audit.record(operator, "Refused", _name_target(request), detail)
            except AWS_ERRORS:
                # Nothing was done, so the answer can go out without its entry.
                logger.exception("A refused attempt is missing in the audit log")
        return response

    return handle


def _name_target(request: HttpRequest) -> str:
    """The thing that the address names, as other entries name it."""
    match = request.resolver_match
    parts = (match.url_name or "").split("_") if match else []
    if match is None or len(parts) != 3:
        return f"portal{request.path[:200]}"
    key = str(match.kwargs.get("object_id") or request.GET.get("id") or "*")
    return f"{parts[0]}.{parts[1]}/{key[:80]}"
