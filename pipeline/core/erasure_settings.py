"""Where a process finds what it erases."""

from pydantic import BaseModel

from pipeline.core.live.settings import PushSettings
from pipeline.core.settings import read_environment
from pipeline.core.webhooks.settings import WebhookTables


class RequestSettings(BaseModel, frozen=True, hide_input_in_errors=True):
    """A process that lacks one of these variables stops at once and names it."""

    erasures_queue_url: str
    """The queue whose messages start `erase_account`."""


class ErasureSettings(RequestSettings, PushSettings, WebhookTables, frozen=True):
    """What the function that erases needs beside that."""

    exports_table: str
    streams_table: str
    user_pool_id: str


def load_request_settings() -> RequestSettings:
    """Read the settings of a process that only asks for erasures. Only entry points call it.

    Raises:
        ValidationError: A variable is missing. The error names it.
    """
    return RequestSettings.model_validate(read_environment())
