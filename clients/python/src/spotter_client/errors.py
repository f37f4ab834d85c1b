"""What can go wrong. Each error says what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from spotter_client.models import Task


MOST_TEXT = 300
"""Characters of an answer that is no JSON."""


class SpotterError(Exception):
    """The base of all errors of this package."""


class UnreachableError(SpotterError):
    """The service did not answer, also after several tries."""


class SignInError(SpotterError):
    """The user could not sign in: wrong address, password or key, or a sign-in that has ended."""


class PhotoError(SpotterError):
    """A photo cannot be sent."""


class ApiError(SpotterError):
    """The service refused a request."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        retry_after_seconds: float | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(f"{detail} ({code})")
        self.status = status
        self.code = code
        """Stable name of the error. New ones may be added."""
        self.detail = detail
        """What happened and what to do next, for people."""
        self.retry_after_seconds = retry_after_seconds
        self.request_id = request_id
        """Operators find the request in their logs by it."""


class TaskFailedError(SpotterError):
    """The service found nothing, because the photo or its processing failed."""

    def __init__(self, task: Task) -> None:
        code = task.error.code if task.error else task.status.value
        message = task.error.message if task.error else f"The task has {task.status.value}."
        super().__init__(f"{message} ({code})")
        self.task = task
        self.code = code


class NotFinishedError(SpotterError):
    """The result did not come in time. It may come later: ask again."""

    def __init__(self, task_id: str, seconds: float) -> None:
        super().__init__(f"No result of {task_id} after {seconds:.0f} s. Ask for it again later.")
        self.task_id = task_id


def build_api_error(response: httpx.Response) -> ApiError:
    """The error of an answer that is no success. Its body must have been read."""
    try:
        body = response.json()
    except ValueError:
        body = None
    problem = body if isinstance(body, dict) else {}
    detail = (
        problem.get("detail")
        or problem.get("message")
        or response.text.strip()[:MOST_TEXT]
        or response.reason_phrase
    )
    instance = problem.get("instance")
    return ApiError(
        response.status_code,
        str(problem.get("code") or f"http_{response.status_code}"),
        _join(str(detail), problem.get("errors")),
        retry_after_seconds=read_retry_after(response),
        request_id=str(instance).removeprefix("urn:uuid:") if instance else None,
    )


def read_retry_after(response: httpx.Response) -> float | None:
    """Seconds of `Retry-After`, or None if the answer has none."""
    try:
        return max(0.0, float(response.headers["Retry-After"]))
    except (KeyError, ValueError):
        return None


def _join(detail: str, errors: object) -> str:
    """The text of an error, with the fields that are wrong."""
    if not isinstance(errors, list):
        return detail
    fields = [f"{it.get('field')}: {it.get('message')}" for it in errors if isinstance(it, dict)]
    return " ".join([detail, *fields])
