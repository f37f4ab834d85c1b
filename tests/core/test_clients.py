"""Clients call the region where the thing is."""

import pytest
from botocore.config import Config

from pipeline.core.clients import create_client, create_users_client, get_session


def test_users_of_another_region_are_found_there() -> None:
    client = create_users_client("eu-west-1_Ab12", Config(connect_timeout=2))

    assert client.meta.region_name == "eu-west-1"
    assert client.meta.config.connect_timeout == 2


def test_the_region_of_our_settings_is_that_of_all_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator's shell has AWS_REGION as the runbook says, and no AWS_DEFAULT_REGION."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    get_session.cache_clear()

    client = create_client("sqs", Config())

    get_session.cache_clear()
    assert client.meta.region_name == "eu-central-1"
