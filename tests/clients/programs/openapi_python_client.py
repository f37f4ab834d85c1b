"""A program that uses a client made by openapi-python-client. It needs no cast and no Any."""

from io import BytesIO
from uuid import UUID

import httpx
from generated import AuthenticatedClient
from generated.api.results import get_result
from generated.api.uploads import create_picture, create_upload
from generated.models import Problem, Task, UploadRequest, UploadTicket
from generated.models.task_status import TaskStatus
from generated.models.upload_request_content_type import UploadRequestContentType
from generated.types import File


class RefusedError(Exception):
    """The service refused a request."""


def upload(client: AuthenticatedClient, picture: bytes) -> UUID:
    """Send a picture in one request."""
    answer = create_picture.sync(client=client, body=File(payload=BytesIO(picture)))
    if not isinstance(answer, Task):
        raise RefusedError(answer)
    return answer.task_id


def upload_by_form(client: AuthenticatedClient, storage: httpx.Client, picture: bytes) -> UUID:
    """Ask for a form and send it to the storage, which must not get the token."""
    request = UploadRequest(
        content_type=UploadRequestContentType.IMAGEJPEG, size_bytes=len(picture), max_labels=3
    )
    answer = create_upload.sync(client=client, body=request)
    if not isinstance(answer, UploadTicket) or not answer.upload:
        raise RefusedError(answer)
    form = answer.upload
    fields = form.fields.additional_properties
    storage.post(form.url, data=fields, files={"file": picture}).raise_for_status()
    return answer.task_id


def poll(client: AuthenticatedClient, task_id: UUID) -> list[str]:
    """Wait for a result and return the names of its labels."""
    while True:
        answer = get_result.sync(task_id, client=client, wait=10)
        if isinstance(answer, Problem) or not isinstance(answer, Task) or answer.error:
            raise RefusedError(answer)
        if answer.status == TaskStatus.SUCCEEDED:
            return [label.name for label in answer.labels]


def build(url: str, transport: httpx.BaseTransport) -> AuthenticatedClient:
    """A client that sends its requests with this transport."""
    return AuthenticatedClient(url, "token", httpx_args={"transport": transport})
