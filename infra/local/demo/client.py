"""The client of `clients/python` on the local system: signs in its people, answers with JSON."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Any, Self

import httpx

from infra.local.state import Person, State
from spotter_client import Hints, PasswordAuth, Retries, Spotter, TokenAuth, UserPool
from spotter_client.models import Task
from spotter_client.photos import Photo, read_photo

RESULT_SECONDS = 60
TIMEOUT_SECONDS = 30

Json = dict[str, Any]


class Form(StrEnum):
    """The two ways to upload."""

    DIRECT = "direct"  # The picture is the request
    PRESIGNED = "form"  # JSON first, then a form that S3 takes


def build_pool(state: State) -> UserPool:
    """Where the people of the local system sign in."""
    return UserPool(state.user_pool_id, state.client_id, state.endpoint)


def open_spotter(state: State, person: Person, retries: Retries = Retries()) -> Spotter:
    """The client of a person, which signs in at its first request."""
    auth = PasswordAuth(build_pool(state), person.email, person.password)
    return Spotter(state.api_url, auth, retries=retries)


def sign_in(state: State, person: Person) -> str:
    """The ID token of a person.

    Raises:
        SignInError: The password is wrong, or the account is disabled.
    """
    with open_spotter(state, person) as spotter:
        return spotter.get_token()


def request_tokens(state: State, person: Person) -> dict[str, str]:
    """A person's ID, access and refresh token, by their names at Cognito.

    Raises:
        SignInError: The password is wrong, or the account is disabled.
    """
    auth = PasswordAuth(build_pool(state), person.email, person.password)
    with Spotter(state.api_url, auth) as spotter:
        id_token = spotter.get_token()
    assert auth.access_token
    assert auth.refresh_token
    return {
        "IdToken": id_token,
        "AccessToken": auth.access_token,
        "RefreshToken": auth.refresh_token,
    }


class SpotterClient:
    """A signed-in user, whose answers are the JSON that the API wrote."""

    def __init__(self, api_url: str, id_token: str) -> None:
        self._transport = _CountingTransport()
        self.spotter = Spotter(api_url, TokenAuth(id_token), transport=self._transport)
        self.hints = Hints(self.spotter)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self.hints.close()
        self.spotter.close()

    @property
    def request_count(self) -> int:
        """Requests so far."""
        return self._transport.count

    def recognise(self, photo: Path, form: Form | None = None) -> Json:
        """Send one photo and wait for its result. `form` defaults to direct for small photos.

        Raises:
            SpotterError: The photo was refused, the task failed, or it took too long.
        """
        ready = read_photo(photo)
        upload = self.spotter.upload_by_form if form is Form.PRESIGNED else self.spotter.upload
        return self.wait_for_result(upload(ready))

    def upload_direct(self, data: bytes, content_type: str, file_name: str) -> str:
        """Send the picture in the request. Returns the id of its task."""
        return self.spotter.upload(Photo(data, content_type, file_name))

    def upload_by_form(self, data: bytes, content_type: str, file_name: str) -> str:
        """Request a form, then post the picture to S3 with it. Returns the id of its task."""
        return self.spotter.upload_by_form(Photo(data, content_type, file_name))

    def get_result(self, task_id: str) -> Json:
        """The present state of the task."""
        return dict(self.spotter.request("GET", f"/results/{task_id}").json())

    def list_results(self) -> Json:
        """The first page of the user's tasks."""
        return dict(self.spotter.request("GET", "/results").json())

    def wait_for_result(self, task_id: str, seconds: float = RESULT_SECONDS) -> Json:
        """Wait until the task has succeeded, by hints if `hints` is open.

        Raises:
            SpotterError: The task failed, or took longer than `seconds`.
        """
        wait = self.hints.wait if self.hints.is_open else self.spotter.wait
        return to_json(wait(task_id, seconds))


def to_json(task: Task) -> Json:
    """A task as the API wrote it."""
    return task.model_dump(mode="json", by_alias=True, exclude_unset=True)


class _CountingTransport(httpx.HTTPTransport):
    count = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.count += 1
        return super().handle_request(request)
