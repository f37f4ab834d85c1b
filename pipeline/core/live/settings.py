"""Where a process finds the WebSocket API and its table."""

from typing import Self

from pydantic import BaseModel

from pipeline.core.settings import read_environment


class LiveSettings(BaseModel, frozen=True, hide_input_in_errors=True):
    """A process that lacks one of these variables stops at once and names it."""

    aws_region: str
    connections_table: str

    @classmethod
    def load(cls) -> Self:
        """Read the settings of this process. Only entry points call it.

        Raises:
            ValidationError: A variable is missing. The error names it.
        """
        return cls.model_validate(read_environment())


class PushSettings(LiveSettings, frozen=True):
    """The settings of a process that sends messages."""

    live_endpoint: str
    """Where messages are sent to: scheme, host and stage of the WebSocket API, for programs."""


class SocketSettings(LiveSettings, frozen=True):
    """The settings of a process that decides who may open a socket."""

    spa_origin: str
    """Scheme, host and port of the web page, the only page that may open one."""


class TicketSettings(LiveSettings, frozen=True):
    """The settings of a process that gives out tickets."""

    live_url: str
    """Where a user opens a socket: `wss://`, host and stage."""
