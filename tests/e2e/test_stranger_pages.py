"""What a web page of a stranger can do to the local AWS while a developer's browser is open.

Each attack adds a row to build/access.jsonl.

Each wall stands alone: the attacks that name the root's real key meet the guard only, and the
requests without a browser meet the keys only.
"""

import base64
import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from playwright.sync_api import Browser, Page

from infra.local import names
from infra.local.browser import ensure_browser
from infra.local.clients import Clients
from infra.local.state import AccessKey, State
from tests.e2e.attempts import Attempts

STRANGER = "stranger.example"
KNOWN_KEYS = ("test", names.ACCOUNT_ID)
FUNCTION = "stranger"
KIND = "local AWS"


class Site(BaseHTTPRequestHandler):
    """The stranger's web site: an empty page."""

    def do_GET(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>Kittens</title>")

    def log_message(self, *args: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[int]:
    """The port of the stranger's site."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture(scope="module")
def page(browser: Browser, site: int) -> Iterator[Page]:
    """A browser for which the stranger's name is this machine, as after DNS rebinding."""
    arguments = [f"--host-resolver-rules=MAP {STRANGER} 127.0.0.1", "--no-sandbox", "--disable-gpu"]
    stranger = browser.browser_type.launch(executable_path=ensure_browser(), args=arguments)
    yield stranger.new_page()
    stranger.close()


def build_function(role: str) -> str:
    """The body of CreateFunction: code that the attacker would run as the developer."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("index.py", "def handler(event, context):\n    return 'taken over'\n")
    return json.dumps(
        {
            "FunctionName": FUNCTION,
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "Role": role,
            "Code": {"ZipFile": base64.b64encode(archive.getvalue()).decode()},
        }
    )


class BodyAuth(SigV4QueryAuth):
    """Signs the body as it is. botocore would move it into the address."""

    def __init__(self, credentials: Credentials, region: str, body: str) -> None:
        super().__init__(credentials, "lambda", region)
        self._body = body

    def payload(self, request: AWSRequest) -> str:
        return hashlib.sha256(self._body.encode()).hexdigest()


def sign(state: State, key: AccessKey, body: str) -> str:
    """An address that carries its signature, so that a page can post to it without a preflight."""
    url = f"{state.endpoint}/2015-03-31/functions"
    request = AWSRequest("POST", url)
    credentials = Credentials(key.access_key_id, key.secret_access_key)
    BodyAuth(credentials, state.region, body).add_auth(request)
    return str(request.url)


def claim(state: State, key_id: str) -> str:
    """An address that names a key and carries no true signature."""
    scope = f"{key_id}/20260101/{state.region}/lambda/aws4_request"
    query = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": scope,
        "X-Amz-Date": "20260101T000000Z",
        "X-Amz-Expires": "604800",
        "X-Amz-SignedHeaders": "host",
        "X-Amz-Signature": "0" * 64,
    }
    return f"{state.endpoint}/2015-03-31/functions?{urlencode(query)}"


@pytest.fixture
def body(root: Clients) -> str:
    role = root.iam.get_role(RoleName=names.build_function_name("upload"))["Role"]["Arn"]
    return build_function(role)


def is_taken_over(root: Clients) -> bool:
    """Whether the local AWS has the stranger's function."""
    functions = root.functions.list_functions()["Functions"]
    return FUNCTION in [function["FunctionName"] for function in functions]


POST = """async ([url, body]) => {
  try {
    const options = { method: "POST", body, headers: { "Content-Type": "text/plain" } };
    return (await fetch(url, options)).status;
  } catch (error) {
    return String(error);
  }
}"""


def test_the_signed_request_works_for_its_owner(root: Clients, system: State, body: str) -> None:
    """Else the attacks below would fail for another reason."""
    done = httpx.post(sign(system, system.root_key, body), content=body)

    assert done.status_code == HTTPStatus.CREATED, done.text
    root.functions.delete_function(FunctionName=FUNCTION)


def test_a_page_of_another_origin_cannot_create_a_function(
    page: Page, site: int, root: Clients, system: State, body: str, attempts: Attempts
) -> None:
    page.goto(f"http://{STRANGER}:{site}/")

    answer = page.evaluate(POST, [sign(system, system.root_key, body), body])

    is_open = is_taken_over(root)
    attempts.note(KIND, "a page of another origin creates a function", answer, is_open=is_open)
    assert "Failed to fetch" in str(answer)  # No header lets the page read the refusal
    assert not is_open


def test_a_page_on_another_port_cannot_create_a_function(
    page: Page, site: int, root: Clients, system: State, body: str, attempts: Attempts
) -> None:
    page.goto(f"http://127.0.0.1:{site}/")

    answer = page.evaluate(POST, [sign(system, system.root_key, body), body])

    is_open = is_taken_over(root)
    attempts.note(KIND, "a page on another port creates a function", answer, is_open=is_open)
    assert "Failed to fetch" in str(answer)
    assert not is_open


def test_a_form_of_another_origin_cannot_create_a_function(
    page: Page, site: int, root: Clients, system: State, body: str, attempts: Attempts
) -> None:
    page.goto(f"http://{STRANGER}:{site}/")
    send = """([url, body]) => {
      const form = document.createElement("form");
      Object.assign(form, { action: url, method: "post", enctype: "text/plain" });
      const field = document.createElement("input");
      Object.assign(field, { name: body.slice(0, -1) + ', "x": "', value: '"}' });
      form.append(field);
      document.body.append(form);
      form.submit();
    }"""

    with page.expect_navigation():
        page.evaluate(send, [sign(system, system.root_key, body), body])

    is_open = is_taken_over(root)
    answer = "foreign_origin" if "foreign_origin" in page.content() else page.content()
    attempts.note(KIND, "a form of another origin creates a function", answer, is_open=is_open)
    assert answer == "foreign_origin"
    assert not is_open


def test_a_rebound_name_reaches_nothing(page: Page, system: State, attempts: Attempts) -> None:
    port = urlsplit(system.endpoint).port

    for path in ("/", "/_ministack/health", f"/{names.IMAGES_BUCKET}"):
        answer = page.goto(f"http://{STRANGER}:{port}{path}")

        assert answer is not None
        is_open = answer.status != HTTPStatus.FORBIDDEN
        attempts.note(KIND, f"a rebound name reads {path}", answer.status, is_open=is_open)
        assert not is_open
        assert "foreign_host" in page.content()


@pytest.mark.parametrize("key_id", KNOWN_KEYS)
def test_a_well_known_key_is_refused(
    key_id: str, root: Clients, system: State, body: str, attempts: Attempts
) -> None:
    known = AccessKey(access_key_id=key_id, secret_access_key="test")
    urls = (claim(system, key_id), sign(system, known, body))

    answers = {httpx.post(url, content=body).status_code for url in urls}

    is_open = is_taken_over(root)
    attempts.note(KIND, f"creates a function with the key {key_id}", answers, is_open=is_open)
    assert answers == {HTTPStatus.FORBIDDEN}
    assert not is_open


def test_the_roots_key_is_nothing_without_its_signature(
    root: Clients, system: State, body: str, attempts: Attempts
) -> None:
    url = claim(system, system.root_key.access_key_id)

    answer = httpx.post(url, content=body).status_code

    is_open = is_taken_over(root)
    attempt = "creates a function with the root's key and a false signature"
    attempts.note(KIND, attempt, answer, is_open=is_open)
    assert answer == HTTPStatus.FORBIDDEN
    assert not is_open


@pytest.mark.parametrize("authorization", ["", "Bearer x", "AWS test:x"])
def test_an_unsigned_request_is_refused(
    authorization: str, root: Clients, system: State, body: str, attempts: Attempts
) -> None:
    url = f"{system.endpoint}/2015-03-31/functions"
    headers = {"Authorization": authorization} if authorization else {}

    answer = httpx.post(url, content=body, headers=headers).status_code

    is_open = is_taken_over(root)
    attempt = f"creates a function without a signature ({authorization or 'no header'})"
    attempts.note(KIND, attempt, answer, is_open=is_open)
    assert answer == HTTPStatus.FORBIDDEN
    assert not is_open
