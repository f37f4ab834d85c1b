"""POST, GET and DELETE /streams: cameras whose frames are recognised as they come."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response

from pipeline.core.errors import LiveNotOfferedError, StreamNotFoundError
from pipeline.core.live import readers
from pipeline.core.live.readers import ReadersItem
from pipeline.core.live.settings import TicketSettings
from pipeline.core.live.streams import MAX_STREAMS, Stream, list_streams, stop_stream
from pipeline.core.live.tickets import Ticket, issue_ticket
from pipeline.lambdas.answers import refuse
from pipeline.lambdas.app import build_app, get_owner_id, respond
from pipeline.lambdas.bodies import JSON, get_content_type, parse_body
from pipeline.lambdas.live_doors import check_live_is_open
from pipeline.lambdas.problems import (
    InvalidRequestError,
    LiveBusyError,
    LivePausedError,
    TooManyStreamsError,
    UnsupportedMediaTypeError,
    UploadsClosedError,
)
from pipeline.lambdas.settings import load_settings
from pipeline.lambdas.stream_schemas import (
    StreamId,
    StreamList,
    StreamRequest,
    StreamTicket,
    build_stream_ticket,
    build_stream_view,
)
from pipeline.lambdas.telemetry import entry_point, logger

settings = load_settings()
live = TicketSettings.load()
app = build_app(
    settings,
    counts_refusals=True,
    tables={
        Stream: settings.streams_table,
        ReadersItem: settings.streams_table,
        Ticket: live.connections_table,
    },
)


@app.post(
    "/streams",
    operation_id="createStream",
    tags=["Live"],
    summary="Begin a stream of frames",
    description="Open a socket with the `ticket`, then send frames with `PUT`. Send the next frame"
    " when the answer to the last one came: then you get as many answers as the workers have room"
    " for. A socket of this ticket gets the frames of this stream alone. If it is closed, open"
    " another one with `POST /live/tickets`: while a stream has no socket of its own, all your"
    " sockets get its frames. A stream without frames ends by itself. Frames are never stored.",
    openapi_extensions={
        "requestBody": {
            "required": True,
            "description": "The camera.",
            "content": {JSON: {"schema": {"$ref": "#/components/schemas/StreamRequest"}}},
        }
    },
    responses={
        201: {"description": "The stream is open."},
        **refuse(
            UnsupportedMediaTypeError,
            InvalidRequestError,
            LiveNotOfferedError,
            TooManyStreamsError,
            LiveBusyError,
            UploadsClosedError,
            LivePausedError,
        ),
    },
)
def create_stream() -> Response[StreamTicket]:
    if not settings.frames_stream_arn:
        raise LiveNotOfferedError
    if get_content_type(app.current_event) != JSON:
        raise UnsupportedMediaTypeError
    wanted = parse_body(StreamRequest, app.current_event)
    check_live_is_open()
    owner_id = get_owner_id(app)
    if len(list_streams(owner_id)) >= MAX_STREAMS:
        raise TooManyStreamsError
    if not readers.has_room():
        raise LiveBusyError
    stream = Stream.begin(
        owner_id,
        wanted.name,
        min_confidence=wanted.min_confidence,
        max_labels=wanted.max_labels,
    )
    logger.info("Stream begun", stream_id=stream.stream_id)
    ticket = issue_ticket(owner_id, stream.stream_id).ticket
    return respond(HTTPStatus.CREATED, build_stream_ticket(stream, ticket, live.live_url))


@app.get(
    "/streams",
    operation_id="listStreams",
    tags=["Live"],
    summary="List my open streams",
    description="With the numbers of their frames. They are a few seconds old.",
    responses={200: {"description": "The open streams, newest first."}, **refuse()},
)
def get_streams() -> Response[StreamList]:
    found = list_streams(get_owner_id(app))
    logger.info("Streams listed", count=len(found))
    return respond(
        HTTPStatus.OK, StreamList(streams=[build_stream_view(stream) for stream in found])
    )


@app.delete(
    "/streams/<streamId>",
    operation_id="deleteStream",
    tags=["Live"],
    summary="End a stream",
    description="Further frames are refused within a few seconds. Answers that are on their way"
    " still come.",
    responses={
        204: {"description": "The stream has ended.", "content": {}},
        **refuse(StreamNotFoundError),
    },
)
def delete_stream(stream_id: StreamId) -> Response[None]:
    stream = Stream.get_owned(str(stream_id), get_owner_id(app))
    stop_stream(stream.stream_id)
    logger.info("Stream ended", stream_id=stream.stream_id)
    return respond(HTTPStatus.NO_CONTENT)


handler = entry_point(app.resolve)
