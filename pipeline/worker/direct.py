"""Sends the worker's calls for each picture with libcurl instead of botocore.

libcurl signs and sends in C, which saves more than 1 ms of processor time a call
(docs/performance.md). libcurl tries once. If the answer is not 200, botocore repeats the call,
because it knows the errors and retries of AWS. So only calls that may be repeated use libcurl.
https://curl.se/libcurl/c/CURLOPT_AWS_SIGV4.html
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from http import HTTPStatus
from math import ceil
from typing import TYPE_CHECKING, Any, Literal, cast
from urllib.parse import quote

import pycurl
from botocore import xform_name
from botocore.httpsession import get_cert_path
from pynamodb.models import Model

from pipeline.core.clients import get_credentials
from pipeline.core.queue import TaskQueue
from pipeline.core.storage import IMAGE_PREFIX, ImageStore

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

logger = logging.getLogger(__name__)

_LEAST_BYTES_PER_SECOND = 1
_EXPECTED = {"dynamodb": HTTPStatus.BAD_REQUEST, "s3": HTTPStatus.NOT_FOUND}
"""Status without a warning, by service: a failed condition, a missing picture. botocore raises the
error."""


class Direct:
    """Sends signed requests to one service. Each thread has its own connection."""

    def __init__(self, client: Any) -> None:
        """Take service, region and timeouts from a botocore client."""
        self.service: str = client.meta.service_model.signing_name
        self._region = client.meta.region_name
        self._connect_seconds = ceil(client.meta.config.connect_timeout)
        # An answer may stall for this long, as with botocore.
        self._stall_seconds = ceil(client.meta.config.read_timeout)
        self._in_thread = threading.local()

    def send(
        self,
        url: str,
        headers: Sequence[str] = (),
        body: bytes | None = None,
        *,
        method: Literal["GET", "POST", "PUT"] = "POST",
    ) -> bytes | None:
        """Send a request, by default with POST; without a body by GET.

        Returns:
            The body of a 200 answer. Otherwise None, and the caller uses botocore.
        """
        curl = self._prepare(url, headers)
        if body is None:
            curl.setopt(pycurl.HTTPGET, 1)
            curl.unsetopt(pycurl.CUSTOMREQUEST)
        else:
            curl.setopt(pycurl.POSTFIELDS, body)
            curl.setopt(pycurl.CUSTOMREQUEST, method)
        try:
            answer: bytes = curl.perform_rb()
        except pycurl.error as error:
            self._warn(str(error))
            return None
        status = curl.getinfo(pycurl.RESPONSE_CODE)
        if status == HTTPStatus.OK:
            return answer
        if status != _EXPECTED.get(self.service):
            self._warn(f"status {status}")
        return None

    def _prepare(self, url: str, headers: Sequence[str]) -> pycurl.Curl:
        mine = self._in_thread
        if not hasattr(mine, "curl"):
            mine.curl, mine.signature = self._open(), None
        curl: pycurl.Curl = mine.curl
        curl.setopt(pycurl.URL, url)
        # The credentials of an instance's role change every few hours.
        credentials = get_credentials()
        if mine.signature != (credentials, headers):
            curl.setopt(pycurl.USERNAME, credentials.access_key)
            curl.setopt(pycurl.PASSWORD, credentials.secret_key)
            token = [f"x-amz-security-token: {credentials.token}"] if credentials.token else []
            # pycurl ignores an empty list, and the headers of the last request would stay.
            curl.unsetopt(pycurl.HTTPHEADER)
            curl.setopt(pycurl.HTTPHEADER, [*headers, *token])
            mine.signature = credentials, headers
        return curl

    def _open(self) -> pycurl.Curl:
        curl = pycurl.Curl()
        curl.setopt(pycurl.AWS_SIGV4, f"aws:amz:{self._region}:{self.service}")
        curl.setopt(pycurl.NOSIGNAL, 1)  # libcurl must not use signals in a process with threads.
        curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
        authorities = get_cert_path(verify=True)
        assert authorities
        curl.setopt(pycurl.CAINFO, os.fsencode(authorities))  # pycurl takes only ASCII as text
        curl.setopt(pycurl.CONNECTTIMEOUT, self._connect_seconds)
        curl.setopt(pycurl.LOW_SPEED_LIMIT, _LEAST_BYTES_PER_SECOND)
        curl.setopt(pycurl.LOW_SPEED_TIME, self._stall_seconds)
        return curl

    def _warn(self, reason: str) -> None:
        extra = {"service": self.service, "reason": reason}
        logger.warning("Call by libcurl failed: repeating it with botocore", extra=extra)


class DirectImageStore(ImageStore):
    """Pictures in one S3 bucket. Safe to share between threads."""

    def download(self, key: str) -> bytes:
        """Read a picture.

        Raises:
            ImageMissingError: The bucket has no such key.
        """
        data = self._direct.send(self._bucket_url + quote(key))
        return super().download(key) if data is None else data

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Store a picture, or replace it."""
        headers = (f"Content-Type: {content_type}", "x-amz-server-side-encryption: AES256")
        answer = self._direct.send(self._bucket_url + quote(key), headers, data, method="PUT")
        if answer is None:
            super().put(key, data, content_type)

    @cached_property
    def _direct(self) -> Direct:
        return Direct(self._client)

    @cached_property
    def _bucket_url(self) -> str:
        """The address that botocore builds from the settings, with a slash at the end."""
        return self.create_url(IMAGE_PREFIX).partition("?")[0].removesuffix(IMAGE_PREFIX)


class DirectTaskQueue(TaskQueue):
    """The messages of one SQS queue. Safe to share between threads."""

    def __init__(self, url: str, client: SQSClient | None = None) -> None:
        super().__init__(url, client)
        self._client = cast(
            "SQSClient",
            _DirectClient(
                self._client,
                "ReceiveMessage",
                "DeleteMessageBatch",
                "ChangeMessageVisibilityBatch",
            ),
        )


def update_directly(model: type[Model]) -> None:
    """Send this model's prepared updates with libcurl. Each must be safe to repeat."""
    # PynamoDB has no public way to replace botocore's client.
    connection = model._get_connection().connection
    connection._client = _DirectClient(connection.client, "UpdateItem")  # type: ignore[assignment]


class _DirectClient:
    """A botocore client of a JSON service that sends some operations with libcurl.

    It does not decode base64, so these operations must not return bytes.
    """

    def __init__(self, client: Any, *operations: str) -> None:
        self._client = client
        self._direct = Direct(client)
        for operation in operations:
            setattr(self, xform_name(operation), self._build_method(operation))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def _build_method(self, operation: str) -> Callable[..., Any]:
        url = self._client.meta.endpoint_url
        description = self._client.meta.service_model.metadata
        headers = (
            f"X-Amz-Target: {description['targetPrefix']}.{operation}",
            f"Content-Type: application/x-amz-json-{description['jsonVersion']}",
        )
        by_botocore = getattr(self._client, xform_name(operation))

        def method(**arguments: Any) -> Any:
            answer = self._direct.send(url, headers, json.dumps(arguments).encode())
            return by_botocore(**arguments) if answer is None else json.loads(answer.decode())

        return method
