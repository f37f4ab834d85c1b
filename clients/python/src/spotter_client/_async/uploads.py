"""The two ways of a photo to the service."""

from __future__ import annotations

from uuid import uuid4

import httpx

from spotter_client._async.session import AsyncSession
from spotter_client.errors import ApiError, UnreachableError
from spotter_client.models import Task, UploadForm, UploadTicket
from spotter_client.options import Options
from spotter_client.photos import Photo


async def post_picture(session: AsyncSession, photo: Photo, options: Options, wait: int) -> Task:
    """Send a photo as the body, and let the request wait for so many seconds."""
    prefer = {"Prefer": f"wait={wait}"} if wait else {}
    named = {"fileName": photo.file_name} if photo.file_name else {}
    response = await session.send(
        "POST",
        "/pictures",
        query={**options.build_query(), **named},
        content=photo.data,
        headers={"Content-Type": photo.content_type, **_once(), **prefer},
    )
    return Task.model_validate_json(response.content)


async def send_form(session: AsyncSession, photo: Photo, options: Options) -> str:
    """Ask for a signed form, and send it with the photo to the storage.

    Returns:
        The id of the task.
    """
    body = {
        "contentType": photo.content_type,
        "sizeBytes": len(photo.data),
        **({"fileName": photo.file_name} if photo.file_name else {}),
        **options.build_fields(),
    }
    once, repeat = _once(), 0
    while True:
        response = await session.send("POST", "/upload", json=body, headers=once)
        ticket = UploadTicket.model_validate_json(response.content)
        if ticket.upload is None:  # The photo arrived, and only the answer was lost
            return str(ticket.task_id)
        try:
            await session.send_unsigned(_fill_form(ticket.upload, photo))
        except (ApiError, UnreachableError) as error:
            # Ask for another form of the same task: it may lead to another region.
            await session.pause_before_repeat(repeat, error)
            repeat += 1
        else:
            return str(ticket.task_id)


def _fill_form(form: UploadForm, photo: Photo) -> httpx.Request:
    request = httpx.Request(
        "POST",
        form.url,
        data=form.fields,
        files={"file": (photo.file_name or "photo", photo.data, photo.content_type)},
    )
    request.read()  # So that asyncio can send it
    return httpx.Request("POST", request.url, headers=request.headers, content=request.content)


def _once() -> dict[str, str]:
    """A repeat with the same header makes no second task."""
    return {"Idempotency-Key": str(uuid4())}
