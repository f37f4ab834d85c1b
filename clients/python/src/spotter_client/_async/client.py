"""One user of the service."""

from __future__ import annotations

import math
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Self
from uuid import UUID

import httpx

from spotter_client._async.exports import AsyncExports
from spotter_client._async.keys import AsyncKeys
from spotter_client._async.session import AsyncSession
from spotter_client._async.streams import AsyncStreams
from spotter_client._async.uploads import post_picture, send_form
from spotter_client._async.versions import AsyncVersions
from spotter_client._async.webhooks import AsyncWebhooks
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
from spotter_client.pauses import async_pause
from spotter_client.photos import Photo, Source, read_photo
from spotter_client.retries import Retries
from spotter_client.saved import load_login

WAIT_SECONDS = 60.0
"""How long to wait for a result."""

LONGEST_WAIT_SECONDS = 20
"""The longest that the service waits in one request."""

PAGE = 100

TaskId = UUID | str


class AsyncSpotter:
    """A signed-in user."""

    def __init__(
        self,
        api_url: str,
        auth: Auth,
        *,
        retries: Retries = Retries(),
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Nothing is sent yet.

        Args:
            api_url: Address of the API, with its stage: https://api.example.com/v1.
            auth: The way to sign in.
            retries: How patient to be with a service that is busy.
            transport: Sends the requests; for tests and proxies.
        """
        self._session = AsyncSession(api_url, auth, retries=retries, transport=transport)
        self.exports = AsyncExports(self._session)
        self.keys = AsyncKeys(self._session)
        self.streams = AsyncStreams(self._session)
        self.versions = AsyncVersions(self._session)
        self.webhooks = AsyncWebhooks(self._session)

    @classmethod
    def from_login(cls, *, retries: Retries = Retries()) -> Self:
        """The user of SPOTTER_API and SPOTTER_KEY, else of `spotter login`.

        Raises:
            SignInError: There is neither.
        """
        login = load_login()
        return cls(login.api_url, login.build_auth(), retries=retries)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._session.aclose()

    async def look(
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
            return await self.wait(await self.upload_by_form(ready, options), seconds)
        deadline = time.monotonic() + seconds
        task = await post_picture(self._session, ready, options, _bound_wait(seconds))
        if not is_open(task):
            return check_succeeded(task)
        return await self.wait(task.task_id, deadline - time.monotonic())

    async def upload(self, photo: Source, options: Options = Options()) -> str:
        """Send a photo by the better way and do not wait.

        Returns:
            The id of its task.
        """
        ready = read_photo(photo)
        if not ready.is_small:
            return await self.upload_by_form(ready, options)
        return str((await post_picture(self._session, ready, options, 0)).task_id)

    async def upload_by_form(self, photo: Photo, options: Options = Options()) -> str:
        """Ask for a signed form, then send it with the photo to the storage. For large photos.

        Returns:
            The id of its task.
        """
        return await send_form(self._session, photo, options)

    async def get(self, task_id: TaskId) -> Task:
        """The present state of a task."""
        response = await self._session.send("GET", f"/results/{task_id}")
        return Task.model_validate_json(response.content)

    async def wait(self, task_id: TaskId, seconds: float = WAIT_SECONDS) -> Task:
        """Wait until a task has succeeded.

        Raises:
            TaskFailedError: It has failed or expired.
            NotFinishedError: It is not finished after `seconds`.
        """
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            response = await self._session.send(
                "GET", f"/results/{task_id}", query={"wait": _bound_wait(left)}
            )
            task = Task.model_validate_json(response.content)
            if not is_open(task):
                return check_succeeded(task)
            asked = read_retry_after(response)
            await async_pause(min(1.0 if asked is None else asked, max(0.0, left)))
        raise NotFinishedError(str(task_id), seconds)

    async def get_many(self, task_ids: Sequence[TaskId]) -> list[Task]:
        """The present state of many tasks, without their texts. Missing ones are left out."""
        tasks: list[Task] = []
        for start in range(0, len(task_ids), PAGE):
            ids = ",".join(str(it) for it in task_ids[start : start + PAGE])
            response = await self._session.send("GET", "/results", query={"ids": ids})
            tasks += TaskPage.model_validate_json(response.content).results
        return tasks

    async def search(
        self, search: Search = Search(), *, limit: int | None = None
    ) -> AsyncIterator[Task]:
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
            response = await self._session.send("GET", "/results", query=query)
            page = TaskPage.model_validate_json(response.content)
            for task in page.results if limit is None else page.results[: limit - found]:
                yield task
            found += len(page.results)
            cursor = page.next_cursor
            if cursor is None or (limit is not None and found >= limit):
                return

    async def delete(self, task_id: TaskId) -> None:
        """Delete a photo and its result."""
        await self._session.send("DELETE", f"/results/{task_id}")

    async def retry(self, task_id: TaskId) -> None:
        """Recognise a failed task again."""
        await self._session.send("POST", f"/results/{task_id}/retry")

    async def cancel(self, task_id: TaskId) -> None:
        """Cancel a task that waits."""
        await self._session.send("POST", f"/results/{task_id}/cancel")

    async def correct(self, task_id: TaskId, corrections: CorrectionsRequest) -> Task:
        """Replace all corrections of a result."""
        body = corrections.model_dump(mode="json", by_alias=True, exclude_none=True)
        response = await self._session.send("PUT", f"/results/{task_id}/corrections", json=body)
        return Task.model_validate_json(response.content)

    async def list_similar(self, task_id: TaskId, *, limit: int | None = None) -> SimilarPage:
        """Photos that are like this one, copies first."""
        query = {"limit": limit} if limit else None
        response = await self._session.send("GET", f"/results/{task_id}/similar", query=query)
        return SimilarPage.model_validate_json(response.content)

    async def list_doubles(self) -> AsyncIterator[DoublesGroup]:
        """Photos that you have more than once, page by page. Each group ends with the first one."""
        query: dict[str, str] = {}
        while True:
            response = await self._session.send("GET", "/results/doubles", query=query)
            page = DoublesPage.model_validate_json(response.content)
            for group in page.groups:
                yield group
            if page.next_cursor is None:
                return
            query = {"cursor": page.next_cursor}

    async def list_days(self, *, utc_offset: int = 0) -> list[Day]:
        """Days with tasks, newest first.

        Args:
            utc_offset: Minutes between your days and those of UTC.
        """
        query = {"utcOffset": utc_offset}
        response = await self._session.send("GET", "/results/days", query=query)
        return Days.model_validate_json(response.content).days

    async def list_words(self, *, limit: int | None = None) -> WordPage:
        """The names that are in the most results."""
        query = {"limit": limit} if limit else None
        response = await self._session.send("GET", "/results/words", query=query)
        return WordPage.model_validate_json(response.content)

    async def get_usage(self) -> Usage:
        """Your limits, what is left of them, and what was refused."""
        return Usage.model_validate_json((await self._session.send("GET", "/usage")).content)

    async def request(
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
        return await self._session.send(
            method, path, query=query, json=json, is_repeated=is_repeated
        )

    async def get_token(self) -> str:
        """The ID token of the user, for other programs. It lives for at most an hour."""
        return await self._session.get_token()


def _bound_wait(seconds: float) -> int:
    return max(0, min(LONGEST_WAIT_SECONDS, math.floor(seconds)))
