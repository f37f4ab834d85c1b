"""What a worker asks of AWS for its pictures, by libcurl instead of botocore.

libcurl signs and sends in C, which saves more than a millisecond of a core a call:
docs/performance.md. It gets one chance. What is not answered with 200 is asked again by botocore,
which knows AWS's errors and how to try again. So only calls that may be repeated go this way.
https://curl.se/libcurl/c/CURLOPT_AWS_SIGV4.html
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from http import HTTPStatus
from math import ceil
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

import pycurl
from botocore import xform_name
from botocore.httpsession import get_cert_path
from pynamodb.models import Model

from pipeline.core.clients import get_credentials
from pipeline.core.queue import TaskQueue
from pipeline.core.storage import KEY_PREFIX, ImageStore

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

logger = logging.getLogger(__name__)

_LEAST_BYTES_PER_SECOND = 1
_USUAL = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND)
"""A condition that does not hold, a picture that is not there: botocore raises what fits."""


class Direct:
    """Signed requests to one service. Safe to share between threads: each has a connection."""

    def __init__(self, client: Any) -> None:
        """Take service, region and limits from a client of botocore."""
        self.service: str = client.meta.service_model.signing_name
        self._region = client.meta.region_name
        self._connect_seconds = ceil(client.meta.config.connect_timeout)
        # For so long an answer may stand still, as with botocore.
        self._stall_seconds = ceil(client.meta.config.read_timeout)
        self._in_thread = threading.local()

    def send(
        self, url: str, headers: Sequence[str] = (), body: bytes | None = None
    ) -> bytes | None:
        """GET, or POST a body.

        Returns:
            What was answered with 200; otherwise None, and botocore is to be asked.
        """
        curl = self._prepare(url, headers)
        if body is not None:
            curl.setopt(pycurl.POSTFIELDS, body)
        try:
            answer: bytes = curl.perform_rb()
        except pycurl.error as error:
            self._warn(str(error))
            return None
        status = curl.getinfo(pycurl.RESPONSE_CODE)
        if status == HTTPStatus.OK:
            return answer
        if status not in _USUAL:
            self._warn(f"status {status}")
        return None

    def _prepare(self, url: str, headers: Sequence[str]) -> pycurl.Curl:
        mine = self._in_thread
        if not hasattr(mine, "curl"):
            mine.curl, mine.signature = self._open(), None
        curl: pycurl.Curl = mine.curl
        curl.setopt(pycurl.URL, url)
        # Those of an instance's role are renewed every few hours.
        credentials = get_credentials()
        if mine.signature != (credentials, headers):
            curl.setopt(pycurl.USERNAME, credentials.access_key)
            curl.setopt(pycurl.PASSWORD, credentials.secret_key)
            token = [f"x-amz-security-token: {credentials.token}"] if credentials.token else []
            curl.setopt(pycurl.HTTPHEADER, [*headers, *token])
            mine.signature = credentials, headers
        return curl

    def _open(self) -> pycurl.Curl:
        curl = pycurl.Curl()
        curl.setopt(pycurl.AWS_SIGV4, f"aws:amz:{self._region}:{self.service}")
        curl.setopt(pycurl.NOSIGNAL, 1)  # Signals are for programs without threads
        curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
        curl.setopt(pycurl.CAINFO, get_cert_path(verify=True))
        curl.setopt(pycurl.CONNECTTIMEOUT, self._connect_seconds)
        curl.setopt(pycurl.LOW_SPEED_LIMIT, _LEAST_BYTES_PER_SECOND)
        curl.setopt(pycurl.LOW_SPEED_TIME, self._stall_seconds)
        return curl

    def _warn(self, reason: str) -> None:
        extra = {"service": self.service, "reason": reason}
        logger.warning("AWS did not answer libcurl: asking by botocore", extra=extra)


class DirectImageStore(ImageStore):
    """Pictures in one S3 bucket. Safe to share between threads."""

    def download(self, key: str) -> bytes:
        """Read a picture.

        Raises:
            ImageMissingError: It is not there.
        """
        data = self._direct.send(self._bucket_url + quote(key))
        return super().download(key) if data is None else data

    @cached_property
    def _direct(self) -> Direct:
        return Direct(self._client)

    @cached_property
    def _bucket_url(self) -> str:
        """With a slash at the end: as botocore builds it from the settings."""
        return self.create_url(KEY_PREFIX).partition("?")[0].removesuffix(KEY_PREFIX)


class DirectTaskQueue(TaskQueue):
    """The messages of one SQS queue. Safe to share between threads."""

    def __init__(self, url: str, client: SQSClient | None = None) -> None:
        super().__init__(url, client)
        self._client = cast(
            "SQSClient", _DirectClient(self._client, "ReceiveMessage", "DeleteMessageBatch")
        )


def update_directly(model: type[Model]) -> None:
    """Have this model's prepared updates sent by libcurl. Each must be one that may be repeated."""
    # PynamoDB asks one method of botocore's client, and has no public place for another.
    connection = model._get_connection().connection
    connection._client = _DirectClient(connection.client, "UpdateItem")  # type: ignore[assignment]


class _DirectClient:
    """botocore's client of a service that speaks JSON, but for some operations.

    Bytes would come as base64; what these operations return has none.
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
