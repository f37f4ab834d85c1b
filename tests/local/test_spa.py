"""When the local web page is built, and the settings of its CloudFront distribution."""

import json
import re
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from infra.local import names, spa
from infra.local.clients import Clients
from infra.local.resources.page import HEADERS, NAMED, build_headers_policy, read_headers
from infra.local.spa import FRESH, IMMUTABLE, hash_sources, publish_page
from infra.local.state import State
from tests.local.examples import KEY

ENDPOINT = "http://127.0.0.1:4566"


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small page with its packages and an older build."""
    for name in ("src/main.ts", "node_modules/react/index.js", "dist/index.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    monkeypatch.setattr(spa, "SOURCES", tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["src/main.ts", "src/new.ts", "package.json"])
def test_the_page_is_built_again_when_a_source_changes(sources: Path, name: str) -> None:
    before = hash_sources()

    (sources / name).write_text("2")

    assert hash_sources() != before


def test_the_page_is_built_again_when_a_word_of_a_label_changes(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = tmp_path / "dist" / "words"  # `dist` does not count as a source of the page
    words.mkdir()
    (words / "de.json").write_text('{"dog": "Hund"}')
    monkeypatch.setattr(spa, "WORDS", words)
    before = hash_sources()

    (words / "de.json").write_text('{"dog": "Köter"}')

    assert hash_sources() != before


@pytest.mark.parametrize("name", ["node_modules/react/index.js", "dist/index.html"])
def test_packages_and_builds_do_not_count_as_sources(sources: Path, name: str) -> None:
    before = hash_sources()

    (sources / name).write_text("2")

    assert hash_sources() == before


def test_a_published_page_has_its_settings_and_cache_headers(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "main-Ab12.js").write_text("1")
    (tmp_path / "index.html").write_text("<html>")
    known = {"user_pool_id": "pool", "client_id": "client", "endpoint": ENDPOINT}
    state = State.model_construct(**{"api_url": "http://api", **known})  # type: ignore[arg-type] # Only what is read

    with mock_aws():
        s3 = boto3.client("s3", region_name=names.REGION)
        s3.create_bucket(Bucket=names.PAGE_BUCKET)
        publish_page(build_clients(), tmp_path, state)
        stored = {
            name: s3.get_object(Bucket=names.PAGE_BUCKET, Key=name)
            for name in ("assets/main-Ab12.js", "index.html", "config.json")
        }
        config = json.load(stored["config.json"]["Body"])

    assert config == {
        "apiUrl": "http://api",
        "userPoolId": "pool",
        "userPoolClientId": "client",
        "userPoolEndpoint": ENDPOINT,
        "offersRekognition": False,
    }
    assert [answer["CacheControl"] for answer in stored.values()] == [IMMUTABLE, FRESH, FRESH]
    assert stored["index.html"]["ContentType"] == "text/html"


def build_clients() -> Clients:
    """Clients of moto's account instead of the local one."""
    clients = Clients(ENDPOINT, KEY)
    # A cached property can be set.
    clients.__dict__["s3"] = boto3.client("s3", region_name=names.REGION)
    return clients


def test_the_policy_names_our_hosts_only() -> None:
    policy = read_headers(ENDPOINT)["Content-Security-Policy"]

    origins = set(re.findall(r"https?://[^ ;]+", policy))
    assert origins == {ENDPOINT}
    assert "unsafe" not in policy
    assert "*" not in policy


def test_every_header_reaches_cloudfront() -> None:
    headers = json.loads(HEADERS.read_text())

    policy = build_headers_policy(headers)

    custom = {item["Header"] for item in policy["CustomHeadersConfig"]["Items"]}
    assert custom | NAMED == headers.keys()
    assert not custom & NAMED


def test_the_page_may_use_a_camera_and_open_its_socket_and_hears_nothing() -> None:
    headers = read_headers(ENDPOINT)

    allowed = headers["Permissions-Policy"].split(", ")
    connect = next(
        part for part in headers["Content-Security-Policy"].split("; ") if "connect-src" in part
    )
    assert "camera=(self)" in allowed
    assert "microphone=()" in allowed
    assert "ws://127.0.0.1:4566" in connect.split()
