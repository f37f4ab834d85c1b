"""Where this process finds its table, queue and bucket, read from the environment."""

from datetime import timedelta

from pydantic_settings import BaseSettings


class Settings(BaseSettings, frozen=True):
    """Required variables have no default: a process without them stops at once, by name."""

    aws_region: str
    tasks_table: str
    task_queue_url: str
    images_bucket: str


settings = Settings()

RETENTION = timedelta(days=30)
"""How long pictures and tasks are kept: DynamoDB's TTL and S3's lifecycle rule."""

MAX_RECEIVE_COUNT = 5
"""Deliveries of a message before SQS moves it to the dead-letter queue."""

VISIBILITY_SECONDS = 60
"""How long a received message stays hidden from other workers."""

ALARM_QUEUE_DEPTH = 100
"""Waiting messages above which operators are told."""
