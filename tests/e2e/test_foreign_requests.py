"""Requests, forms and addresses that try to reach what belongs to somebody else."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import jwt
import pytest

from infra.local import names
from infra.local.clients import Clients
from infra.local.state import State
from pipeline.core.settings import RETENTION
from tests.e2e.attempts import EVIL, Attempts, describe
from tests.e2e.conftest import PATIENCE_SECONDS, UNKNOWN_TASK_ID, User
from tests.pictures import build_quadrants, encode

PNG = encode(build_quadrants(), "PNG")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ownerId", "x"),
        ("owner_id", "x"),
        ("taskId", UNKNOWN_TASK_ID),
        ("status", "succeeded"),
        ("labels", []),
        ("imageKey", "images/x/y"),
        ("expiresAt", "2099-01-01T00:00:00Z"),
        ("__proto__", {"admin": True}),
    ],
)
def test_a_request_cannot_set_other_members(
    user: User, attempts: Attempts, name: str, value: Any
) -> None:
    body = {"contentType": "image/png", "sizeBytes": len(PNG), name: value}

    response = user.http.post("/upload", json=body)

    attempts.note("mass assignment", name, describe(response))
    assert describe(response) == "422 invalid_request"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Owner-Id", "admin"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("X-Amzn-Oidc-Identity", "admin"),
        ("X-HTTP-Method-Override", "DELETE"),
        ("X-Original-URL", "/results"),
        ("Host", "evil.example"),
    ],
)
def test_a_header_does_not_change_the_user(
    user: User, stranger: User, attempts: Attempts, name: str, value: str
) -> None:
    task_id = user.client.upload_direct(PNG, "image/png", "own.png")

    response = stranger.http.get(f"/results/{task_id}", headers={name: value})

    attempts.note("header", f"{name}: {value}, another's task", describe(response))
    assert not response.is_success
    assert user.http.get(f"/results/{task_id}").is_success


@pytest.mark.parametrize(
    "path",
    [
        "/results/{}%00",
        "/results/{}%20",
        "/results/x%2F..%2F{}",
        "/results/..%2F..%2Fresults%2F{}",
        "/results/{}%2Fretry",
        "/results/%7B{}%7D",
        "/results/{}?ownerId=x&owner_id=x",
        "/results/{}%0d%0aX-Injected:%20yes",
        "//results/{}",
    ],
)
def test_no_spelling_of_a_path_leads_to_another_users_task(
    system: State, user: User, stranger: User, attempts: Attempts, path: str
) -> None:
    task_id = user.client.upload_direct(PNG, "image/png", "own.png")

    response = httpx.get(
        system.api_url + path.format(task_id),
        headers={"Authorization": stranger.id_token},
        timeout=PATIENCE_SECONDS,
    )

    attempts.note("path", path, describe(response))
    # 405 and 422 say what is wrong with the request itself, before any task is looked for.
    assert response.status_code in (400, 403, 404, 405, 422), response.text
    assert "x-injected" not in response.headers


@pytest.mark.parametrize(
    "name", ["a\r\nX-Injected: yes", "../../etc/passwd", "<script>", "a" * 300]
)
def test_a_hostile_file_name_is_stored_as_text_or_refused(
    user: User, attempts: Attempts, name: str
) -> None:
    body = {"contentType": "image/png", "sizeBytes": len(PNG), "fileName": name}

    response = user.http.post("/upload", json=body)

    attempts.note("file name", repr(name[:24]), describe(response))
    assert response.status_code in (201, 422)
    assert "x-injected" not in response.headers
    if response.status_code == 201:
        assert name not in response.json()["upload"]["fields"]["key"]


def test_a_form_works_only_with_its_own_key_policy_and_picture(
    user: User, stranger: User, attempts: Attempts
) -> None:
    forms = [
        who.http.post("/upload", json={"contentType": "image/png", "sizeBytes": len(PNG)}).json()
        for who in (user, stranger)
    ]
    own, other = (form["upload"]["fields"] for form in forms)
    policy = json.loads(base64.b64decode(own["policy"]))
    wider = base64.b64encode(json.dumps({**policy, "conditions": []}).encode()).decode()
    longer = base64.b64encode(
        json.dumps({**policy, "expiration": "2099-01-01T00:00:00Z"}).encode()
    ).decode()
    changes = {
        "another's key": {"key": other["key"]},
        "another's policy": {"policy": other["policy"]},
        "a wider policy": {"policy": wider},
        "a longer life": {"policy": longer},
        "a filename in the key": {"key": own["key"] + "${filename}"},
        "a field more": {"acl": "public-read"},
        "a redirect": {"success_action_redirect": EVIL},
    }

    answers = {
        name: httpx.post(
            forms[0]["upload"]["url"],
            data={**own, **changed},
            files={"file": PNG},
            timeout=PATIENCE_SECONDS,
        ).status_code
        for name, changed in changes.items()
    }

    for name, status in answers.items():
        attempts.note("form", name, status)
    assert set(answers.values()) == {403}


def test_a_signed_address_opens_only_one_picture(
    user: User, stranger: User, attempts: Attempts
) -> None:
    urls = []
    for who in (user, stranger):
        task_id = who.client.upload_direct(PNG, "image/png", "own.png")
        urls.append(httpx.URL(who.client.wait_for_result(task_id)["image"]["url"]))
    own, other = urls
    changed = {
        "another's key": own.copy_with(path=other.path),
        "a longer life": own.copy_merge_params({"X-Amz-Expires": "604800"}),
        "no signature": own.copy_remove_param("X-Amz-Signature"),
    }

    answers = {
        name: httpx.get(url, timeout=PATIENCE_SECONDS).status_code for name, url in changed.items()
    }

    for name, status in answers.items():
        attempts.note("signed address", name, status)
    assert httpx.get(own, timeout=PATIENCE_SECONDS).is_success
    assert set(answers.values()) <= {400, 403}


@pytest.mark.parametrize("origin", [EVIL, "null", "http://spotter-page.evil.example"])
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_no_other_origin_may_read_an_answer(
    system: State, user: User, attempts: Attempts, origin: str, method: str
) -> None:
    headers = {"Origin": origin, "Access-Control-Request-Method": "GET"}

    response = user.http.request(method, "/results", headers=headers)

    allowed = response.headers.get("access-control-allow-origin")
    answer = "only our page may read" if allowed else "no page may read"
    attempts.note("CORS", f"{method} from {origin}", answer)
    assert allowed in (None, system.spa_origin)
    assert "access-control-allow-credentials" not in response.headers


def test_long_or_strange_json_gets_a_short_answer(user: User, attempts: Attempts) -> None:
    form = {"contentType": "image/jpeg", "sizeBytes": 1000}

    long = user.http.post("/upload", json={**form, "x" * 3_000_000: 1})
    strange = user.http.post("/upload", json={**form, **{f"k{n}": 1 for n in range(1000)}})

    attempts.note("size", "JSON with a name of 3 MB", describe(long))
    attempts.note("size", "JSON with 1,000 unknown names", describe(strange))
    assert describe(long) == "413 request_too_large"
    assert describe(strange) == "422 invalid_request"
    assert len(strange.content) < 4000


def test_a_user_who_used_up_a_limit_is_refused_and_others_are_not(
    system: State, root: Clients, build_user: Callable[[], User], attempts: Attempts
) -> None:
    spender, other = build_user(), build_user()
    owner_id = jwt.decode(spender.id_token, options={"verify_signature": False})["sub"]
    far = str(int(time.time()) + 2 * int(RETENTION.total_seconds()))
    form = {"contentType": "image/jpeg", "sizeBytes": 1000}

    for limit, code in (
        ("stored", "storage_full"),
        ("bytes", "daily_bytes_reached"),
        ("requests", "too_many_requests"),
    ):
        root.dynamodb.put_item(
            TableName=names.TASKS_TABLE,
            Item={"task_id": {"S": f"{limit}:{owner_id}"}, "full_at": {"N": far}},
        )
        answer = spender.http.post("/upload", json=form)
        attempts.note("money", f"an upload beyond the limit of {limit}", describe(answer))
        assert describe(answer) == f"429 {code}"
        assert int(answer.headers["Retry-After"]) >= 1

    assert other.http.post("/upload", json=form).status_code == 201


def test_a_list_of_one_status_is_complete_at_once(user: User, attempts: Attempts) -> None:
    task_ids = [user.client.upload_direct(PNG, "image/png", "own.png") for _ in range(3)]
    for task_id in task_ids:
        user.client.wait_for_result(task_id)

    answer = user.http.get("/results", params={"status": "expired"})
    others = [task for task in answer.json()["results"] if task["status"] != "expired"]
    done = user.http.get("/results", params={"status": "succeeded", "limit": 3}).json()["results"]

    attempts.note("money", "tasks of other statuses in a list of one status", len(others))
    assert others == []
    assert answer.json()["nextCursor"] is None
    assert {task["taskId"] for task in done} == set(task_ids)
