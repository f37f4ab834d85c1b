"""Where a process finds its table, queue and bucket, and the numbers that all processes share."""

import os
from datetime import timedelta

from pydantic import BaseModel


class Settings(BaseModel, frozen=True, hide_input_in_errors=True):
    """A process that lacks one of these variables stops at once and names it.

    Errors hide the input, because it is the whole environment, secrets included.
    """

    aws_region: str
    tasks_table: str
    task_queue_url: str
    images_bucket: str


def read_environment() -> dict[str, str]:
    """The environment's variables by their names in a settings class.

    pydantic-settings does the same, but would take a tenth of a function's import time.
    """
    return {name.lower(): value for name, value in os.environ.items()}


def load_settings() -> Settings:
    """Read the settings of this process. Only entry points call it.

    Raises:
        ValidationError: A variable is missing. The error names it.
    """
    return Settings.model_validate(read_environment())


RETENTION = timedelta(days=30)
"""How long pictures and tasks are kept: DynamoDB's TTL and S3's lifecycle rule."""

FORM_LIFETIME = timedelta(minutes=15)
"""How long a presigned upload form can be used."""

MAX_RECEIVE_COUNT = 5
"""Deliveries of a message before SQS moves it to the dead-letter queue."""

VISIBILITY_SECONDS = 60
"""How long a received message stays hidden from other workers."""
