"""The table of what one stranger can cost follows from the settings and the prices."""

import re
from pathlib import Path

import httpx
import pytest

from infra.cost import exporting, stranger
from infra.cost.model import get_total
from pipeline.core.dynamo import connect
from pipeline.core.settings import read_environment
from pipeline.core.storage import ImageStore, build_upload_key
from pipeline.lambdas import exports, health
from pipeline.lambdas.limits import TokenBucket, check_request_rate
from pipeline.lambdas.problems import TooManyRequestsError
from pipeline.lambdas.settings import ApiSettings
from tests.examples import OWNER_ID

ROOT = Path(__file__).parents[2]


def test_the_document_has_the_table_that_the_command_prints() -> None:
    assert stranger.build_table() in (ROOT / "docs/security.md").read_text()


@pytest.mark.parametrize(
    ("name", "assumed"),
    [
        ("max_size", stranger.LARGEST_FLEET),
        ("requests_per_second", stranger.REQUESTS_PER_SECOND),
    ],
)
def test_fleet_and_throttle_are_those_of_prod(name: str, assumed: int) -> None:
    text = (ROOT / "infra/terraform/envs/prod/main.tf").read_text()
    (found,) = re.findall(rf"{name}\s+= (\d+)", text)

    assert int(found) == assumed


def test_the_throttle_of_sockets_is_that_of_its_module() -> None:
    text = (ROOT / "infra/terraform/modules/live/variables.tf").read_text()
    (found,) = re.findall(r'"requests_per_second" \{[^}]+default\s+= (\d+)', text)

    assert int(found) == stranger.SOCKETS_PER_SECOND


def test_the_throttle_of_health_is_that_of_its_module() -> None:
    text = (ROOT / "infra/terraform/modules/api/variables.tf").read_text()
    (found,) = re.findall(r'"health_per_second" \{[^}]+default\s+= (\d+)', text)

    assert int(found) == stranger.HEALTH_PER_SECOND
    assert health.KEPT_SECONDS == stranger.HEALTH_KEPT_SECONDS


def test_the_throttle_of_exchanges_is_that_of_its_module() -> None:
    text = (ROOT / "infra/terraform/modules/api/variables.tf").read_text()
    (found,) = re.findall(r'"tokens_per_second" \{[^}]+default\s+= (\d+)', text)

    assert int(found) == stranger.TOKENS_PER_SECOND


def test_exports_are_limited_as_the_table_says() -> None:
    limit = exports.NEW_EXPORTS

    assert limit.burst + limit.per_second * stranger.DAY_SECONDS == exporting.EXPORTS_A_DAY


@pytest.mark.usefixtures("aws")
def test_a_refused_request_writes_as_often_as_the_table_says() -> None:
    connect("us-east-1", {TokenBucket: "tasks"})
    settings = ApiSettings.model_validate(
        {**read_environment(), "request_burst": 1, "requests_per_second": 0.001}
    )
    check_request_rate(OWNER_ID, settings)
    calls: list[str] = []
    events = TokenBucket._get_connection().connection.client.meta.events
    events.register("before-call.dynamodb", lambda model, **kwargs: calls.append(model.name))

    with pytest.raises(TooManyRequestsError):
        check_request_rate(OWNER_ID, settings)

    assert calls == ["UpdateItem"] * stranger.REFUSED_WRITE_UNITS


@pytest.mark.parametrize(
    "limit", ["requests_per_second", "uploads_per_second", "stored_bytes", "bytes_per_day"]
)
def test_a_higher_limit_costs_more(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = get_total(stranger.calculate_day())
    field = ApiSettings.model_fields[limit]

    monkeypatch.setattr(field, "default", 10 * field.default)

    assert get_total(stranger.calculate_day()) > before


@pytest.mark.usefixtures("aws")
def test_no_post_of_a_form_is_smaller_than_the_table_says(store: ImageStore) -> None:
    form = store.create_form(build_upload_key(OWNER_ID, OWNER_ID), "image/png", 1)
    post = httpx.Request("POST", form.url, data=form.fields, files={"file": b"x"})
    post.read()

    headers = sum(len(name) + len(value) + len(": \r\n") for name, value in post.headers.raw)

    assert len(post.content) + headers >= stranger.POST_BYTES
