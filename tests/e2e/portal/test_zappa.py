"""Zappa deploys the portal's package to the local AWS, and an operator signs in there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from infra.deploy.portal import build_zappa_settings
from infra.local import names
from infra.local.clients import Clients
from infra.local.layout import REPOSITORY
from infra.local.resources.portal import TABLES
from infra.local.server import build_environment
from infra.local.state import State

pytestmark = pytest.mark.slow

BUCKET = f"{names.PREFIX}-portal-packages"
ROLE = f"{names.PREFIX}-portal-role"
STAGE = "local"
OPERATOR, PASSWORD = "zappa-operator", "correct horse battery staple"


@pytest.fixture
def prepared(root: Clients) -> None:
    """What Terraform makes: a bucket for packages and a role. And an operator."""
    root.s3.create_bucket(Bucket=BUCKET)
    principal = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
    trust = {"Version": "2012-10-17", "Statement": [{**principal, "Action": "sts:AssumeRole"}]}
    root.iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(trust))
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    root.iam.put_role_policy(
        RoleName=ROLE,
        PolicyName="all",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [everything]}),
    )
    item: Any = {
        "username": {"S": OPERATOR},
        "password": {"S": PBKDF2PasswordHasher().encode(PASSWORD, "salt")},
        "groups": {"L": [{"S": "operator"}]},
    }
    root.dynamodb.put_item(TableName=TABLES["OPERATORS_TABLE"], Item=item)


@pytest.fixture
def deployed(root: Clients, system: State, tmp_path: Path, prepared: None) -> Iterator[str]:
    """The address of the portal's API."""
    environment = {
        **TABLES,
        "TASKS_TABLE": names.TASKS_TABLE,
        "TASK_QUEUE_URL": system.task_queue_url,
        "DEAD_LETTER_QUEUE_URL": system.dead_letter_queue_url,
        "IMAGES_BUCKET": names.IMAGES_BUCKET,
        "USER_POOL_ID": system.user_pool_id,
        "WORKER_GROUP": names.WORKER_GROUP,
        "PORTAL_URL": system.endpoint,
        "ENVIRONMENT_NAME": "zappa",
        "OIDC_CLIENT_ID": "unused",
        "COGNITO_DOMAIN_URL": system.endpoint,
        "DJANGO_SECRET_KEY": "for-one-test",
        "STATIC_URL": "https://cdn.example.com/portal-static/",
    }
    outputs = {
        "stage": STAGE,
        "project": f"{names.PREFIX}-portal",
        "packages_bucket": BUCKET,
        "role_name": ROLE,
        "environment": environment,
    }
    settings = tmp_path / "zappa_settings.json"
    settings.write_text(json.dumps(build_zappa_settings(outputs, system.region)))
    package, static = tmp_path / "portal.zip", tmp_path / "static"
    run(system, "-m", "portal.package", "--here", "--settings", settings, "--output", package,
        "--static", static)  # fmt: skip
    zappa = Path(sys.executable).with_name("zappa")
    run(system, zappa, "deploy", STAGE, "--settings_file", settings, "--zip", package)
    [api] = [
        api["id"]
        for api in root.apigateway.get_rest_apis(limit=500)["items"]
        if api["name"] == f"{names.PREFIX}-portal-{STAGE}"
    ]
    yield f"{system.endpoint}/_aws/execute-api/{api}/{STAGE}"
    run(system, zappa, "undeploy", STAGE, "--yes", "--settings_file", settings)


def run(system: State, *command: str | Path) -> None:
    environment = build_environment(
        AWS_ENDPOINT_URL=system.endpoint,
        AWS_DEFAULT_REGION=system.region,
        AWS_REGION=system.region,
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",
    )
    subprocess.run([sys.executable, *command], cwd=REPOSITORY, env=environment, check=True)


def test_an_operator_signs_in_to_the_deployed_portal(deployed: str) -> None:
    origin = deployed.partition("/_aws/")[0]
    # As a browser says it.
    with httpx.Client(timeout=60, headers={"Origin": origin}) as browser:
        page = browser.get(f"{deployed}/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token is not None
        form = {"username": OPERATOR, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}

        signed_in = browser.post(f"{deployed}/login/", data={**form, "next": "/"})
        health = browser.get(f"{deployed}/")

    assert signed_in.status_code == 302
    assert health.status_code == 200
    assert "zappa" in health.text
    assert OPERATOR in health.text
