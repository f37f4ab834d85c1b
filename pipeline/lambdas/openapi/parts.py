"""Parts of the document that no function declares: bodies that we read ourselves, and tags."""

from aws_lambda_powertools.event_handler.openapi.models import Tag

from pipeline.core.webhooks.messages import MESSAGES
from pipeline.lambdas.correction_schemas import CorrectionsRequest, SharingRequest
from pipeline.lambdas.deletion_schemas import DeletionRequest
from pipeline.lambdas.export_schemas import ExportRequest
from pipeline.lambdas.key_schemas import KeyRequest, TokenRequest
from pipeline.lambdas.openapi.webhooks import EVENTS
from pipeline.lambdas.problems import Problem
from pipeline.lambdas.stream_schemas import StreamRequest
from pipeline.lambdas.upload_request import UploadRequest
from pipeline.lambdas.version_schemas import VersionRequest
from pipeline.lambdas.webhook_schemas import WebhookRequest

BODIES = (
    UploadRequest,
    StreamRequest,
    ExportRequest,
    DeletionRequest,
    KeyRequest,
    TokenRequest,
    CorrectionsRequest,
    VersionRequest,
    SharingRequest,
    WebhookRequest,
    *MESSAGES.values(),
    Problem,
)
"""Read and written by us, not by Powertools."""

TAGS: list[str | Tag] = [
    Tag(name="Uploads", description="Send pictures."),
    Tag(name="Results", description="See, list, correct, delete and retry what was sent."),
    Tag(name="Exports", description="Take away what you have: results or photos in one file."),
    Tag(
        name="Webhooks",
        description="Be called when something is finished: docs/webhooks.md shows a receiver.",
    ),
    Tag(name=EVENTS, description="What your receiver is called with."),
    Tag(name="Account", description="Choose what your uploads get, and what you share."),
    Tag(name="Keys", description="Let your programs in."),
    Tag(
        name="Live",
        description="Be told when something is finished; send frames of a camera.",
    ),
    Tag(name="Service", description="Ask whether the service can answer."),
]
