"""The bodies of the answers to an upload with a form."""

from datetime import datetime

from pydantic import Field

from pipeline.core.labels import ApiModel
from pipeline.core.settings import FORM_LIFETIME
from pipeline.lambdas.schemas import EXAMPLE_TASK_ID, TaskId

FORM_MINUTES = int(FORM_LIFETIME.total_seconds() / 60)


class UploadFormView(ApiModel):
    """A signed form: whoever has it can store this one picture until the form expires."""

    url: str = Field(
        description="Address to send the form to, by POST as multipart/form-data.",
        examples=["https://images.example.com/"],
    )
    fields: dict[str, str] = Field(
        description="Fields of the form, all before the field `file` with the picture.",
        examples=[
            {
                "Content-Type": "image/jpeg",
                "x-amz-server-side-encryption": "AES256",
                "key": f"uploads/8f14e45f-ceea-467f-a9d4-1f2d3c4b5a69/{EXAMPLE_TASK_ID}",
                "x-amz-algorithm": "AWS4-HMAC-SHA256",
                "x-amz-credential": "<credential>",
                "x-amz-date": "20261122T120000Z",
                "policy": "<policy>",
                "x-amz-signature": "<signature>",
            }
        ],
    )
    expires_at: datetime = Field(
        description=f"When the form expires: {FORM_MINUTES} minutes after this answer.",
        examples=["2026-11-22T12:15:00Z"],
    )


class UploadTicket(ApiModel):
    """A new task and the form for its picture."""

    task_id: TaskId
    upload: UploadFormView = Field(description="The form to send the picture with.")
