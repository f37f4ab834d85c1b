"""Nobody hears more through a socket that was opened with a key which is revoked."""

from http import HTTPStatus

import pytest

from pipeline.core.keys.record import list_keys
from pipeline.core.live.connections import add_connection, list_connections
from pipeline.lambdas import keys
from tests.examples import OTHER_OWNER_ID, OWNER_ID
from tests.lambdas.events import Answer, request
from tests.lambdas.key_tokens import make_key
from tests.live_gateway import LiveGateway


@pytest.fixture(autouse=True)
def _reach_the_gateway(gateway: LiveGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    live = keys.live.model_copy(update={"live_endpoint": gateway.url})
    monkeypatch.setattr(keys, "live", live)


def revoke(key_id: str) -> Answer:
    return request(keys.handler, "DELETE", f"/keys/{key_id}")


def test_the_sockets_of_its_user_are_closed_and_no_others(gateway: LiveGateway) -> None:
    for socket, owner_id in (("a=", OWNER_ID), ("b=", OTHER_OWNER_ID)):
        add_connection(socket, owner_id)

    answer = revoke(make_key().key_id)

    assert answer.status == 204
    assert gateway.closed == ["a="]
    assert (list_connections(OWNER_ID), list_connections(OTHER_OWNER_ID)) == ([], ["b="])


def test_a_repeat_closes_what_the_first_request_could_not(gateway: LiveGateway) -> None:
    add_connection("a=", OWNER_ID)
    key = make_key()
    gateway.statuses["a="] = HTTPStatus.FORBIDDEN

    first = revoke(key.key_id)
    remaining = list_keys(OWNER_ID)
    gateway.statuses.clear()
    second = revoke(key.key_id)

    assert (first.status >= 500, remaining) == (True, [])
    assert (second.status, gateway.closed) == (404, ["a="])
