"""What a caller may ask for with an upload."""

from typing import Annotated

from pydantic import ConfigDict, Field, field_validator

from pipeline.core.errors import EmptyImageError, ImageTooLargeError, UnsupportedFormatError
from pipeline.core.images import CONTENT_TYPES, MAX_BYTES
from pipeline.core.labels import DEFAULT_MAX_LABELS, DEFAULT_MIN_CONFIDENCE, ApiModel

LABELS_LIMIT = 100

FILE_NAME_PATTERN = r"^[^\x00-\x1f\x7f]{1,255}$"
IDEMPOTENCY_KEY_PATTERN = r"^[ -~]{1,128}$"


class UploadRequest(ApiModel):
    """A picture that will be sent, and what to look for in it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    content_type: Annotated[str, Field(json_schema_extra={"enum": list(CONTENT_TYPES)})]
    size_bytes: Annotated[int, Field(ge=0, json_schema_extra={"minimum": 1, "maximum": MAX_BYTES})]
    file_name: Annotated[str, Field(pattern=FILE_NAME_PATTERN)] | None = None
    min_confidence: Annotated[float, Field(ge=0, le=100)] = DEFAULT_MIN_CONFIDENCE
    max_labels: Annotated[int, Field(ge=1, le=LABELS_LIMIT)] = DEFAULT_MAX_LABELS

    @field_validator("min_confidence")
    @classmethod
    def _round_confidence(cls, min_confidence: float) -> float:
        # Finer steps mean nothing, and DynamoDB refuses numbers as small as 1e-300.
        return round(min_confidence, 2)

    # Limits of pictures have codes of their own, the same as if the picture itself broke them.

    @field_validator("content_type")
    @classmethod
    def _check_content_type(cls, content_type: str) -> str:
        if content_type not in CONTENT_TYPES:
            raise UnsupportedFormatError
        return content_type

    @field_validator("size_bytes")
    @classmethod
    def _check_size(cls, size_bytes: int) -> int:
        if size_bytes == 0:
            raise EmptyImageError
        if size_bytes > MAX_BYTES:
            raise ImageTooLargeError
        return size_bytes
