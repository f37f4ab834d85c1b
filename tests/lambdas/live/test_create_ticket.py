"""A signed-in user gets a ticket; it opens a socket of that user only."""

from datetime import UTC, datetime

from pipeline.core.live.tickets import Pass, redeem_ticket
from pipeline.lambdas import create_ticket
from tests.examples import OTHER_OWNER_ID, OWNER_ID
from tests.lambdas.events import Answer, request


def post(owner_id: str | None = OWNER_ID) -> Answer:
    return request(create_ticket.handler, "POST", "/live/tickets", owner_id=owner_id)


def test_a_ticket_belongs_to_who_asked_for_it() -> None:
    mine, other = post(), post(OTHER_OWNER_ID)

    assert (mine.status, mine.body["url"]) == (201, "wss://live.spotter.example/live")
    assert datetime.fromisoformat(mine.body["expiresAt"]) > datetime.now(UTC)
    assert redeem_ticket(mine.body["ticket"]) == Pass(OWNER_ID, None)
    assert redeem_ticket(other.body["ticket"]) == Pass(OTHER_OWNER_ID, None)


def test_no_cache_keeps_a_ticket() -> None:
    assert post().headers["Cache-Control"] == "no-store"
