"""Zappa deploys the portal's package to the local AWS. Operators sign in, runs continue there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pyotp
import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from infra.deploy.portal import build_zappa_settings
from infra.local import names
from infra.local.clients import Clients
from infra.local.layout import REPOSITORY
from infra.local.profile import build_variables
from infra.local.resources.portal import TABLES
from infra.local.server import build_environment
from infra.local.state import State
from tests.e2e.conftest import PATIENCE_SECONDS

pytestmark = pytest.mark.slow

PROJECT = f"{names.PREFIX}-portal"
BUCKET = f"{PROJECT}-packages"
ROLE = f"{PROJECT}-role"
STAGE = "local"
FUNCTION = f"{PROJECT}-{STAGE}"
OPERATOR, PASSWORD = "zappa-operator", "correct horse battery staple"


@pytest.fixture(scope="module")
def prepared(root: Clients) -> None:
    """The resources of Terraform (a bucket for packages, a role) and an operator."""
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


@pytest.fixture(scope="module")
def deployed(
    root: Clients, system: State, tmp_path_factory: pytest.TempPathFactory, prepared: None
) -> Iterator[str]:
    """The address of the portal's API."""
    folder = tmp_path_factory.mktemp("zappa")
    environment = {
        **TABLES,
        "TASKS_TABLE": names.TASKS_TABLE,
        "STREAMS_TABLE": names.STREAMS_TABLE,
        "CONNECTIONS_TABLE": names.CONNECTIONS_TABLE,
        "EXPORTS_TABLE": names.EXPORTS_TABLE,
        "WEBHOOKS_TABLE": names.WEBHOOKS_TABLE,
        "DELIVERIES_TABLE": names.DELIVERIES_TABLE,
        "WEBHOOKS_QUEUE_URL": f"{system.endpoint}/{names.ACCOUNT_ID}/spotter-local-webhooks",
        "LIVE_ENDPOINT": system.endpoint,
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
        "SECOND_FACTOR_KEY": "for-one-test",
        "STATIC_URL": "https://cdn.example.com/portal-static/",
    }
    outputs = {
        "stage": STAGE,
        "project": PROJECT,
        "packages_bucket": BUCKET,
        "role_name": ROLE,
        "environment": environment,
    }
    settings = folder / "zappa_settings.json"
    settings.write_text(json.dumps(build_zappa_settings(outputs, system.region)))
    package, static = folder / "portal.zip", folder / "static"
    run(system, "-m", "infra.package.portal", "--here", "--settings", settings, "--output", package,
        "--static", static)  # fmt: skip
    zappa = Path(sys.executable).with_name("zappa")
    run(system, zappa, "deploy", STAGE, "--settings_file", settings, "--zip", package)
    [api] = [
        api["id"]
        for api in root.apigateway.get_rest_apis(limit=500)["items"]
        if api["name"] == FUNCTION
    ]
    yield f"{system.endpoint}/_aws/execute-api/{api}/{STAGE}"
    run(system, zappa, "undeploy", STAGE, "--yes", "--settings_file", settings)


def run(system: State, *command: str | Path) -> None:
    environment = build_environment(**build_variables(system), AWS_REGION=system.region)
    subprocess.run([sys.executable, *command], cwd=REPOSITORY, env=environment, check=True)


def find_token(page: httpx.Response) -> dict[str, str]:
    """The field that every form needs."""
    name = "csrfmiddlewaretoken"
    token = re.search(rf'name="{name}" value="([^"]+)"', page.text)
    assert token is not None, page.text
    return {name: token[1]}


def test_an_operator_signs_in_to_the_deployed_portal(deployed: str) -> None:
    origin = deployed.partition("/_aws/")[0]
    # As a browser sends it.
    with httpx.Client(timeout=PATIENCE_SECONDS, headers={"Origin": origin}) as browser:
        page = browser.get(f"{deployed}/login/")
        form = {"username": OPERATOR, "password": PASSWORD, "next": "/", **find_token(page)}
        browser.post(f"{deployed}/login/", data=form)
        page = browser.get(f"{deployed}/second-factor/")
        key = re.search(r">([A-Z2-7]{32})</code>", page.text)
        assert key is not None, page.text
        code = {"code": pyotp.TOTP(key[1]).now(), **find_token(page)}

        signed_in = browser.post(f"{deployed}/second-factor/", data=code)
        health = browser.get(f"{deployed}/")

    assert signed_in.status_code == 302
    assert health.status_code == 200
    assert "zappa" in health.text
    assert OPERATOR in health.text


def test_zappas_schedule_continues_a_run_without_an_open_page(deployed: str, root: Clients) -> None:
    [rule] = root.events.list_rules(NamePrefix=FUNCTION)["Rules"]
    run_id = {"run_id": {"S": str(uuid4())}}
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f%z")
    item: Any = {
        **run_id,
        **{name: {"S": now} for name in ("created_at", "updated_at")},
        **{f"{name}_count": {"N": "0"} for name in ("done", "skipped", "failed")},
        "state": {"S": "running"},
        **{name: {"S": OPERATOR} for name in ("operator", "operator_id")},
        "model": {"S": "tasks.task"},
        "operation": {"S": "retry"},
        "conditions": {"S": '[{"field": "status", "lookup": "exact", "value": "expired"}]'},
    }
    root.dynamodb.put_item(TableName=TABLES["RUNS_TABLE"], Item=item)

    # As EventBridge does it each minute.
    event = {"detail-type": "Scheduled Event", "source": "aws.events", "resources": [rule["Arn"]]}
    answer = root.functions.invoke(FunctionName=FUNCTION, Payload=json.dumps(event))

    assert "FunctionError" not in answer, answer["Payload"].read()
    assert rule["ScheduleExpression"] == "rate(1 minute)"
    after = root.dynamodb.get_item(TableName=TABLES["RUNS_TABLE"], Key=run_id)["Item"]
    assert after["state"]["S"] == "done", after
