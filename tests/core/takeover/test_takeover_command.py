"""The command of an operator whose portal may be in the lost region."""

from collections.abc import Iterator

import boto3
import pytest

from pipeline.core.regions import load_regions
from pipeline.core.storage import ImageStore
from pipeline.core.takeover.__main__ import main
from pipeline.core.takeover.switch import Switch, build_key
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task
from tests.examples import build_task

LOST, HERE = "eu-west-1", "us-east-1"
PAGE = "page"


@pytest.fixture(autouse=True)
def _two_regions(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("REGIONS", f"{HERE},{LOST}")
    monkeypatch.setenv("PAGE_BUCKET", PAGE)
    boto3.client("s3").create_bucket(Bucket=PAGE)
    load_regions.cache_clear()
    yield
    load_regions.cache_clear()


def test_a_region_is_evacuated_and_let_back(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evacuate", LOST]) == 0

    file = boto3.client("s3").get_object(Bucket=PAGE, Key=build_key(LOST))
    assert Switch(PAGE).list_evacuated() == [LOST]
    assert (file["ContentType"], file["CacheControl"]) == ("application/json", "max-age=10")
    assert f"Callers leave {LOST}" in capsys.readouterr().out

    assert main(["readmit", LOST]) == 0

    assert Switch(PAGE).list_evacuated() == []


def test_tasks_are_adopted_and_given_back(
    store: ImageStore, capsys: pytest.CaptureFixture[str]
) -> None:
    arrived, missing = build_task(home_region=LOST), build_task(home_region=LOST)
    for task in (arrived, missing):
        transitions.insert(task)
    store.put(arrived.image_key, b"picture", "image/jpeg")

    assert main(["adopt", LOST]) == 0

    told = capsys.readouterr().out
    assert f"1 tasks of {LOST} are queued here" in told
    assert missing.task_id in told
    assert Task.get(arrived.task_id).home_region == HERE

    assert main(["give-back", LOST]) == 0

    assert f"1 tasks belong to {LOST} again" in capsys.readouterr().out
    assert Task.get(arrived.task_id).home_region == LOST


@pytest.mark.parametrize("region", [HERE, "eu-west-9"])
def test_only_another_region_of_the_system_can_be_evacuated(
    region: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["evacuate", region])

    assert f"name one of: {LOST}" in capsys.readouterr().err
    assert Switch(PAGE).list_evacuated() == []
