"""PUT /streams/{streamId}/frames: one frame of a camera, on its way to a worker."""

import random
import time
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from botocore.config import Config
from botocore.exceptions import ClientError

from pipeline.core.clients import MAX_CONNECTIONS, create_client
from pipeline.core.errors import (
    EmptyImageError,
    ImageTooComplexError,
    ImageTooSmallError,
    LiveNotOfferedError,
    SeveralPicturesError,
    StreamNotFoundError,
    TooManyPixelsError,
    UnreadableImageError,
    UnsupportedFormatError,
)
from pipeline.core.images import JPEG, read_header
from pipeline.core.live.frames import (
    MAX_FRAME_BYTES,
    MAX_FRAME_PIXELS,
    Frame,
    FrameHeader,
    encode_frame,
)
from pipeline.core.live.streams import KNOWN_SECONDS, Stream
from pipeline.lambdas.answers import refuse
from pipeline.lambdas.app import build_app, get_owner_id, respond
from pipeline.lambdas.bodies import get_content_type, read_body
from pipeline.lambdas.frame_problems import (
    FrameNotJpegError,
    FrameTooComplexError,
    FrameTooLargeError,
)
from pipeline.lambdas.limits import CHARGED_ONE_IN, charge_bytes
from pipeline.lambdas.live_doors import check_live_is_open
from pipeline.lambdas.problems import (
    DailyBytesReachedError,
    InvalidRequestError,
    LiveBusyError,
    LivePausedError,
    UploadsClosedError,
)
from pipeline.lambdas.settings import load_settings
from pipeline.lambdas.stream_schemas import FrameReference, StreamId
from pipeline.lambdas.telemetry import entry_point, logger

settings = load_settings()
app = build_app(settings, tables={Stream: settings.streams_table})
frames = create_client(
    "kinesis",
    Config(
        connect_timeout=1,
        read_timeout=2,
        # A frame that is late is worth nothing.
        retries={"mode": "standard", "total_max_attempts": 2},
        max_pool_connections=MAX_CONNECTIONS,
    ),
)
known: dict[tuple[str, str], tuple[float, Stream]] = {}
"""Streams by id and owner, with the time of their reading."""


@app.put(
    "/streams/<streamId>/frames",
    operation_id="putFrame",
    tags=["Live"],
    summary="Send one frame of a stream",
    description="The body is a JPEG. Its answer comes over the socket as a message of `type`"
    " `frame` with the same `frame`, `status` (`succeeded`, `dropped` or `failed`), `labels`, the"
    " size of the `image` and `ageMs`, the time from this request to the answer. A frame is"
    " dropped if a newer one of its stream came before its turn, or if it waited for a second."
    f" At most {MAX_FRAME_BYTES // 1024} KB and {MAX_FRAME_PIXELS // 1_000_000} megapixels; a"
    " longer side of 640 pixels is enough.",
    openapi_extensions={
        "requestBody": {
            "required": True,
            "description": "The frame.",
            "content": {
                JPEG: {
                    "schema": {
                        "type": "string",
                        "format": "binary",
                        "description": f"A JPEG, up to {MAX_FRAME_BYTES:,} bytes.",
                    }
                }
            },
        }
    },
    responses={
        202: {"description": "The frame is on its way to a worker."},
        **refuse(
            StreamNotFoundError,
            LiveNotOfferedError,
            InvalidRequestError,
            FrameNotJpegError,
            FrameTooLargeError,
            FrameTooComplexError,
            EmptyImageError,
            UnsupportedFormatError,
            UnreadableImageError,
            SeveralPicturesError,
            ImageTooSmallError,
            ImageTooComplexError,
            TooManyPixelsError,
            LiveBusyError,
            DailyBytesReachedError,
            UploadsClosedError,
            LivePausedError,
        ),
    },
)
def put_frame(
    stream_id: StreamId,
    frame: Annotated[
        int, Query(description="Your number of this frame; its answer repeats it.", ge=0)
    ],
) -> Response[FrameReference]:
    if not settings.frames_stream_arn:
        raise LiveNotOfferedError
    owner_id = get_owner_id(app)
    stream = _know_stream(str(stream_id), owner_id)
    check_live_is_open()
    jpeg = _read_jpeg()
    _charge(owner_id, len(jpeg))
    header = FrameHeader(
        stream_id=stream.stream_id,
        owner_id=owner_id,
        number=frame,
        sent_at=_read_request_time(),
        min_confidence=float(stream.min_confidence),
        max_labels=int(stream.max_labels),
    )
    _send(Frame(header, jpeg))
    logger.info("Frame taken", stream_id=stream.stream_id, frame=frame, bytes=len(jpeg))
    return respond(HTTPStatus.ACCEPTED, FrameReference(stream_id=stream.stream_id, frame=frame))


def _know_stream(stream_id: str, owner_id: str) -> Stream:
    """The stream as this process knows it, at most `KNOWN_SECONDS` old."""
    now = time.monotonic()
    read_at, stream = known.get((stream_id, owner_id), (0.0, None))
    if stream is None or now - read_at >= KNOWN_SECONDS:
        # All old ones are forgotten, so the memory of a busy process stays small.
        for key in [key for key, (at, _) in known.items() if now - at >= KNOWN_SECONDS]:
            del known[key]
        stream = Stream.get_owned(stream_id, owner_id)
        known[stream_id, owner_id] = now, stream
    return stream


def _read_jpeg() -> bytes:
    """The body, if opening it takes no longer than a frame may take."""
    if get_content_type(app.current_event) != JPEG:
        raise FrameNotJpegError
    jpeg = read_body(app.current_event)
    if len(jpeg) > MAX_FRAME_BYTES:
        raise FrameTooLargeError
    header = read_header(jpeg)
    if header.content_type != JPEG:
        raise FrameNotJpegError
    if header.work_pixels > MAX_FRAME_PIXELS:
        raise FrameTooComplexError
    return jpeg


def _read_request_time() -> float:
    """When the gateway received the request: the age of a frame counts from there."""
    epoch_ms = app.current_event["requestContext"].get("requestTimeEpoch")
    return epoch_ms / 1000 if epoch_ms else time.time()


def _charge(owner_id: str, size_bytes: int) -> None:
    if random.randrange(CHARGED_ONE_IN):
        return
    if refusal := charge_bytes(owner_id, settings, CHARGED_ONE_IN * size_bytes):
        raise refusal


def _send(frame: Frame) -> None:
    try:
        frames.put_record(
            StreamARN=settings.frames_stream_arn,
            PartitionKey=frame.header.stream_id,
            Data=encode_frame(frame),
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "ProvisionedThroughputExceededException":
            raise LiveBusyError(1) from error
        raise


handler = entry_point(app.resolve)
