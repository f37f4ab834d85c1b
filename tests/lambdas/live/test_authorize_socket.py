"""A socket opens with a valid ticket, for our own page or a program, and once."""

from typing import Any

import pytest

from pipeline.core.live.tickets import issue_ticket
from pipeline.lambdas import authorize_socket
from tests.environment import settings
from tests.examples import OWNER_ID
from tests.lambdas.events import call

ARN = "arn:aws:execute-api:us-east-1:123456789012:abc/live/$connect"


def ask(ticket: str | None, **headers: str) -> tuple[str, str]:
    """The effect and the user of the answer."""
    query = None if ticket is None else {"ticket": ticket}
    event = {
        "type": "REQUEST",
        "methodArn": ARN,
        "headers": {"Host": "live.spotter.example", **headers},
        "queryStringParameters": query,
    }
    answer: Any = call(authorize_socket.handler, event)
    [statement] = answer["policyDocument"]["Statement"]
    assert (statement["Action"], statement["Resource"]) == ("execute-api:Invoke", ARN)
    return statement["Effect"], answer["principalId"]


def test_the_ticket_of_a_stream_names_it_to_the_function_that_serves_the_socket() -> None:
    event = {"methodArn": ARN, "headers": {}}
    plain, streams = issue_ticket(OWNER_ID).ticket, issue_ticket(OWNER_ID, "door").ticket

    contexts = []
    for ticket in (plain, streams):
        query = {"queryStringParameters": {"ticket": ticket}}
        answer: Any = call(authorize_socket.handler, {**event, **query})
        contexts.append(answer["context"])

    assert contexts == [{}, {"streamId": "door"}]


def test_a_ticket_opens_a_socket_of_its_user_once() -> None:
    ticket = issue_ticket(OWNER_ID).ticket

    assert ask(ticket) == ("Allow", OWNER_ID)
    assert ask(ticket) == ("Deny", "nobody")


@pytest.mark.parametrize("ticket", [None, "", "made-up"])
def test_nothing_opens_without_a_valid_ticket(ticket: str | None) -> None:
    assert ask(ticket) == ("Deny", "nobody")


def test_only_our_own_page_opens_a_socket() -> None:
    ticket = issue_ticket(OWNER_ID).ticket

    assert ask(ticket, Origin="https://foreign.example") == ("Deny", "nobody")
    assert ask(ticket, origin="null") == ("Deny", "nobody")
    # The refused page did not consume the ticket.
    assert ask(ticket, Origin=settings.spa_origin) == ("Allow", OWNER_ID)


def test_the_log_holds_no_ticket(caplog: pytest.LogCaptureFixture) -> None:
    ticket = issue_ticket(OWNER_ID).ticket

    ask(ticket)
    ask(ticket)

    logged = "".join(str(vars(record)) for record in caplog.records)
    assert "Socket allowed" in logged
    assert "Socket refused" in logged
    assert ticket not in logged
