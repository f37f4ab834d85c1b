"""A ticket opens one socket, once, within a minute."""

from datetime import UTC, datetime, timedelta

from pipeline.core.live.connections import Connection, list_connections
from pipeline.core.live.tickets import (
    TICKET_LIFETIME,
    Pass,
    Ticket,
    issue_ticket,
    redeem_ticket,
)
from tests.examples import OWNER_ID


def test_a_ticket_names_its_user_once() -> None:
    issued = issue_ticket(OWNER_ID)

    assert redeem_ticket(issued.ticket) == Pass(OWNER_ID, None)
    assert redeem_ticket(issued.ticket) is None


def test_the_ticket_of_a_stream_names_it_too() -> None:
    issued = issue_ticket(OWNER_ID, "door")

    assert Connection.by_stream.count("door") == 0
    assert redeem_ticket(issued.ticket) == Pass(OWNER_ID, "door")


def test_a_made_up_ticket_names_nobody() -> None:
    assert redeem_ticket("made-up") is None


def test_an_expired_ticket_names_nobody() -> None:
    issued = issue_ticket(OWNER_ID)
    [stored] = Ticket.scan()
    stored.update([Ticket.expires_at.set(datetime.now(UTC) - timedelta(seconds=1))])

    assert redeem_ticket(issued.ticket) is None


def test_a_ticket_is_valid_for_a_minute() -> None:
    left = issue_ticket(OWNER_ID).expires_at - datetime.now(UTC)

    assert TICKET_LIFETIME - timedelta(seconds=5) < left <= TICKET_LIFETIME


def test_the_table_does_not_hold_what_opens_a_socket() -> None:
    issued = issue_ticket(OWNER_ID)

    [stored] = Ticket.scan()
    assert issued.ticket not in str(stored.serialize())
    assert redeem_ticket(stored.key) is None


def test_no_list_of_sockets_shows_a_ticket() -> None:
    issue_ticket(OWNER_ID)

    assert list_connections(OWNER_ID) == []
    assert Connection.by_owner.count(OWNER_ID) == 0
