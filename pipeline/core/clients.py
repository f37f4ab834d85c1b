"""Clients of AWS services, by botocore alone.

What boto3 adds (resources, transfers in parallel) is not used, and takes time and memory at the
start of every function.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import NoCredentialsError
from botocore.session import Session, get_session

if TYPE_CHECKING:
    from botocore.credentials import ReadOnlyCredentials
    from pynamodb.models import Model

MAX_CONNECTIONS = 64
"""More than a worker of eight cores has slots. Beyond it, each call would connect anew."""


def create_client(service: str, config: Config) -> Any:
    """Connect nothing yet; region and credentials come from the environment."""
    return _get_session().create_client(service, config=config)


def connect(*models: type[Model]) -> None:
    """Make one client for these models now: they have the settings of the first.

    PynamoDB makes one for each model at its first call, in the midst of a request, from a session
    of its own, which reads again what it knows of AWS. AWS's advice is to make clients outside of
    the handler: https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
    """
    # Nothing public leads there: https://github.com/pynamodb/PynamoDB/issues/1245
    first, *others = (model._get_connection().connection for model in models)
    first._local.session = _get_session()
    client = first.client
    for other in others:
        other._client = client


def get_credentials() -> ReadOnlyCredentials:
    """Those that all clients sign with, valid now.

    Raises:
        NoCredentialsError: The environment has none.
    """
    credentials = _get_session().get_credentials()
    if credentials is None:
        raise NoCredentialsError
    return credentials.get_frozen_credentials()


@cache
def _get_session() -> Session:
    # One for all: what it has read of AWS's regions and endpoints serves every client.
    return get_session()
