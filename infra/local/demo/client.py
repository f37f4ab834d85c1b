"""What a program needs to use Spotter: sign in, upload, wait for the result.

It knows only what any consumer of the API knows: its address, the user pool and the OpenAPI
document.
"""

from __future__ import annotations

import mimetypes
import time
from collections.abc import Mapping
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import Any, Self
from uuid import uuid4

import boto3
import httpx
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pycognito.aws_srp import AWSSRP  # type: ignore[import-untyped]
from pycognito.exceptions import WarrantException  # type: ignore[import-untyped]

from infra.local.demo.backoff import PASSING, Backoff
from infra.local.demo.hints import Hints, open_hints
from infra.local.state import Person, State
from pipeline.core.images import DIRECT_MAX_BYTES

TIMEOUT_SECONDS = 30
RESULT_SECONDS = 60
PATIENCE_SECONDS = 60
"""How long a request is tried again at a limit of its user, or while the service is away."""

POLL_SECONDS = 0.15
"""The first pause between two questions about a task while no hint can come."""

SLOWEST_POLL_SECONDS = 2.0
"""The longest such pause: many threads that ask often would make a slow service slower."""

LISTEN_AGAIN_SECONDS = 5.0
"""After a socket that did not open, the next try waits for so long."""

HINT_SECONDS = 5
"""How long a hint may take. It can be lost, so then the task is asked for anyway."""

OPEN_STATUSES = ("awaiting_upload", "queued", "processing")

Json = dict[str, Any]


class Form(StrEnum):
    """The two ways to upload."""

    DIRECT = "direct"  # The picture is the request
    PRESIGNED = "form"  # JSON first, then a form that S3 takes


class DemoError(Exception):
    """A photo got no labels; the text says why."""


def sign_in(state: State, person: Person) -> str:
    """The ID token of a person."""
    token: str = request_tokens(state, person)["IdToken"]
    return token


def request_tokens(state: State, person: Person) -> Json:
    """A person's ID, access and refresh token, by SRP: the password never leaves this process."""
    client = boto3.client(
        "cognito-idp",
        endpoint_url=state.endpoint,
        region_name=state.region,
        config=Config(signature_version=UNSIGNED),
    )
    with closing(client) as cognito:
        srp = AWSSRP(
            username=person.email,
            password=person.password,
            pool_id=state.user_pool_id,
            client_id=state.client_id,
            client=cognito,
        )
        try:
            answer = srp.authenticate_user()
        except (BotoCoreError, ClientError, WarrantException) as error:
            raise DemoError(f"{person.email} could not sign in: {error}") from error
    tokens: Json = answer["AuthenticationResult"]
    return tokens


def connect(state: State, person: Person) -> httpx.Client:
    """A client of the API that sends a person's token with each request."""
    return httpx.Client(
        base_url=state.api_url,
        headers={"Authorization": sign_in(state, person)},
        timeout=TIMEOUT_SECONDS,
    )


class SpotterClient:
    """One signed-in user of the API."""

    def __init__(self, api_url: str, id_token: str) -> None:
        self.request_count = 0
        """Requests to the API so far."""
        self._http = httpx.Client(
            base_url=api_url,
            headers={"Authorization": id_token},
            timeout=TIMEOUT_SECONDS,
            event_hooks={"request": [self._count]},
        )
        self._hints: Hints | None = None
        self._opening = Lock()
        self._listen_after = 0.0
        """When another socket may be opened, by time.monotonic."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _count(self, request: httpx.Request) -> None:
        self.request_count += 1

    def close(self) -> None:
        """Close the connections."""
        if self._hints:
            self._hints.close()
        self._http.close()

    def listen(self) -> bool:
        """Open a socket for hints, unless one is open. Without it `wait_for_result` only polls.

        All threads of this client share one socket.

        Returns:
            Whether it is open.
        """
        with self._opening:
            if not self._is_listening and time.monotonic() >= self._listen_after:
                self._hints = open_hints(self._http)
                if self._hints is None:
                    self._listen_after = time.monotonic() + LISTEN_AGAIN_SECONDS
            return self._is_listening

    @property
    def _is_listening(self) -> bool:
        return self._hints is not None and self._hints.is_open

    def recognise(self, photo: Path, form: Form | None = None) -> Json:
        """Send one photo and wait for its task. `form` defaults to direct for small photos.

        Raises:
            DemoError: The photo was refused, the task failed, or it took too long.
        """
        self.listen()
        data = photo.read_bytes()
        chosen = form or (Form.DIRECT if len(data) <= DIRECT_MAX_BYTES else Form.PRESIGNED)
        upload = self.upload_direct if chosen is Form.DIRECT else self.upload_by_form
        task_id = upload(data, guess_content_type(photo), photo.name)
        return self.wait_for_result(task_id)

    def upload_direct(self, data: bytes, content_type: str, file_name: str) -> str:
        """Send the picture in the request.

        Returns:
            The id of its task.
        """
        response = self._post(
            content=data,
            headers={"Content-Type": content_type},
            params={"fileName": file_name},
        )
        return str(_read(response)["taskId"])

    def upload_by_form(self, data: bytes, content_type: str, file_name: str) -> str:
        """Request a form, then post the picture to S3 with it.

        Returns:
            The id of its task.
        """
        body = {"contentType": content_type, "sizeBytes": len(data), "fileName": file_name}
        created = _read(self._post(json=body))
        form = created["upload"]
        # Without our headers: S3 must not get the ID token.
        response = httpx.post(
            form["url"],
            data=form["fields"],
            files={"file": (file_name, data, content_type)},
            timeout=TIMEOUT_SECONDS,
        )
        if not response.is_success:
            raise DemoError(f"S3 refused the picture ({response.status_code}): {response.text}")
        return str(created["taskId"])

    def _post(self, *, headers: Mapping[str, str] | None = None, **request: Any) -> httpx.Response:
        """Request an upload. All tries have one key, so they make one task."""
        key = {"Idempotency-Key": uuid4().hex}
        return self._send("POST", "/upload", headers={**(headers or {}), **key}, **request)

    def _send(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Send a request until it is answered, unless the API asks for more patience than ours."""
        backoff, deadline = Backoff(), time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                response = self._http.request(method, path, **request)
            except httpx.TransportError:
                pause = backoff.next()
                if time.monotonic() + pause > deadline:
                    raise
            else:
                pause = backoff.next(response.headers)
                is_passing = response.status_code in PASSING
                if not is_passing or time.monotonic() + pause > deadline:
                    return response
            time.sleep(pause)

    def get_result(self, task_id: str) -> Json:
        """The present state of the task."""
        return _read(self._send("GET", f"/results/{task_id}"))

    def list_results(self) -> Json:
        """The first page of the user's tasks."""
        return _read(self._http.get("/results"))

    def wait_for_result(self, task_id: str, seconds: float = RESULT_SECONDS) -> Json:
        """Wait for the hint that the task is finished, then get it. Poll if no hint can come.

        Raises:
            DemoError: The task failed, or took longer than `seconds`.
        """
        deadline, pause = time.monotonic() + seconds, POLL_SECONDS
        while time.monotonic() < deadline:
            self._wait(task_id, pause)
            pause = min(1.5 * pause, SLOWEST_POLL_SECONDS)
            task = self.get_result(task_id)
            if task["status"] == "succeeded":
                return task
            if task["status"] not in OPEN_STATUSES:
                error = task.get("error") or {}
                raise DemoError(f"{error.get('message', task['status'])} ({error.get('code')})")
        raise DemoError(f"No result after {seconds:.0f} s. Is a worker running? See the logs.")

    def _wait(self, task_id: str, pause_seconds: float) -> None:
        """Return when it makes sense to ask for the task."""
        hints = self._hints
        if hints is None or not hints.is_open:
            time.sleep(pause_seconds)
        else:
            hints.wait_for(task_id, HINT_SECONDS)


def guess_content_type(photo: Path) -> str:
    """Guess from the file name, as a browser does."""
    return mimetypes.guess_type(photo.name, strict=False)[0] or "application/octet-stream"


def _read(response: httpx.Response) -> Json:
    try:
        body: Json = response.json()
    except ValueError:
        body = {}
    if response.is_success:
        return body
    reason = body.get("detail") or body.get("message") or response.reason_phrase
    raise DemoError(f"{reason} ({body.get('code', response.status_code)})")
