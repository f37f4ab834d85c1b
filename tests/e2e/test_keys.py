"""A program goes from an API key to labels, and no further. Writes build/access.jsonl."""

import base64
import json
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local import names
from infra.local.clients import Clients
from infra.local.layout import REPOSITORY, Layout
from infra.local.state import State
from pipeline.core.keys.text import make_key
from pipeline.lambdas.create_token import EXCHANGES
from tests.e2e.attempts import Attempts
from tests.e2e.conftest import User, wait_until
from tests.e2e.test_account_deletion import read_until_closed
from tests.e2e.test_live import connect
from tools.chaos.live.targets import list_sockets

BYTES = {"Content-Type": "application/octet-stream"}
KIND = "API keys"


def make(user: User, *scopes: str) -> dict[str, Any]:
    answer = user.http.post("/keys", json={"name": "a program", "scopes": list(scopes)})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def exchange(system: State, key: str) -> httpx.Response:
    return httpx.post(f"{system.api_url}/token", json={"key": key}, timeout=60)


def sign_in(system: State, key: str) -> httpx.Client:
    """A client that sends the token of the key."""
    answer = exchange(system, key)
    assert answer.status_code == 200, answer.text
    assert answer.json()["expiresIn"] == 900
    token = answer.json()["idToken"]
    return httpx.Client(base_url=system.api_url, headers={"Authorization": token}, timeout=60)


def change_secret(key: str) -> str:
    """The same key with one other character of its secret."""
    return f"{key[:60]}{'B' if key[60] == 'A' else 'A'}{key[61:]}"


def describe(answer: httpx.Response) -> str:
    return f"{answer.status_code} {answer.json().get('code', '')}" if answer.content else "204"


def test_a_key_leads_to_labels_and_ends_when_it_is_revoked(
    system: State, root: Clients, build_user: Callable[[], User], photo: Path
) -> None:
    user = build_user()
    key = make(user, "read", "write")
    with sign_in(system, key["key"]) as program:
        ticket = program.post("/live/tickets").json()
        socket = connect(f"{ticket['url']}?ticket={ticket['ticket']}")
        wait_until(lambda: len(list_sockets(root, user.owner_id)) == 1)
        answer = program.post(
            "/pictures", content=photo.read_bytes(), headers={**BYTES, "Prefer": "wait=20"}
        )
        [listed] = user.http.get("/keys").json()["keys"]
        usage = program.get("/usage").json()
        revoked = user.http.delete(f"/keys/{key['keyId']}")
        after = program.get("/results")
    read_until_closed(socket)

    assert answer.json()["labels"]
    assert (listed["keyId"], listed["lastUsedAt"] is None) == (key["keyId"], False)
    [today] = [day for day in usage["days"] if day["photos"]]
    assert [each["keyId"] for each in today["byKey"]] == [key["keyId"]]
    assert (revoked.status_code, after.status_code) == (204, 401)
    assert describe(exchange(system, key["key"])) == "401 wrong_key"


def test_a_key_opens_no_other_door(
    system: State,
    root: Clients,
    build_user: Callable[[], User],
    attempts: Attempts,
) -> None:
    user = build_user()
    reading, writing, full = (make(user, *it) for it in (["read"], ["write"], ["read", "write"]))
    new = {"name": "another", "scopes": ["write"]}
    hook = {"url": "https://receiver.example/", "events": ["task.succeeded"]}
    with (
        sign_in(system, reading["key"]) as reader,
        sign_in(system, writing["key"]) as writer,
        sign_in(system, full["key"]) as program,
    ):
        tries = {
            "a writing key makes a webhook": writer.post("/webhooks", json=hook),
            "a writing key opens a socket": writer.post("/live/tickets"),
            "a key lets operators use the photos": program.put(
                "/account/sharing", json={"corrections": True}
            ),
            "a reading key sends a picture": reader.post("/pictures", content=b"x", headers=BYTES),
            "a key makes a key": program.post("/keys", json=new),
            "a key revokes a key": program.delete(f"/keys/{reading['keyId']}"),
            "a key deletes the account": program.post(
                "/account/deletion", json={"confirmation": user.person.email}
            ),
            "a made-up key": exchange(system, make_key(user.owner_id).text),
            "a key with another secret": exchange(system, change_secret(full["key"])),
            "the token of a person as a key": exchange(system, user.id_token[:150]),
        }
    for attempt, answer in tries.items():
        attempts.note(KIND, attempt, describe(answer), is_open=answer.is_success)
    for attempt, error in try_cognito(system, root, user, full["key"]).items():
        attempts.note(KIND, attempt, error or "tokens", is_open=error is None)
        assert error, attempt
    user.http.delete(f"/keys/{reading['keyId']}")
    root.cognito.admin_disable_user(UserPoolId=system.user_pool_id, Username=user.person.email)
    disabled = exchange(system, full["key"])

    assert {answer.status_code for answer in tries.values()} <= {401, 403}
    assert describe(disabled) == "401 wrong_key"


def test_a_program_signs_in_as_itself(system: State, layout: Layout) -> None:
    command = [sys.executable, "-m", "infra.local.demo.program", str(layout.root)]
    printed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    lines = dict(shlex.split(line)[0].split("=", 1) for line in printed.stdout.splitlines())
    headers = {"Authorization": lines["TOKEN"]}

    with httpx.Client(base_url=lines["API"], headers=headers, timeout=60) as program:
        listed, made = (
            program.get("/results"),
            program.post("/keys", json={"name": "a", "scopes": ["read"]}),
        )

    assert (listed.status_code, listed.json()["results"]) == (200, [])
    assert describe(made) == "403 key_not_allowed"


def try_cognito(system: State, root: Clients, user: User, key: str) -> dict[str, str | None]:
    """The answers of the user pool to strangers who know a key and all public names."""
    cognito = boto3.client(
        "cognito-idp",
        endpoint_url=system.endpoint,
        region_name=system.region,
        config=Config(signature_version=UNSIGNED),
    )
    found = root.cognito.list_user_pool_clients(UserPoolId=system.user_pool_id, MaxResults=60)
    ids = {each["ClientName"]: each["ClientId"] for each in found["UserPoolClients"]}
    digest = base64.b64encode(b"x" * 32).decode()

    def begin(client_id: str, **more: str) -> str | None:
        try:
            cognito.initiate_auth(
                ClientId=client_id,
                AuthFlow="CUSTOM_AUTH",
                AuthParameters={"USERNAME": user.person.email, "ANSWER": key, **more},
            )
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return None

    return {
        "a key at the user pool, without the client's secret": begin(ids[names.KEYS_CLIENT]),
        "the same with a made-up hash": begin(ids[names.KEYS_CLIENT], SECRET_HASH=digest),
        "a key at the page's client": begin(ids[names.SPA_CLIENT]),
    }


@pytest.mark.last
def test_an_address_cannot_try_keys_without_end(system: State, attempts: Attempts) -> None:
    text = json.dumps({"key": "spk_none"})
    headers = {"Content-Type": "application/json"}
    with httpx.Client(base_url=system.api_url, headers=headers, timeout=60) as stranger:
        answers = [stranger.post("/token", content=text) for _ in range(int(EXCHANGES.burst) + 15)]

    refused = [answer for answer in answers if answer.status_code == 429]
    attempts.note(KIND, "wrong keys without end", describe(answers[-1]), is_open=not refused)
    assert refused
    assert int(refused[0].headers["Retry-After"]) >= 1
