"""The portal's package is small and complete, and it answers events of API Gateway."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest

from infra.package.portal import LIMIT_BYTES
from infra.repository import REPOSITORY

pytestmark = pytest.mark.slow

HOST = "portal.example.com"
STATIC_URL = "https://cdn.example.com/portal-static/"
SETTINGS = {
    "prod": {
        "project_name": "spotter-portal",
        "django_settings": "portal.settings",
        "environment_variables": {"STATIC_URL": STATIC_URL},
    }
}


@dataclass(frozen=True)
class Built:
    """A package that was built for this machine."""

    archive: Path
    static: Path
    size: int


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("package")
    settings = folder / "zappa_settings.json"
    settings.write_text(json.dumps(SETTINGS))
    archive, static = folder / "portal.zip", folder / "static"
    # In its own process, as `make package-portal` runs it, because Django is set up here already.
    subprocess.run(
        [
            *(sys.executable, "-m", "infra.package.portal", "--here"),
            *("--settings", settings, "--output", archive, "--static", static),
        ],
        check=True,
    )
    return Built(archive, static, archive.stat().st_size)


class Portal:
    """A browser that sends its requests to the handler as events of API Gateway."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.cookies: SimpleCookie = SimpleCookie()

    def send(self, method: str, path: str, body: str = "") -> dict[str, Any]:
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items())
        headers = {
            "Host": "abc123.execute-api.us-east-1.amazonaws.com",
            "X-Forwarded-Host": HOST,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "192.0.2.1",
            "Cookie": cookies,
            "Referer": f"https://{HOST}/login/",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        event = {
            "resource": "/{proxy+}",
            "path": path,
            "httpMethod": method,
            "headers": headers,
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "queryStringParameters": None,
            "multiValueQueryStringParameters": None,
            "pathParameters": {"proxy": path.strip("/")},
            "stageVariables": None,
            "requestContext": {
                "stage": "prod",
                "path": f"/prod{path}",
                "httpMethod": method,
                "identity": {"sourceIp": "192.0.2.1"},
            },
            "body": body,
            "isBase64Encoded": False,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(event) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        for cookie in answer.get("multiValueHeaders", {}).get("Set-Cookie", []):
            self.cookies.load(cookie)
        return answer


@pytest.fixture(scope="session")
def process(
    built: Built, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[subprocess.Popen[str]]:
    """The handler, started once from the package. It keeps nothing but sessions."""
    folder = tmp_path_factory.mktemp("portal")
    with zipfile.ZipFile(built.archive) as archive:
        archive.extractall(folder)
    spec = importlib.util.find_spec("moto")
    assert spec is not None
    assert spec.origin is not None
    script = Path(__file__).with_name("lambda_events.py")
    with subprocess.Popen(
        [sys.executable, "-I", script, folder, Path(spec.origin).parents[1]],
        env={**os.environ, "PORTAL_URL": f"https://{HOST}", "STATIC_URL": STATIC_URL},
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(120) == 0


@pytest.fixture
def portal(process: subprocess.Popen[str]) -> Portal:
    """A browser without cookies."""
    return Portal(process)


def test_the_package_holds_only_what_runs(built: Built) -> None:
    with zipfile.ZipFile(built.archive) as archive:
        names = archive.namelist()

    foreign = ("pipeline/worker", "pipeline/lambdas", "infra/", "spa/", "tests/", "cv2/", "numpy/")
    assert not [name for name in names if name.startswith(foreign)]
    assert not [name for name in names if name.endswith((".sqlite3", ".onnx", ".env"))]
    assert {"handler.py", "zappa_settings.py", "portal/wsgi.py"} <= set(names)
    assert "portal/manifest/staticfiles.json" in names
    assert built.size <= LIMIT_BYTES


def test_bytecode_is_never_checked_against_the_source(built: Built) -> None:
    with zipfile.ZipFile(built.archive) as archive:
        compiled = [name for name in archive.namelist() if name.endswith(".pyc")]
        flags = {archive.read(name)[4:8] for name in compiled}

    assert len(compiled) > 500
    # Hash-based and unchecked: https://peps.python.org/pep-0552/
    assert flags == {b"\x01\x00\x00\x00"}


def test_building_leaves_no_bytecode_in_the_working_tree(built: Built) -> None:
    compiled = (REPOSITORY / "portal").rglob("*.pyc")

    assert not [path for path in compiled if path.read_bytes()[4:8] == b"\x01\x00\x00\x00"]


def test_every_static_file_of_the_sign_in_page_exists(portal: Portal, built: Built) -> None:
    answer = portal.send("GET", "/login/")

    urls = re.findall(
        r'(?:src|href)="https://cdn\.example\.com/portal-static/([^"]+)"', answer["body"]
    )
    assert answer["statusCode"] == 200
    assert len(urls) > 5
    assert all((built.static / url).is_file() for url in urls)
    assert all(re.search(r"\.[0-9a-f]{12}\.\w+$", url) for url in urls)
    assert "https://cdn.example.com" in answer["headers"]["Content-Security-Policy"]


def test_a_sign_in_needs_the_csrf_token_of_the_form(portal: Portal) -> None:
    page = portal.send("GET", "/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page["body"])
    assert token is not None
    form = "username=nobody&password=wrong"

    refused = portal.send("POST", "/login/", form)
    checked = portal.send("POST", "/login/", f"{form}&csrfmiddlewaretoken={token[1]}")

    assert refused["statusCode"] == 403
    assert checked["statusCode"] == 200
    assert "Wrong name or password" in checked["body"]


def test_an_anonymous_visitor_is_sent_to_cognito(portal: Portal) -> None:
    page = portal.send("GET", "/tasks/task/")
    leaving = portal.send("GET", "/oidc/authenticate/")

    assert page["headers"]["Location"] == "/login/?next=/tasks/task/"
    assert leaving["headers"]["Location"].startswith("https://auth.example.com/oauth2/authorize?")
    assert (
        f"redirect_uri=https%3A%2F%2F{HOST}%2Foidc%2Fcallback%2F" in leaving["headers"]["Location"]
    )
    assert portal.cookies["sessionid"]["secure"]
