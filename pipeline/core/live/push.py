"""Sends a message to all open sockets of a user, or closes them."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from pipeline.core.clients import MAX_CONNECTIONS, create_client
from pipeline.core.live.connections import list_connections, remove_connection

logger = logging.getLogger(__name__)


class Push:
    """Sends messages through one WebSocket API. Safe to share between threads."""

    def __init__(self, endpoint: str) -> None:
        """Make the client without connecting.

        Args:
            endpoint: Scheme, host and stage of the WebSocket API.
        """
        self._client = create_client(
            "apigatewaymanagementapi",
            endpoint=endpoint,
            config=Config(
                connect_timeout=2,
                read_timeout=5,
                retries={"mode": "standard", "max_attempts": 3},
                max_pool_connections=MAX_CONNECTIONS,
            ),
        )

    def push(self, owner_id: str, message: Mapping[str, object]) -> int:
        """Send a message, as JSON, to each open socket of this user. Forget those that are closed.

        Returns:
            How many sockets got it. 0 if the user has none open.

        Raises:
            ClientError: API Gateway refused it for one socket. All others were tried.
            BotoCoreError: API Gateway did not answer for one socket. All others were tried.
        """
        return self.send_all(list_connections(owner_id), message)

    def send_all(self, connection_ids: Sequence[str], message: Mapping[str, object]) -> int:
        """Send a message to these sockets, as `push` does."""
        data = json.dumps(message, separators=(",", ":")).encode()
        sent, failure = 0, None
        for connection_id in connection_ids:
            try:
                sent += self._send(connection_id, data)
            except (BotoCoreError, ClientError) as error:
                failure = error
        if failure:
            raise failure
        return sent

    def close_all(self, owner_id: str) -> int:
        """Close each open socket of this user, and forget it.

        Returns:
            How many were closed.

        Raises:
            ClientError: API Gateway refused it for one socket. All others were tried, and the next
                call tries again.
            BotoCoreError: API Gateway did not answer. The next call tries again.
        """
        connection_ids, failure = list_connections(owner_id), None
        for connection_id in connection_ids:
            try:
                self._close(connection_id)
            except ClientError as error:
                failure = error
        if failure:
            raise failure
        return len(connection_ids)

    def _close(self, connection_id: str) -> None:
        # One that is gone already is as good as closed.
        with suppress(self._client.exceptions.GoneException):
            self._client.delete_connection(ConnectionId=connection_id)
        remove_connection(connection_id)

    def _send(self, connection_id: str, data: bytes) -> bool:
        """Whether the socket was open."""
        try:
            self._client.post_to_connection(ConnectionId=connection_id, Data=data)
        except self._client.exceptions.GoneException:
            logger.info("Socket %s is closed: forgotten", connection_id)
            remove_connection(connection_id)
            return False
        return True
