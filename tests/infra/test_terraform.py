"""The configuration says the same as the code. `make check-terraform` runs its own tests."""

import re
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from pynamodb.attributes import Attribute, TTLAttribute
from pynamodb.indexes import GlobalSecondaryIndex
from pynamodb.models import Model

from infra.deploy.contract import CONTRACT
from infra.deploy.contract import main as check_contract
from pipeline.core import alarms, settings
from pipeline.core.tasks.record import Task
from pipeline.lambdas.settings import Settings as LambdaSettings
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
        assert re.findall(r'^module "(.+)"', file.read_text(), re.MULTILINE) == ["environment"]
        assert not re.search(r"^(resource|data) ", file.read_text(), re.MULTILINE)


def test_only_the_environment_asks_where_it_is() -> None:
    asking = [
        path.parent.name
        for path in (ENVS.parent / "modules").rglob("*.tf")
        if re.search(r'^data "aws_(caller_identity|region)"', path.read_text(), re.MULTILINE)
    ]

    assert asking == ["environment"]


def test_the_tasks_table_has_the_models_keys_and_indexes(prod: Plan) -> None:
    table = prod.resources['module.environment.module.tables.aws_dynamodb_table.this["tasks"]']

    assert table["hash_key"] == find_key(Task, "is_hash_key")
    assert table["range_key"] is None
    assert {it["name"]: read_index(it) for it in table["global_secondary_index"]} == {
        index.Meta.index_name: describe_index(index) for index in find_indexes(Task)
    }
    assert {it["name"] for it in table["attribute"]} == find_key_names(Task)
    assert table["ttl"][0] == {"attribute_name": find_ttl(Task), "enabled": True}


def find_key(owner: type[Model] | GlobalSecondaryIndex[Any], flag: str) -> str | None:
    declared = vars(owner if isinstance(owner, type) else type(owner)).values()
    attributes = [it for it in declared if isinstance(it, Attribute)]
    return next((it.attr_name for it in attributes if getattr(it, flag)), None)


def find_indexes(model: type[Model]) -> list[GlobalSecondaryIndex[Any]]:
    found = [getattr(model, name) for name in dir(model)]
    return [it for it in found if isinstance(it, GlobalSecondaryIndex)]


def find_key_names(model: type[Model]) -> set[str | None]:
    owners: list[Any] = [model, *find_indexes(model)]
    names = {find_key(it, flag) for it in owners for flag in ("is_hash_key", "is_range_key")}
    return names - {None}


def find_ttl(model: type[Model]) -> str:
    (ttl,) = (it for it in model.get_attributes().values() if isinstance(it, TTLAttribute))
    return ttl.attr_name


def describe_index(index: GlobalSecondaryIndex[Any]) -> tuple[Any, ...]:
    projection = index.Meta.projection
    others = sorted(getattr(projection, "non_key_attributes", None) or [])
    return (
        find_key(index, "is_hash_key"),
        find_key(index, "is_range_key"),
        projection.projection_type,
        others,
    )


def read_index(index: dict[str, Any]) -> tuple[Any, ...]:
    keys = {it["key_type"]: it["attribute_name"] for it in index["key_schema"]}
    others = sorted(index["non_key_attributes"] or [])
    return keys["HASH"], keys["RANGE"], index["projection_type"], others


def test_pictures_and_tasks_are_kept_equally_long(prod: Plan) -> None:
    lifecycle = prod.resources[
        "module.environment.module.stack.module.storage.module.images.aws_s3_bucket_lifecycle_configuration.this"
    ]

    (days,) = (it["days"] for rule in lifecycle["rule"] for it in rule["expiration"])

    assert days == settings.RETENTION.days == 30


def test_the_queue_has_the_codes_numbers(prod: Plan) -> None:
    queue = prod.resources[f"{QUEUE}.aws_sqs_queue.this"]

    assert queue["visibility_timeout_seconds"] == settings.VISIBILITY_SECONDS
    assert f'"maxReceiveCount":{settings.MAX_RECEIVE_COUNT}' in queue["redrive_policy"]


@pytest.mark.parametrize(
    ("name", "limit"),
    [("depth", alarms.DEPTH), ("age", alarms.AGE), ("dead_letters", alarms.DEAD_LETTERS)],
)
def test_the_queues_alarms_have_the_codes_limits(
    name: str, limit: alarms.Alarm, prod: Plan
) -> None:
    alarm = prod.resources[f'{QUEUE}.aws_cloudwatch_metric_alarm.this["{name}"]']

    assert limit == alarms.Alarm(
        alarm["threshold"], alarm["period"], periods=alarm["evaluation_periods"]
    )


def test_the_promised_depth_alarm_is_at_100_messages() -> None:
    assert alarms.DEPTH.threshold == 100


def test_routes_answer_before_the_gateway_gives_up(prod: Plan) -> None:
    timeouts = {
        values["function_name"]: values["timeout"]
        for values in prod.find("aws_lambda_function").values()
        if not values["function_name"].endswith(("-sweep", "-uploaded"))
    }

    assert len(timeouts) == 5
    assert max(timeouts.values()) < 29


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
        needed = find_required(settings.Settings, LambdaSettings)
        assert needed <= variables | given_by_lambda


def test_workers_are_given_all_settings_that_they_need(prod: Plan) -> None:
    files = REPOSITORY / "infra/terraform/modules/workers/files"
    written = (files / "user_data.sh").read_text() + (files / "install.sh").read_text()
    (group,) = prod.find("aws_launch_template").values()

    from_terraform = b64decode(group["user_data"]).decode()

    for name in find_required(settings.Settings, WorkerSettings, HealthSettings):
        assert f"\n{name}=" in written + from_terraform, name
