"""Attempts to get in with forged or stolen credentials. Writes build/access.jsonl."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import boto3
import httpx
import jwt
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local import names
from infra.local.clients import Clients
from infra.local.demo.client import DemoError, request_tokens, sign_in
from infra.local.state import Person, State
from pipeline.core.settings import RETENTION
from tests.e2e.attempts import Attempts
from tests.e2e.conftest import PATIENCE_SECONDS, UNKNOWN_TASK_ID, User
from tests.e2e.test_gateway import ROUTES
from tests.pictures import build_quadrants, encode

PNG = encode(build_quadrants(), "PNG")
EVIL = "https://evil.example"


def describe(response: httpx.Response) -> str:
    is_problem = "problem+json" in response.headers.get("content-type", "")
    return f"{response.status_code} {response.json()['code'] if is_problem else ''}".strip()


def encode_part(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def change(token: str, header: dict[str, Any], claims: dict[str, Any]) -> str:
    """The token with changed contents and its original signature."""
    head, body = (
        jwt.get_unverified_header(token),
        jwt.decode(token, options={"verify_signature": False}),
    )
    return f"{encode_part(head | header)}.{encode_part(body | claims)}.{token.split('.')[2]}"


def without_signature(token: str) -> str:
    return change(token, {"alg": "none"}, {}).rsplit(".", 1)[0] + "."


def signed_by_the_public_key(token: str, keys: bytes) -> str:
    """An HS256 token signed with the public key."""
    claims = jwt.decode(token, options={"verify_signature": False})
    unsigned = (
        f"{encode_part({**jwt.get_unverified_header(token), 'alg': 'HS256'})}.{encode_part(claims)}"
    )
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(
        unsigned.encode(), keys
    )
    return f"{unsigned}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


@pytest.fixture(scope="module")
def tokens(system: State, root: Clients, user: User, stranger: User) -> dict[str, str]:
    """Tokens that must not open a route."""
    keys = httpx.get(
        f"{system.endpoint}/{system.user_pool_id}/.well-known/jwks.json",
        timeout=PATIENCE_SECONDS,
    ).content
    sub = jwt.decode(stranger.id_token, options={"verify_signature": False})["sub"]
    return {
        "another's sub": change(user.id_token, {}, {"sub": sub}),
        "a longer life": change(user.id_token, {}, {"exp": 4_000_000_000}),
        "operators' groups": change(user.id_token, {}, {"cognito:groups": ["admin"]}),
        "alg none": without_signature(user.id_token),
        "alg None": change(user.id_token, {"alg": "None"}, {}),
        "HS256 by the public key": signed_by_the_public_key(user.id_token, keys),
        "another kid": change(user.id_token, {"kid": "../../dev/null"}, {}),
        "a key of its own": change(user.id_token, {"jku": f"{EVIL}/jwks.json"}, {"iss": EVIL}),
        "another pool": build_foreign_token(system, root),
        "an access token": str(request_tokens(system, user.person)["AccessToken"]),
        "a refresh token": str(request_tokens(system, user.person)["RefreshToken"]),
    }


def build_foreign_token(system: State, root: Clients) -> str:
    """A valid token of another user pool in the same account."""
    pool_id = root.cognito.create_user_pool(PoolName="foreign")["UserPool"]["Id"]
    client = root.cognito.create_user_pool_client(
        UserPoolId=pool_id,
        ClientName="foreign",
        ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )["UserPoolClient"]
    person = Person(email="mallory@example.com", password="Correct-horse-1", group="")
    root.cognito.admin_create_user(
        UserPoolId=pool_id, Username=person.email, MessageAction="SUPPRESS"
    )
    root.cognito.admin_set_user_password(
        UserPoolId=pool_id, Username=person.email, Password=person.password, Permanent=True
    )
    foreign = {"user_pool_id": pool_id, "client_id": client["ClientId"]}
    return sign_in(system.model_copy(update=foreign), person)


TOKENS = (
    "another's sub",
    "a longer life",
    "operators' groups",
    "alg none",
    "alg None",
    "HS256 by the public key",
    "another kid",
    "a key of its own",
    "another pool",
    "an access token",
    "a refresh token",
)


@pytest.mark.parametrize("name", TOKENS)
def test_every_route_refuses_a_wrong_token(
    system: State, user: User, tokens: dict[str, str], attempts: Attempts, name: str
) -> None:
    task_id = user.client.upload_direct(PNG, "image/png", "own.png")
    headers = {"Authorization": f"Bearer {tokens[name]}"}
    request = {"contentType": "image/png", "sizeBytes": len(PNG)}

    answers = set()
    for method, path in ROUTES:
        url = system.api_url + path.replace("/1", f"/{task_id}")
        body = request if path == "/upload" else None
        answers.add(
            describe(
                httpx.request(method, url, headers=headers, json=body, timeout=PATIENCE_SECONDS)
            )
        )

    attempts.note("token", f"{name}, on every route", ", ".join(sorted(answers)))
    assert answers == {"401 unauthorized"}


def test_a_token_of_another_client_of_our_pool_shows_only_the_owners_tasks(
    system: State, root: Clients, user: User, attempts: Attempts
) -> None:
    created = root.cognito.create_user_pool_client(
        UserPoolId=system.user_pool_id,
        ClientName="another",
        ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )
    client_id = created["UserPoolClient"]["ClientId"]
    own = user.client.upload_direct(PNG, "image/png", "own.png")

    token = sign_in(system.model_copy(update={"client_id": client_id}), user.person)
    response = httpx.get(
        f"{system.api_url}/results", headers={"Authorization": token}, timeout=PATIENCE_SECONDS
    )

    attempts.note("token", "another client of our pool, same person", describe(response))
    assert own in [task["taskId"] for task in response.json()["results"]]


@pytest.mark.parametrize("deed", ["admin_disable_user", "admin_delete_user"])
def test_a_disabled_or_deleted_user_cannot_sign_in_or_refresh(
    system: State, root: Clients, build_user: Callable[[], User], attempts: Attempts, deed: str
) -> None:
    gone = build_user()
    refresh_token = request_tokens(system, gone.person)["RefreshToken"]

    getattr(root.cognito, deed)(UserPoolId=system.user_pool_id, Username=gone.person.email)

    with pytest.raises(DemoError):
        sign_in(system, gone.person)
    with pytest.raises(ClientError) as refused:
        call_cognito(system).initiate_auth(
            ClientId=system.client_id,
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": refresh_token},
        )
    code = refused.value.response["Error"]["Code"]
    attempts.note("account", f"sign in and refresh after {deed}", code)
    attempts.note("account", f"ID token from before {deed}", describe(gone.http.get("/results")))


def call_cognito(system: State) -> Any:
    """A Cognito client without a key, as in a browser."""
    return boto3.client(
        "cognito-idp",
        endpoint_url=system.endpoint,
        region_name=system.region,
        config=Config(signature_version=UNSIGNED),
    )


ESCALATIONS: dict[str, Callable[[Any, State, User, str], object]] = {
    "joins a group": lambda cognito, system, user, access: cognito.admin_add_user_to_group(
        UserPoolId=system.user_pool_id, Username=user.person.email, GroupName="admin"
    ),
    "makes a group": lambda cognito, system, user, access: cognito.create_group(
        UserPoolId=system.user_pool_id, GroupName="owners"
    ),
    "lists all users": lambda cognito, system, user, access: cognito.list_users(
        UserPoolId=system.user_pool_id
    ),
    "sets another's password": lambda cognito, system, user, access: (
        cognito.admin_set_user_password(
            UserPoolId=system.user_pool_id,
            Username="admin@example.com",
            Password="Correct-horse-1",
            Permanent=True,
        )
    ),
}


@pytest.mark.parametrize("deed", ESCALATIONS)
def test_a_user_cannot_gain_rights(
    system: State, user: User, attempts: Attempts, deed: str
) -> None:
    access_token = str(request_tokens(system, user.person)["AccessToken"])

    with pytest.raises(ClientError) as refused:
        ESCALATIONS[deed](call_cognito(system), system, user, access_token)

    attempts.note("escalation", deed, refused.value.response["Error"]["Code"])


# Not "sub" or "cognito:groups": AWS refuses to set them, the local AWS does not.
def test_an_attribute_gives_no_rights(
    system: State, build_user: Callable[[], User], attempts: Attempts
) -> None:
    user = build_user()
    access_token = request_tokens(system, user.person)["AccessToken"]

    call_cognito(system).update_user_attributes(
        AccessToken=access_token, UserAttributes=[{"Name": "custom:role", "Value": "admin"}]
    )

    claims = jwt.decode(sign_in(system, user.person), options={"verify_signature": False})
    attempts.note("escalation", "sets the attribute custom:role", "taken, without effect")
    assert "cognito:groups" not in claims


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
