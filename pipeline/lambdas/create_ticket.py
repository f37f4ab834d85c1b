"""POST /live/tickets: a ticket opens one WebSocket, on which hints about finished tasks arrive."""

from datetime import datetime
from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from pydantic import Field

from pipeline.core.labels import ApiModel
from pipeline.core.live.connections import LONGEST_CONNECTION, MAX_CONNECTIONS_PER_USER
from pipeline.core.live.settings import TicketSettings
from pipeline.core.live.tickets import TICKET_LIFETIME, Ticket, issue_ticket
from pipeline.lambdas.answers import refuse
from pipeline.lambdas.app import build_app, get_owner_id, respond
from pipeline.lambdas.settings import load_settings
from pipeline.lambdas.telemetry import entry_point, logger

settings = TicketSettings.load()
app = build_app(load_settings(), tables={Ticket: settings.connections_table})


class LiveTicket(ApiModel):
    """What opens one WebSocket."""

    ticket: str = Field(description="Opens one socket, once.", examples=["kq3v…"])
    url: str = Field(
        description="Where to open it: append `?ticket=` and the ticket.",
        examples=["wss://live.example.com/live"],
    )
    expires_at: datetime = Field(
        description="Open the socket before this time.", examples=["2026-11-30T08:01:00Z"]
    )


@app.post(
    "/live/tickets",
    operation_id="createTicket",
    tags=["Live"],
    summary="Get a ticket for a WebSocket",
    description=f"Open the socket within {TICKET_LIFETIME.seconds} s at `url?ticket=…`. When one of"
    ' your tasks is finished, it gets `{"type": "task", "taskId": "…", "status": "succeeded"}`.'
    " That is a hint: get the task once then. A hint can be lost or come twice, so also look at"
    ' your task every 15 s. Send `{"action": "ping"}` at least every 9 minutes: the answer is'
    ' `{"type": "pong"}`. A socket is closed after'
    f" {LONGEST_CONNECTION.seconds // 3600} hours; open the next with a new ticket. One user has at"
    f" most {MAX_CONNECTIONS_PER_USER} open sockets.",
    status_code=HTTPStatus.CREATED,
    responses={201: {"description": "The ticket."}, **refuse()},
)
def create_ticket() -> Response[LiveTicket]:
    issued = issue_ticket(get_owner_id(app))
    logger.info("Ticket issued", expires_at=issued.expires_at.isoformat())
    ticket = LiveTicket(ticket=issued.ticket, url=settings.live_url, expires_at=issued.expires_at)
    return respond(HTTPStatus.CREATED, ticket)


handler = entry_point(app.resolve)
