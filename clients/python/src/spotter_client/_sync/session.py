"""Requests with a token, sent again where that helps."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, Self

import httpx

from spotter_client import retries as _retries
from spotter_client.auth import Auth
from spotter_client.errors import ApiError, UnreachableError, build_api_error
from spotter_client.pauses import pause

TIMEOUT_SECONDS = 30.0


class Session:
    """The connections of one user to one service."""

    def __init__(
        self,
        api_url: str,
        auth: Auth,
        *,
        retries: _retries.Retries,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._api_url = api_url.rstrip("/")
        self._auth = auth
        self._retries = retries
        self._http = httpx.Client(timeout=TIMEOUT_SECONDS, transport=transport)
        self._renewing = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        content: bytes | None = None,
        is_repeated: bool = True,
    ) -> httpx.Response:
        """Send a request to the service.

        Args:
            is_repeated: Whether it is sent again where that may help.

        Raises:
            ApiError: The service refused it.
            SignInError: There is no token.
            UnreachableError: There was no answer.
        """
        request = self._http.build_request(
            method,
            self._api_url + path,
            params=query,
            headers=headers,
            json=json,
            content=content,
        )
        return self._repeat(request, is_signed=True, is_repeated=is_repeated)

    def send_unsigned(self, request: httpx.Request) -> httpx.Response:
        """Send a request once to another address, which must not get the token."""
        return self._repeat(request, is_signed=False, is_repeated=False)

    def pause_before_repeat(self, repeat: int, error: ApiError | UnreachableError) -> None:
        """Wait until something is tried again.

        Args:
            repeat: How often it has been repeated.
            error: What became of it. It is raised if another try cannot help.
        """
        seconds = self._retries.choose_pause(repeat, error)
        if seconds is None:
            raise error
        pause(seconds)

    def stream_to(self, url: str, file: Any) -> None:
        """Write what is at a signed address into an open file."""
        with self._http.stream("GET", url) as response:
            if not response.is_success:
                response.read()
                raise build_api_error(response)
            for piece in response.iter_bytes():
                file.write(piece)

    def _repeat(
        self, request: httpx.Request, *, is_signed: bool, is_repeated: bool = True
    ) -> httpx.Response:
        repeat = 0
        while True:
            error: ApiError | UnreachableError
            try:
                response = self._try(request, is_signed=is_signed)
                if response.is_success or response.status_code == 304:
                    return response
                error = build_api_error(response)
            except ApiError as refused:  # No token could be had
                error = refused
            except httpx.TransportError as failed:
                error = UnreachableError(f"{request.url.host} did not answer: {failed!r}")
                error.__cause__ = failed
            if not is_repeated:
                raise error
            self.pause_before_repeat(repeat, error)
            repeat += 1

    def _try(self, request: httpx.Request, *, is_signed: bool) -> httpx.Response:
        if not is_signed:
            return self._http.send(request)
        token = self.get_token()
        response = self._send_with(token, request)
        if response.status_code != 401:
            return response
        # The token was revoked, or the clocks differ.
        return self._send_with(self.get_token(rejected=token), request)

    def _send_with(self, token: str, request: httpx.Request) -> httpx.Response:
        request.headers["Authorization"] = f"Bearer {token}"
        return self._http.send(request)

    def get_token(self, rejected: str | None = None) -> str:
        """The token of the user, a new one if it has expired or was rejected."""
        with self._renewing:
            token = self._auth.token
            if token is not None and token != rejected:
                return token
            steps = self._auth.renew()
            try:
                request = next(steps)
                while True:
                    request = steps.send(self._http.send(request))
            except StopIteration:
                pass
            renewed = self._auth.token
            assert renewed is not None
            return renewed
