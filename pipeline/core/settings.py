"""Where this process finds its table, queue and bucket, read from the environment."""

import os
from datetime import timedelta

from pydantic import BaseModel


class Settings(BaseModel, frozen=True, hide_input_in_errors=True):
    """Required variables have no default: a process without them stops at once, by name.

    Errors hide the input, which is the whole environment, secrets included.
    """

    aws_region: str
    tasks_table: str
    task_queue_url: str
    images_bucket: str


def read_environment() -> dict[str, str]:
    """The environment's variables by their names in a settings class.

    All that functions need of pydantic-settings, which would be a tenth of their import time.
    """
    return {name.lower(): value for name, value in os.environ.items()}


settings = Settings.model_validate(read_environment())

RETENTION = timedelta(days=30)
"""How long pictures and tasks are kept: DynamoDB's TTL and S3's lifecycle rule."""

FORM_LIFETIME = timedelta(minutes=15)
"""How long a presigned upload form can be used."""

MAX_RECEIVE_COUNT = 5
"""Deliveries of a message before SQS moves it to the dead-letter queue."""

VISIBILITY_SECONDS = 60
"""How long a received message stays hidden from other workers."""
