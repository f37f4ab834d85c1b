"""The configuration agrees with the code. `make check-terraform` runs Terraform's own tests."""

import json
import re
from base64 import b64decode
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from pydantic import BaseModel

from infra.deploy.contract import CONTRACT, find_models
from infra.deploy.contract import main as check_contract
from infra.local.resources.functions import ROUTES
from infra.local.resources.stream import READERS
from pipeline.core import alarms, settings
from pipeline.core.dynamo import bind
from pipeline.core.erasure_settings import ErasureSettings
from pipeline.core.exports import record as exports
from pipeline.core.exports.files import EXPORT_PREFIX
from pipeline.core.live.settings import PushSettings, SocketSettings, TicketSettings
from pipeline.core.steps import STEPS
from pipeline.core.storage import UPLOAD_PREFIX
from pipeline.lambdas.settings import ApiSettings
from pipeline.worker.live.service import FrameSettings
from pipeline.worker.settings import HealthSettings, WorkerSettings
from tests.infra.conftest import Plan

REPOSITORY = Path(__file__).parents[2]
ENVS = REPOSITORY / "infra/terraform/envs"
QUEUE = "module.environment.module.stack.module.queue"


def test_the_contract_with_the_code_is_up_to_date() -> None:
    assert check_contract(["--check"]) == 0


def test_an_outdated_contract_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outdated = tmp_path / "contract.json"
    outdated.write_text(CONTRACT.read_text().replace("30", "31"))
    monkeypatch.setattr("infra.deploy.contract.CONTRACT", outdated)

    assert check_contract(["--check"]) == 1


def test_an_environment_is_one_file_that_calls_the_common_module() -> None:
    for folder in ENVS.iterdir():
        (file,) = folder.glob("*.tf")
        called = re.findall(r'^module "(.+)"', file.read_text(), re.MULTILINE)
        assert called == ["environment", *(["second_region"] if folder.name == "prod" else [])]
        assert not re.search(r"^(resource|data) ", file.read_text(), re.MULTILINE)


def test_only_the_environment_reads_region_and_account() -> None:
    asking = [
        path.parent.name
        for path in (ENVS.parent / "modules").rglob("*.tf")
        if re.search(r'^data "aws_(caller_identity|region)"', path.read_text(), re.MULTILINE)
    ]

    assert asking == ["environment"]


@pytest.mark.parametrize("name", sorted(json.loads(CONTRACT.read_text())["tables"]))
def test_a_table_equals_the_one_that_its_model_creates(name: str, prod: Plan) -> None:
    model = find_models()[name]
    bind("us-east-1", {model: name})
    with mock_aws():
        if not model.exists():
            model.create_table()
        client = boto3.client("dynamodb")
        made: Any = client.describe_table(TableName=model.Meta.table_name)["Table"]
        ttl = client.describe_time_to_live(TableName=model.Meta.table_name)["TimeToLiveDescription"]

    planned = prod.resources[f'module.environment.module.tables.aws_dynamodb_table.this["{name}"]']

    keys = [planned["hash_key"], planned["range_key"]]
    assert [key for key in keys if key] == read_keys(made["KeySchema"])
    assert sorted((it["name"], it["type"]) for it in planned["attribute"]) == sorted(
        (it["AttributeName"], it["AttributeType"]) for it in made["AttributeDefinitions"]
    )
    assert {it["name"]: read_planned_index(it) for it in planned["global_secondary_index"]} == {
        it["IndexName"]: read_made_index(it) for it in made.get("GlobalSecondaryIndexes", [])
    }
    stream = made.get("StreamSpecification")
    assert planned["stream_enabled"] == bool(stream)
    assert not stream or planned["stream_view_type"] == stream["StreamViewType"]
    assert [it["attribute_name"] for it in planned["ttl"] if it["enabled"]] == [
        value for key, value in ttl.items() if key == "AttributeName"
    ]


def read_keys(schema: list[dict[str, str]]) -> list[str]:
    """The hash key and, if there is one, the range key."""
    return [key["AttributeName"] for key in sorted(schema, key=lambda key: key["KeyType"])]


def read_planned_index(index: dict[str, Any]) -> tuple[Any, ...]:
    keys = sorted(index["key_schema"], key=lambda key: str(key["key_type"]))
    others = sorted(index["non_key_attributes"] or [])
    return [it["attribute_name"] for it in keys], index["projection_type"], others


def read_made_index(index: dict[str, Any]) -> tuple[Any, ...]:
    projection = index["Projection"]
    others = sorted(projection.get("NonKeyAttributes", []))
    return read_keys(index["KeySchema"]), projection["ProjectionType"], others


def test_pictures_and_tasks_are_kept_equally_long(prod: Plan) -> None:
    lifecycle = prod.resources[
        "module.environment.module.stack.module.storage.module.images.aws_s3_bucket_lifecycle_configuration.this"
    ]

    days = {
        rule["filter"][0].get("prefix"): it["days"]
        for rule in lifecycle["rule"]
        for it in rule["expiration"]
    }

    # Forms store pictures below uploads/, where they wait for seconds.
    assert days == {
        None: settings.RETENTION.days,
        UPLOAD_PREFIX: 1,
        EXPORT_PREFIX: exports.LIFETIME.days,
    }


def test_the_queue_has_the_numbers_of_the_code(prod: Plan) -> None:
    queue = prod.resources[f"{QUEUE}.aws_sqs_queue.this"]

    assert queue["visibility_timeout_seconds"] == settings.VISIBILITY_SECONDS
    assert f'"maxReceiveCount":{settings.MAX_RECEIVE_COUNT}' in queue["redrive_policy"]


@pytest.mark.parametrize(
    ("name", "limit"),
    [("depth", alarms.DEPTH), ("age", alarms.AGE), ("dead_letters", alarms.DEAD_LETTERS)],
)
def test_the_alarms_of_the_queue_have_the_limits_of_the_code(
    name: str, limit: alarms.Alarm, prod: Plan
) -> None:
    alarm = prod.resources[f'{QUEUE}.aws_cloudwatch_metric_alarm.this["{name}"]']

    assert limit == alarms.Alarm(
        alarm["threshold"], alarm["period"], periods=alarm["evaluation_periods"]
    )


def test_the_promised_depth_alarm_is_at_100_messages() -> None:
    assert alarms.DEPTH.threshold == 100


def test_every_route_times_out_before_the_gateway(prod: Plan) -> None:
    functions = prod.find("aws_lambda_function").values()
    timeouts = {values["function_name"]: values["timeout"] for values in functions}

    assert max(timeouts[f"spotter-prod-{route}"] for route in ROUTES) < 29


def find_required(*models: type[BaseModel]) -> set[str]:
    return {
        name.upper()
        for model in models
        for name, field in model.model_fields.items()
        if field.is_required()
    }


def test_functions_are_given_all_settings_that_they_need(prod: Plan) -> None:
    given_by_lambda = {"AWS_REGION"}

    for values in prod.find("aws_lambda_function").values():
        variables = set(values["environment"][0]["variables"])
        needed = find_required(
            ApiSettings, PushSettings, SocketSettings, TicketSettings, ErasureSettings
        )
        assert needed <= variables | given_by_lambda


@pytest.mark.parametrize(
    ("function", "trigger"),
    [
        ("sign_up", "pre_sign_up"),
        ("answer_challenge", "define_auth_challenge"),
        ("answer_challenge", "create_auth_challenge"),
        ("answer_challenge", "verify_auth_challenge_response"),
    ],
)
def test_cognito_may_call_the_functions_that_it_asks(
    function: str, trigger: str, prod: Plan
) -> None:
    address = f'module.environment.aws_lambda_permission.user_pool["{function}"]'
    permission = prod.resources[address]
    (pool,) = prod.find("aws_cognito_user_pool").values()

    assert permission["principal"] == "cognito-idp.amazonaws.com"
    assert permission["source_arn"] == pool["arn"]
    asked = pool["lambda_config"][0][trigger]
    assert asked.endswith(f":function:{permission['function_name']}")


def test_the_stream_of_tasks_is_read_as_the_code_says(prod: Plan) -> None:
    mappings = prod.find("aws_lambda_event_source_mapping")
    assert len(mappings) == len(READERS) + len(STEPS)

    for name, reading in READERS.items():
        (mapping,) = (it for address, it in mappings.items() if f"module.{name}." in address)
        filters = [it["pattern"] for it in mapping["filter_criteria"][0]["filter"]]
        assert sorted(filters) == sorted(reading.filters)
        assert mapping["starting_position"] == reading.starting_position
        assert mapping["batch_size"] == reading.batch_size
        assert mapping["maximum_retry_attempts"] == reading.max_retries
        assert mapping["maximum_record_age_in_seconds"] == reading.max_age_seconds


def test_the_queues_of_long_work_are_read_as_the_code_says(prod: Plan) -> None:
    functions = prod.find("aws_lambda_function").values()
    timeouts = {values["function_name"]: values["timeout"] for values in functions}

    for function, steps in STEPS.items():
        address = f'module.environment.module.stack.module.steps["{function}"]'
        queue = prod.resources[f"{address}.aws_sqs_queue.this"]
        mapping = prod.resources[f"{address}.aws_lambda_event_source_mapping.this"]
        assert queue["visibility_timeout_seconds"] == steps.visibility_seconds
        assert f'"maxReceiveCount":{steps.max_receives}' in queue["redrive_policy"]
        assert timeouts[f"spotter-prod-{function}"] == steps.timeout_seconds
        assert mapping["scaling_config"][0]["maximum_concurrency"] == steps.max_concurrency


def test_a_pause_silences_the_alarms_of_the_backlog_and_no_others(prod: Plan) -> None:
    (sweep,) = (
        it
        for it in prod.find("aws_lambda_function").values()
        if it["function_name"].endswith("-sweep")
    )
    planned = {it["alarm_name"] for it in prod.find("aws_cloudwatch_metric_alarm").values()}

    silenced = sweep["environment"][0]["variables"]["PAUSED_ALARMS"].split(",")

    assert set(silenced) < planned
    assert sorted(name.removeprefix("spotter-prod-") for name in silenced) == [
        "no-completions", "tasks-age", "tasks-depth",
    ]  # fmt: skip


def test_functions_and_workers_agree_on_heic(prod: Plan) -> None:
    (group,) = prod.find("aws_launch_template").values()
    functions = prod.find("aws_lambda_function").values()

    told = {it["environment"][0]["variables"]["ACCEPT_HEIC"] for it in functions}

    assert told == {"true"}
    assert "\nACCEPT_HEIC=true\n" in b64decode(group["user_data"]).decode()


def test_workers_are_given_all_settings_that_they_need(prod: Plan) -> None:
    files = REPOSITORY / "infra/terraform/modules/workers/files"
    written = (files / "user_data.sh").read_text() + (files / "install.sh").read_text()
    (group,) = prod.find("aws_launch_template").values()

    from_terraform = b64decode(group["user_data"]).decode()

    needed = find_required(settings.Settings, WorkerSettings, HealthSettings, FrameSettings)
    for name in needed:
        assert f"\n{name}=" in written + from_terraform, name
