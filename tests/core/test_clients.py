"""Clients call the region where the thing is."""

from botocore.config import Config

from pipeline.core.clients import create_users_client


def test_users_of_another_region_are_found_there() -> None:
    client = create_users_client("eu-west-1_Ab12", Config(connect_timeout=2))

    assert client.meta.region_name == "eu-west-1"
    assert client.meta.config.connect_timeout == 2
