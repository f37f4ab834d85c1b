"""What an operator sees when AWS does not answer: a page that says so, not an error of ours."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.aws import AWS_ERRORS, describe_error

logger = logging.getLogger(__name__)


class AwsFailureMiddleware:
    """Turns what no page expected of AWS into a 503 with the code that AWS gave."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, AWS_ERRORS):
            return None
        logger.error("AWS failed", exc_info=error)
        return render(request, "503.html", {"error": describe_error(error)}, status=503)
