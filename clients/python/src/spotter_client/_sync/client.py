"""One user of the service."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self
from uuid import UUID

import httpx

from spotter_client._sync.exports import Exports
from spotter_client._sync.keys import Keys
from spotter_client._sync.session import Session
from spotter_client._sync.streams import Streams
from spotter_client._sync.uploads import post_picture, send_form
from spotter_client._sync.versions import Versions
from spotter_client._sync.webhooks import Webhooks
from spotter_client.auth import Auth
from spotter_client.errors import NotFinishedError, read_retry_after
from spotter_client.finished import check_succeeded, is_open
from spotter_client.models import (
    CorrectionsRequest,
    Day,
    Days,
    DoublesGroup,
    DoublesPage,
    SimilarPage,
    Task,
    TaskPage,
    Usage,
    WordPage,
)
from spotter_client.options import Options, Search
from spotter_client.pauses import pause
from spotter_client.photos import Photo, Source, read_photo
from spotter_client.retries import Retries
from spotter_client.saved import load_login

WAIT_SECONDS = 60.0
"""How long to wait for a result."""

LONGEST_WAIT_SECONDS = 20
"""The longest that the service waits in one request."""

PAGE = 100

TaskId = UUID | str


class Spotter:
    """A signed-in user."""

    def __init__(
        self,
        api_url: str,
        auth: Auth,
        *,
        retries: Retries = Retries(),
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Nothing is sent yet.

        Args:
            api_url: Address of the API, with its stage: https://api.example.com/v1.
            auth: The way to sign in.
            retries: How patient to be with a service that is busy.
            transport: Sends the requests; for tests and proxies.
        """
        self._session = Session(api_url, auth, retries=retries, transport=transport)
        self.exports = Exports(self._session)
        self.keys = Keys(self._session)
        self.streams = Streams(self._session)
        self.versions = Versions(self._session)
        self.webhooks = Webhooks(self._session)

    @classmethod
    def from_login(cls, *, retries: Retries = Retries()) -> Self:
        """The user of SPOTTER_API and SPOTTER_KEY, else of `spotter login`.

        Raises:
            SignInError: There is neither.
        """
        login = load_login()
        return cls(login.api_url, login.build_auth(), retries=retries)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def look(
        self, photo: Source, options: Options = Options(), *, seconds: float = WAIT_SECONDS
    ) -> Task:
        """Send a photo and wait for its result.

        Raises:
            TaskFailedError: The photo could not be recognised.
            NotFinishedError: The result did not come within `seconds`.
            PhotoError: The photo cannot be sent.
        """
        ready = read_photo(photo)
        if not ready.is_small:
            return self.wait(self.upload_by_form(ready, options), seconds)
        deadline = time.monotonic() + seconds
        task = post_picture(self._session, ready, options, _bound_wait(seconds))
        if not is_open(task):
            return check_succeeded(task)
        return self.wait(task.task_id, deadline - time.monotonic())

    def upload(self, photo: Source, options: Options = Options()) -> str:
        """Send a photo by the better way and do not wait.

        Returns:
            The id of its task.
        """
        ready = read_photo(photo)
        if not ready.is_small:
            return self.upload_by_form(ready, options)
        return str((post_picture(self._session, ready, options, 0)).task_id)

    def upload_by_form(self, photo: Photo, options: Options = Options()) -> str:
        """Ask for a signed form, then send it with the photo to the storage. For large photos.

        Returns:
            The id of its task.
        """
        return send_form(self._session, photo, options)

    def get(self, task_id: TaskId) -> Task:
        """The present state of a task."""
        response = self._session.send("GET", f"/results/{task_id}")
        return Task.model_validate_json(response.content)

    def wait(self, task_id: TaskId, seconds: float = WAIT_SECONDS) -> Task:
        """Wait until a task has succeeded.

        Raises:
            TaskFailedError: It has failed or expired.
            NotFinishedError: It is not finished after `seconds`.
        """
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            response = self._session.send(
                "GET", f"/results/{task_id}", query={"wait": _bound_wait(left)}
            )
            task = Task.model_validate_json(response.content)
            if not is_open(task):
                return check_succeeded(task)
            asked = read_retry_after(response)
            pause(min(1.0 if asked is None else asked, max(0.0, left)))
        raise NotFinishedError(str(task_id), seconds)

    def get_many(self, task_ids: Sequence[TaskId]) -> list[Task]:
        """The present state of many tasks, without their texts. Missing ones are left out."""
        tasks: list[Task] = []
        for start in range(0, len(task_ids), PAGE):
            ids = ",".join(str(it) for it in task_ids[start : start + PAGE])
            response = self._session.send("GET", "/results", query={"ids": ids})
            tasks += TaskPage.model_validate_json(response.content).results
        return tasks

    def search(self, search: Search = Search(), *, limit: int | None = None) -> Iterator[Task]:
        """Your tasks, newest first, page by page.

        Args:
            search: Which tasks; all if left out.
            limit: Stop after this many.
        """
        found, cursor = 0, None
        while True:
            query = {
                **search.build_fields(),
                "limit": PAGE if limit is None else max(1, min(PAGE, limit - found)),
                **({"cursor": cursor} if cursor else {}),
            }
            response = self._session.send("GET", "/results", query=query)
            page = TaskPage.model_validate_json(response.content)
            for task in page.results if limit is None else page.results[: limit - found]:
                yield task
            found += len(page.results)
            cursor = page.next_cursor
            if cursor is None or (limit is not None and found >= limit):
                return

    def delete(self, task_id: TaskId) -> None:
        """Delete a photo and its result."""
        self._session.send("DELETE", f"/results/{task_id}")

    def retry(self, task_id: TaskId) -> None:
        """Recognise a failed task again."""
        self._session.send("POST", f"/results/{task_id}/retry")

    def cancel(self, task_id: TaskId) -> None:
        """Cancel a task that waits."""
        self._session.send("POST", f"/results/{task_id}/cancel")

    def correct(self, task_id: TaskId, corrections: CorrectionsRequest) -> Task:
        """Replace all corrections of a result."""
        body = corrections.model_dump(mode="json", by_alias=True, exclude_none=True)
        response = self._session.send("PUT", f"/results/{task_id}/corrections", json=body)
        return Task.model_validate_json(response.content)

    def list_similar(self, task_id: TaskId, *, limit: int | None = None) -> SimilarPage:
        """Photos that are like this one, copies first."""
        query = {"limit": limit} if limit else None
        response = self._session.send("GET", f"/results/{task_id}/similar", query=query)
        return SimilarPage.model_validate_json(response.content)

    def list_doubles(self) -> Iterator[DoublesGroup]:
        """Photos that you have more than once, page by page. Each group ends with the first one."""
        query: dict[str, str] = {}
        while True:
            response = self._session.send("GET", "/results/doubles", query=query)
            page = DoublesPage.model_validate_json(response.content)
            for group in page.groups:
                yield group
            if page.next_cursor is None:
                return
            query = {"cursor": page.next_cursor}

    def list_days(self, *, utc_offset: int = 0) -> list[Day]:
        """Days with tasks, newest first.

        Args:
            utc_offset: Minutes between your days and those of UTC.
        """
        query = {"utcOffset": utc_offset}
        response = self._session.send("GET", "/results/days", query=query)
        return Days.model_validate_json(response.content).days

    def list_words(self, *, limit: int | None = None) -> WordPage:
        """The names that are in the most results."""
        query = {"limit": limit} if limit else None
        response = self._session.send("GET", "/results/words", query=query)
        return WordPage.model_validate_json(response.content)

    def get_usage(self) -> Usage:
        """Your limits, what is left of them, and what was refused."""
        return Usage.model_validate_json((self._session.send("GET", "/usage")).content)

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        json: Any = None,
        is_repeated: bool = True,
    ) -> httpx.Response:
        """Send a request that has no method here, such as `GET /account/defaults`.

        Args:
            is_repeated: Whether it is sent again where that may help.

        Raises:
            ApiError: The service refused it.
        """
        return self._session.send(method, path, query=query, json=json, is_repeated=is_repeated)

    def get_token(self) -> str:
        """The ID token of the user, for other programs. It lives for at most an hour."""
        return self._session.get_token()


def _bound_wait(seconds: float) -> int:
    return max(0, min(LONGEST_WAIT_SECONDS, math.floor(seconds)))
