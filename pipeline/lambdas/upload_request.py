"""The body of an upload request."""

from typing import Annotated

from pydantic import ConfigDict, Field, field_validator

from pipeline.core.errors import (
    EmptyImageError,
    EngineNotOfferedError,
    ImageTooLargeError,
    MetadataNotRemovableError,
    ModelNotOfferedError,
    UnsupportedFormatError,
)
from pipeline.core.images import (
    CONTENT_TYPES,
    DIRECT_MAX_BYTES,
    MAX_BYTES,
    MAX_PIXELS,
    MIN_SIDE_PX,
    normalize_content_type,
)
from pipeline.core.labels import ApiModel
from pipeline.core.options import (
    ADDED_MODEL_PIXELS,
    DEFAULT_FEATURES,
    DEFAULT_MAX_LABELS,
    DEFAULT_MIN_CONFIDENCE,
    FINE_PIXELS,
    MODEL_NAME_PATTERN,
    MOST_MODELS,
    OWN_MODELS,
    TEXT_PIXELS,
    Detail,
    Engine,
    Feature,
    sort_features,
)
from pipeline.core.webhooks.addresses import MAX_URL_LENGTH
from pipeline.lambdas.bodies import BYTES, JSON
from pipeline.lambdas.numbers import Integer, round_confidence

LABELS_LIMIT = 100

MEBIBYTE = 1024 * 1024

IMAGE_LIMITS = (
    f"JPEG, PNG, WebP, HEIC or AVIF (no animations), up to {MAX_BYTES // MEBIBYTE} MB"
    f" ({MAX_BYTES:,} bytes) and {MAX_PIXELS // 1_000_000} megapixels,"
    f" at least {MIN_SIDE_PX} pixels on each side"
)
"""The limits of a picture, in the words of the OpenAPI document."""

REFERENCE_PATTERN = r"^[!-~]{1,128}$"
REFERENCE_TEXT = (
    "Your own name for the task: 1 to 128 printable ASCII characters without spaces. Several tasks"
    " may have the same one. `GET /results?reference=` lists them."
)

WEBHOOK_URL_PATTERN = rf"^[!-~]{{1,{MAX_URL_LENGTH}}}$"
WEBHOOK_URL_TEXT = (
    "When this task is finished, call this address instead of the address of your webhook for the"
    " same host and port, also if that webhook asks for no events. The call is signed with that"
    " webhook's secret. Without such a webhook the upload is refused: `POST /webhooks` creates one."
)

FILE_NAME_PATTERN = r"^[^\x00-\x1f\x7f]{1,255}$"


IF_LEFT_OUT = "If left out: what the account chose with `PUT /account/defaults`"

_NAME = MODEL_NAME_PATTERN.strip("^$")

FEATURES_TEXT = (
    "What to look for. `labels`: things and their boxes. `text`: lines and words, which counts as"
    f" {TEXT_PIXELS // 1_000_000} megapixels more. `properties`: colours, brightness, sharpness and"
    " contrast. `moderation`: unwanted content; only with `engine` `rekognition` or `auto`. Only"
    " `labels` if left out."
)
DETAIL_TEXT = (
    "How closely to look for things. `fast`: at the whole picture. `fine`: also at four enlarged"
    " parts of it, which finds more small things and counts as"
    f" {FINE_PIXELS // 1_000_000} megapixels more. {IF_LEFT_OUT}, else `fast`, or `fine` at"
    " the cost of `fast` where operators let idle workers look closer."
)
ENGINE_TEXT = (
    "Who recognises the picture. `spotter`: our own networks. `rekognition`: Amazon Rekognition."
    " `auto`: Rekognition where our own networks are unsure. If Rekognition does not answer or its"
    " budget of the day is spent, our own networks do; `engine` of the result says so. `spotter` if"
    f" left out. Where the operators do not offer Rekognition, `{EngineNotOfferedError.code}`."
)
MODELS_TEXT = (
    f"Which models look for labels: `{OWN_MODELS}` (our own networks) and models that the operators"
    " of this service added, by name. Their labels are merged, and `models` of the result names"
    f" them. Each added model counts as {ADDED_MODEL_PIXELS // 1_000_000} megapixels more;"
    f" at most {MOST_MODELS} models. If left out: what the operators chose, usually `{OWN_MODELS}`."
    f" A model that is not offered is refused with `{ModelNotOfferedError.code}`."
)
MODELS_PATTERN = rf"^{_NAME}(,{_NAME}){{0,{MOST_MODELS - 1}}}$"
ModelName = Annotated[str, Field(pattern=MODEL_NAME_PATTERN)]
FEATURES_PATTERN = rf"^({'|'.join(Feature)})(,({'|'.join(Feature)}))*$"


class UploadRequest(ApiModel):
    """A picture that will be sent, and what to look for in it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    content_type: str = Field(
        description="Type of the picture.",
        examples=["image/jpeg"],
        json_schema_extra={"enum": list(CONTENT_TYPES)},
    )
    size_bytes: Integer = Field(
        description=f"Size of the picture; up to {MAX_BYTES:,} bytes.",
        examples=[2_481_152],
        ge=0,
        json_schema_extra={"minimum": 1, "maximum": MAX_BYTES},
    )
    file_name: Annotated[str, Field(pattern=FILE_NAME_PATTERN)] | None = Field(
        None,
        description="Name of the picture, only to show it again.",
        examples=["cat on a sofa.jpg"],
    )
    reference: Annotated[str, Field(pattern=REFERENCE_PATTERN)] | None = Field(
        None, description=REFERENCE_TEXT, examples=["order-4711"]
    )
    webhook_url: Annotated[str, Field(pattern=WEBHOOK_URL_PATTERN)] | None = Field(
        None,
        description=WEBHOOK_URL_TEXT,
        examples=["https://hooks.example.com/orders/4711"],
        json_schema_extra={"format": "uri"},
    )
    min_confidence: float = Field(
        DEFAULT_MIN_CONFIDENCE,
        description="Leave out labels with less confidence, 0 to 100;"
        f" {DEFAULT_MIN_CONFIDENCE} if left out.",
        examples=[60],
        ge=0,
        le=100,
    )
    max_labels: Integer = Field(
        DEFAULT_MAX_LABELS,
        description=f"The most labels to return, best first; {DEFAULT_MAX_LABELS} if left out.",
        examples=[10],
        ge=1,
        le=LABELS_LIMIT,
    )

    strip_metadata: bool | None = Field(
        None,
        description="Remove place, camera, times and all other EXIF, XMP and IPTC from the picture"
        " before it is stored. Orientation and colour profile stay, and no pixel changes. Where"
        f" that is not possible, the upload fails with `{MetadataNotRemovableError.code}`."
        f" {IF_LEFT_OUT}, else false.",
        examples=[True],
    )

    features: tuple[Feature, ...] = Field(
        DEFAULT_FEATURES,
        description=FEATURES_TEXT,
        examples=[["labels", "text", "properties"]],
        min_length=1,
    )

    detail: Detail | None = Field(None, description=DETAIL_TEXT, examples=["fine"])

    chosen_models: tuple[ModelName, ...] | None = Field(
        None,
        alias="models",
        description=MODELS_TEXT,
        examples=[["spotter"]],
        min_length=1,
        max_length=MOST_MODELS,
    )

    engine: Engine = Field(Engine.SPOTTER, description=ENGINE_TEXT, examples=["auto"])

    @field_validator("features")
    @classmethod
    def _sort_features(cls, features: tuple[Feature, ...]) -> tuple[Feature, ...]:
        return sort_features(features)

    @field_validator("chosen_models")
    @classmethod
    def _name_once(cls, models: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return None if models is None else tuple(dict.fromkeys(models))

    _round = field_validator("min_confidence")(round_confidence)

    # A description that breaks a limit of pictures gets the same code as a picture that does.

    @field_validator("content_type")
    @classmethod
    def _check_content_type(cls, content_type: str) -> str:
        name = normalize_content_type(content_type)
        if name not in CONTENT_TYPES:
            raise UnsupportedFormatError
        return name

    @field_validator("size_bytes")
    @classmethod
    def _check_size(cls, size_bytes: int) -> int:
        if size_bytes == 0:
            raise EmptyImageError
        if size_bytes > MAX_BYTES:
            raise ImageTooLargeError
        return size_bytes


_PICTURE = {
    "schema": {
        "type": "string",
        "format": "binary",
        "description": f"The picture, up to {DIRECT_MAX_BYTES:,} bytes.",
    }
}

REQUEST_BODY = {
    "required": True,
    "description": "The picture itself, or a description of it.",
    "content": {
        JSON: {"schema": {"$ref": "#/components/schemas/UploadRequest"}},
        **dict.fromkeys(CONTENT_TYPES, _PICTURE),
    },
}
"""The body in the OpenAPI document. Powertools cannot describe one that is JSON or a picture."""

PICTURE_BODY = {
    "required": True,
    "description": "The picture itself.",
    # The first one is what generators of clients take.
    "content": dict.fromkeys((BYTES, *CONTENT_TYPES), _PICTURE),
}
"""The same for POST /pictures."""
