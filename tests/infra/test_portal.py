"""Zappa's settings come from Terraform's outputs, and a deploy finds the API that Zappa created."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.deploy.errors import DeployError
from infra.deploy.portal import build_zappa_settings, find_api_id, find_command
from portal.environment import Environment

REGION = "us-east-1"
OUTPUTS = Path(__file__).parents[2] / "infra/terraform/modules/environment/outputs.tf"
PORTAL: dict[str, Any] = {
    "project": "spotter-dev",
    "stage": "portal",
    "role_name": "spotter-dev-portal",
    "packages_bucket": "packages",
    "static_bucket": "static",
    "environment": {"PORTAL_URL": "https://portal.example"},
}


@pytest.fixture
def aws() -> Iterator[None]:
    with mock_aws():
        yield


def test_the_settings_of_zappa_turn_off_roles_debugging_and_warming() -> None:
    settings = build_zappa_settings(PORTAL, REGION)["portal"]

    assert settings["manage_roles"] is False
    assert settings["role_name"] == "spotter-dev-portal"
    assert settings["touch"] is False
    assert settings["debug"] is False
    assert settings["keep_warm"] is False


def test_a_schedule_continues_background_runs() -> None:
    [event] = build_zappa_settings(PORTAL, REGION)["portal"]["events"]

    module, _, function = event["function"].rpartition(".")
    assert callable(getattr(import_module(module), function))
    assert event["expression"] == "rate(1 minute)"


def test_the_portal_gets_terraforms_environment() -> None:
    variables = build_zappa_settings(PORTAL, REGION)["portal"]["environment_variables"]

    assert variables["PORTAL_URL"] == "https://portal.example"
    assert variables["DJANGO_SETTINGS_MODULE"] == "portal.settings"


def test_terraform_sets_every_variable_that_the_portal_requires() -> None:
    given_by_lambda = {"AWS_REGION"}
    outputs = OUTPUTS.read_text()

    for name, field in Environment.model_fields.items():
        if field.is_required() and name.upper() not in given_by_lambda:
            assert f" {name.upper()} " in outputs, name


def test_a_missing_function_is_deployed_and_not_updated(aws: None) -> None:
    assert find_command(PORTAL, REGION) == "deploy"


def test_zappas_api_is_found_by_its_name(aws: None) -> None:
    client = boto3.client("apigateway")
    client.create_rest_api(name="another")
    made = client.create_rest_api(name="spotter-dev-portal")

    assert find_api_id(PORTAL, REGION) == made["id"]


def test_a_missing_api_is_reported(aws: None) -> None:
    with pytest.raises(DeployError, match="does not exist"):
        find_api_id(PORTAL, REGION)
