"""The pages for requests that fail: AWS does not answer, or a form had no valid token."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.aws import AWS_ERRORS, describe_error

logger = logging.getLogger(__name__)

FORGED = "portal.forged"
"""Marks the request in `META`. No header can set it, because those begin with HTTP_."""


class AwsFailureMiddleware:
    """Answers an AWS error that no page handled with a 503 that shows the code of AWS."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, AWS_ERRORS):
            return None
        logger.error("AWS failed", exc_info=error)
        return render(request, "503.html", {"error": describe_error(error)}, status=503)


def refuse_forged_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django calls it for a form without a valid CSRF token."""
    request.META[FORGED] = "1"
    logger.warning("A form was refused: %s", reason)
    return render(request, "403.html", {"is_forged": True}, status=403)


def is_forged(request: HttpRequest) -> bool:
    """Whether the form of this request had no valid CSRF token."""
    return FORGED in request.META
