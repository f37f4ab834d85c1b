"""Clients of AWS services, by botocore alone.

What boto3 adds (resources, transfers in parallel) is not used, and takes time and memory at the
start of every function.
"""

from functools import cache
from typing import Any

from botocore.config import Config
from botocore.session import Session, get_session


def create_client(service: str, config: Config) -> Any:
    """Connect nothing yet; region and credentials come from the environment."""
    return _get_session().create_client(service, config=config)


@cache
def _get_session() -> Session:
    # One for all: what it has read of AWS's regions and endpoints serves every client.
    return get_session()
