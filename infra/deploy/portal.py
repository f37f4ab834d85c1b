"""Uploads the portal: Zappa's settings from Terraform's outputs, static files, code."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import boto3

from infra.deploy.account import Account
from infra.deploy.errors import DeployError
from infra.deploy.page import IMMUTABLE, run
from infra.repository import REPOSITORY

BUILD = REPOSITORY / "build/deploy"
TICK = "portal.actions.runs.tick"
ZAPPA = Path(sys.executable).with_name("zappa")


def build_zappa_settings(portal: dict[str, Any], region: str) -> dict[str, Any]:
    """Zappa's settings file for Terraform's output `portal`.

    Zappa uploads code and creates the function and its API. Terraform creates everything else.
    """
    return {
        portal["stage"]: {
            "project_name": portal["project"],
            "django_settings": "portal.settings",
            "aws_region": region,
            "runtime": "python3.13",
            "architecture": "arm64",
            "s3_bucket": portal["packages_bucket"],
            "manage_roles": False,
            "role_name": portal["role_name"],
            "memory_size": 512,
            "timeout_seconds": 29,
            "keep_warm": False,
            "touch": False,
            "debug": False,
            "log_level": "INFO",
            # Background runs continue when nobody has their page open.
            "events": [{"function": TICK, "expression": "rate(1 minute)"}],
            "environment_variables": {
                "DJANGO_SETTINGS_MODULE": "portal.settings",
                "INSTANTIATE_LAMBDA_HANDLER_ON_IMPORT": "1",
                **portal["environment"],
            },
        }
    }


def deploy_portal(account: Account, outputs: dict[str, Any]) -> bool:
    """Upload the portal.

    Returns:
        Whether its API is new. Then Terraform must give CloudFront its address.
    """
    portal = outputs["portal"]
    account.ensure_portal_secrets(
        portal["environment"]["PORTAL_SECRETS"], outputs["portal_client_secret"]
    )
    settings, package = BUILD / "zappa_settings.json", BUILD / "portal.zip"
    settings.write_text(json.dumps(build_zappa_settings(portal, account.region), indent=2))
    static = BUILD / "portal-static"
    building = [sys.executable, "-m", "infra.package.portal", "--settings", str(settings)]
    run([*building, "--output", str(package), "--static", str(static)], REPOSITORY)
    # Files before the code that names them. Files of the previous release are kept.
    target = f"s3://{portal['static_bucket']}/portal-static"
    sync = ["aws", "s3", "sync", str(static), target, "--region", account.region]
    # The package contains the manifest of the names.
    only = ["--exclude", "staticfiles.json", "--only-show-errors"]
    run([*sync, *only, "--cache-control", IMMUTABLE], REPOSITORY)
    zappa = [str(ZAPPA), find_command(portal, account.region), portal["stage"]]
    run([*zappa, "--settings_file", str(settings), "--zip", str(package)], REPOSITORY)
    host = f"{find_api_id(portal, account.region)}.execute-api.{account.region}.amazonaws.com"
    return account.set_parameter("portal_host", host)


def undeploy_portal(account: Account, outputs: dict[str, Any]) -> None:
    """Remove what Zappa created."""
    portal = outputs.get("portal")
    settings = BUILD / "zappa_settings.json"
    if portal is None or find_command(portal, account.region) == "deploy":
        return
    BUILD.mkdir(parents=True, exist_ok=True)
    settings.write_text(json.dumps(build_zappa_settings(portal, account.region), indent=2))
    undeploy = [str(ZAPPA), "undeploy", portal["stage"], "--yes"]
    run([*undeploy, "--settings_file", str(settings)], REPOSITORY)


def find_command(portal: dict[str, Any], region: str) -> str:
    """Zappa's command: `deploy` for a new function, `update` for an existing one."""
    client = boto3.client("lambda", region_name=region)
    try:
        client.get_function(FunctionName=build_name(portal))
    except client.exceptions.ResourceNotFoundException:
        return "deploy"
    return "update"


def find_api_id(portal: dict[str, Any], region: str) -> str:
    """The id of the API that Zappa created.

    Raises:
        DeployError: There is no such API.
    """
    pages = boto3.client("apigateway", region_name=region).get_paginator("get_rest_apis")
    for page in pages.paginate():
        for api in page["items"]:
            if api["name"] == build_name(portal):
                return api["id"]
    raise DeployError(f"Zappa's API {build_name(portal)} does not exist. Run the deploy again.")


def build_name(portal: dict[str, Any]) -> str:
    """The name of Zappa's function and API."""
    return f"{portal['project']}-{portal['stage']}"
