"""The table of what one stranger can cost follows from the settings and the prices."""

import re
from pathlib import Path

import httpx
import pytest

from infra.cost import stranger
from infra.cost.model import get_total
from pipeline.core.storage import ImageStore, build_upload_key
from pipeline.lambdas.settings import ApiSettings
from tests.examples import OWNER_ID

ROOT = Path(__file__).parents[2]


def test_the_document_has_the_table_that_the_command_prints() -> None:
    assert stranger.build_table() in (ROOT / "docs/security.md").read_text()


def test_the_largest_fleet_is_that_of_prod() -> None:
    text = (ROOT / "infra/terraform/envs/prod/main.tf").read_text()
    (found,) = re.findall(r"max_size\s+= (\d+)", text)

    assert int(found) == stranger.LARGEST_FLEET


@pytest.mark.parametrize("limit", ["requests_per_second", "uploads_per_second", "stored_bytes"])
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
