"""DynamoDB tables, as the models describe them."""

from typing import Any

from infra.local.clients import ROOT_KEY
from pipeline.core.models import Task


def create_tables(endpoint: str) -> None:
    """Create the table of tasks with its indexes and its time to live."""
    # PynamoDB reads these names when it connects, and has no other way to be told.
    meta: Any = Task.Meta
    meta.host = endpoint
    meta.aws_access_key_id = meta.aws_secret_access_key = ROOT_KEY
    if not Task.exists():
        Task.create_table(wait=True)
