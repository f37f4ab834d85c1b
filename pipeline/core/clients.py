"""Clients of AWS services, made with botocore alone.

boto3 adds resources and parallel transfers, which are not used here. Its import would take time and
memory at the start of every function.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import NoCredentialsError
from botocore.session import Session

if TYPE_CHECKING:
    from botocore.credentials import ReadOnlyCredentials

MAX_CONNECTIONS = 96
"""More than a worker with eight cores has slots. Each call beyond it would open a connection."""


def create_client(service: str, config: Config, endpoint: str | None = None) -> Any:
    """Make a client without connecting. Region and credentials come from the environment.

    Args:
        endpoint: The address of a service that has no address of its own in each region.
    """
    return get_session().create_client(service, config=config, endpoint_url=endpoint)


def create_users_client(user_pool_id: str, config: Config) -> Any:
    """Make a client for a user pool. Its region, with which its id begins, may be another one."""
    region = user_pool_id.partition("_")[0]
    return create_client("cognito-idp", config.merge(Config(region_name=region)))


def get_credentials() -> ReadOnlyCredentials:
    """The credentials that all clients sign with, valid now.

    Raises:
        NoCredentialsError: The environment has none.
    """
    credentials = get_session().get_credentials()
    if credentials is None:
        raise NoCredentialsError
    return credentials.get_frozen_credentials()


@cache
def get_session() -> Session:
    """The session of all clients: it reads AWS's regions and endpoints once for all of them.

    Our settings name the region AWS_REGION, as Lambda does, but botocore reads AWS_DEFAULT_REGION.
    """
    session = botocore.session.get_session()
    if region := os.environ.get("AWS_REGION"):
        session.set_config_variable("region", region)
    return session
