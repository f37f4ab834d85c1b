"""The parameters of POST /upload and POST /pictures outside of the body."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Header, Query

from pipeline.core.options import DEFAULT_FEATURES, Detail, Engine
from pipeline.lambdas.upload_request import (
    DETAIL_TEXT,
    ENGINE_TEXT,
    FEATURES_PATTERN,
    FEATURES_TEXT,
    FILE_NAME_PATTERN,
    IF_LEFT_OUT,
    LABELS_LIMIT,
    MODELS_PATTERN,
    MODELS_TEXT,
    REFERENCE_PATTERN,
    REFERENCE_TEXT,
    WEBHOOK_URL_PATTERN,
    WEBHOOK_URL_TEXT,
)
from pipeline.lambdas.waiting import MAX_WAIT_SECONDS

FileName = Annotated[
    str | None,
    Query(
        alias="fileName",
        description="Name of the picture, only to show it again (up to 255 characters)."
        " For a picture as the body.",
        pattern=FILE_NAME_PATTERN,
    ),
]

Reference = Annotated[
    str | None,
    Query(
        description=f"{REFERENCE_TEXT} For a picture as the body.",
        pattern=REFERENCE_PATTERN,
        examples=["order-4711"],
    ),
]

WebhookUrl = Annotated[
    str | None,
    Query(
        alias="webhookUrl",
        description=f"{WEBHOOK_URL_TEXT} For a picture as the body.",
        pattern=WEBHOOK_URL_PATTERN,
        examples=["https://hooks.example.com/orders/4711"],
    ),
]

MinConfidence = Annotated[
    float,
    Query(
        alias="minConfidence",
        description="Leave out labels with less confidence, 0 to 100. For a picture as the body.",
        ge=0,
        le=100,
    ),
]

MaxLabels = Annotated[
    int,
    Query(
        alias="maxLabels",
        description=f"The most labels to return, best first, 1 to {LABELS_LIMIT}."
        " For a picture as the body.",
        ge=1,
        le=LABELS_LIMIT,
    ),
]

StripMetadata = Annotated[
    bool | None,
    Query(
        alias="stripMetadata",
        description="Remove place, camera, times and all other EXIF, XMP and IPTC from the picture"
        f" before it is stored. {IF_LEFT_OUT}, else false. For a picture as the body.",
    ),
]

DEFAULT_FEATURES_LIST = ",".join(DEFAULT_FEATURES)

Features = Annotated[
    str,
    Query(
        description=f"{FEATURES_TEXT} Several are separated by commas. For a picture as the body.",
        pattern=FEATURES_PATTERN,
        examples=["labels,text,properties"],
    ),
]

DetailLevel = Annotated[
    Detail | None,
    Query(alias="detail", description=f"{DETAIL_TEXT} For a picture as the body."),
]

Models = Annotated[
    str | None,
    Query(
        description=f"{MODELS_TEXT} Several are separated by commas. For a picture as the body.",
        pattern=MODELS_PATTERN,
        examples=["spotter"],
    ),
]

EngineName = Annotated[
    Engine,
    Query(alias="engine", description=f"{ENGINE_TEXT} For a picture as the body."),
]

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Your own name for this request, 1 to 128 printable ASCII characters, such"
        " as a UUID. A repeat with the same key returns what the first request made.",
        pattern=r"^[ -~]{1,128}$",
    ),
]

Preference = Annotated[
    str | None,
    Header(
        alias="Prefer",
        description="`wait=10`: answer with the finished task (200) as soon as it is there, else"
        " after so many seconds as without this header (202)."
        f" At most {MAX_WAIT_SECONDS}. For a picture as the body.",
        examples=["wait=10"],
    ),
]
