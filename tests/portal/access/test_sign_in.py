"""Who can sign in, who cannot, and when a session ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlsplit

import boto3
import jwt
import pytest
import responses
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.test import Client

from portal.access import middleware, tries
from portal.access.cognito import read_groups
from portal.access.items import OperatorItem, SessionItem
from portal.actions.items import AuditItem
from portal.environment import env
from tests.portal.conftest import PASSWORD, Phone
from tests.portal.examples import create_user

OURS, THEIRS = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))

SignIn = Callable[..., Client]


@pytest.fixture
def provider() -> Iterator[responses.RequestsMock]:
    """Cognito's token endpoint and keys, with real signatures."""
    key = jwt.algorithms.RSAAlgorithm.to_jwk(OURS.public_key(), as_dict=True)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as requests:
        requests.get(env.jwks_url, json={"keys": [{**key, "kid": "1", "alg": "RS256"}]})
        yield requests


def come_back(
    client: Client, provider: responses.RequestsMock, key: Any = OURS, **claims: Any
) -> Any:
    """Go to Cognito and come back with a token that has these claims."""
    leaving = client.get("/oidc/authenticate/?next=/tasks/task/", secure=True)
    query = dict(parse_qsl(urlsplit(leaving["Location"]).query))
    token = {
        "sub": "11111111-2222-4333-8444-555555555555",
        "aud": env.oidc_client_id,
        "iss": env.issuer,
        "token_use": "id",
        "email": "ann@example.com",
        "exp": time.time() + 600,
        "nonce": query["nonce"],
        "cognito:groups": ["operator"],
        **claims,
    }
    encoded = jwt.encode(token, key, "RS256", {"kid": "1"})
    provider.post(settings.OIDC_OP_TOKEN_ENDPOINT, json={"id_token": encoded, "access_token": "a"})
    return client.get("/oidc/callback/", {"state": query["state"], "code": "c"}, secure=True)


def is_in(client: Client) -> bool:
    return client.get("/tasks/task/", secure=True).status_code == 200


def test_an_operator_comes_in_through_cognito(provider: responses.RequestsMock) -> None:
    client = Client()

    response = come_back(client, provider)
    Phone(client).set_up()

    assert response["Location"] == "/tasks/task/"
    assert is_in(client)
    entries = sorted(AuditItem.scan(), key=lambda entry: entry.at)
    assert [entry.detail for entry in entries] == ["Signed in through Cognito", "Set up"]


def test_the_request_to_cognito_has_pkce_state_and_nonce() -> None:
    response = Client().get("/oidc/authenticate/", secure=True)

    query = parse_qs(urlsplit(response["Location"]).query)
    assert response["Location"].startswith(f"{env.cognito_domain_url}/oauth2/authorize?")
    assert query["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= query.keys()


@pytest.mark.parametrize(
    "claims",
    [
        {"cognito:groups": None},
        {"cognito:groups": []},
        {"cognito:groups": ["customers"]},
        {"cognito:groups": "[customers]"},
        {"aud": "the-web-page"},
        {"aud": [env.oidc_client_id, "the-web-page"]},
        {"iss": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_another"},
        {"token_use": "access"},
        {"nonce": "of-another-sign-in"},
        {"exp": time.time() - 60},
        {"key": THEIRS},
    ],
)
def test_every_other_token_is_refused(
    provider: responses.RequestsMock, claims: dict[str, Any]
) -> None:
    client = Client()

    response = come_back(client, provider, **claims)

    assert response["Location"] == "/login/?refused"
    assert not is_in(client)
    assert OperatorItem.count() == 0


def test_an_unknown_state_is_refused(provider: responses.RequestsMock) -> None:
    client = Client()
    client.get("/oidc/authenticate/", secure=True)

    response = client.get("/oidc/callback/", {"state": "forged", "code": "c"}, secure=True)

    assert response.status_code == 400
    assert not is_in(client)


def test_an_answer_cannot_be_used_twice(provider: responses.RequestsMock) -> None:
    client = Client()
    first = come_back(client, provider)
    again = first.wsgi_request.get_full_path()
    client.post("/logout/", secure=True)

    response = client.get(again, secure=True)

    assert response["Location"] == "/login/?refused"
    assert not is_in(client)


def test_a_cognito_outage_shows_a_page_with_an_explanation(
    provider: responses.RequestsMock,
) -> None:
    client = Client()
    leaving = client.get("/oidc/authenticate/", secure=True)
    state = parse_qs(urlsplit(leaving["Location"]).query)["state"][0]
    provider.post(settings.OIDC_OP_TOKEN_ENDPOINT, status=503)

    response = client.get("/oidc/callback/", {"state": state, "code": "c"}, secure=True)

    assert response["Location"] == "/login/?refused"


@pytest.mark.parametrize("claim", [["a", "b"], "[a b]", "a,b", "a b"])
def test_the_groups_claim_may_have_several_formats(claim: Any) -> None:
    groups = read_groups(claim)

    assert groups == ["a", "b"]


def test_a_sign_in_never_redirects_to_another_site(provider: responses.RequestsMock) -> None:
    client = Client()
    leaving = client.get("/oidc/authenticate/?next=https://evil.example/", secure=True)

    assert leaving.status_code == 302
    assert client.session["oidc_login_next"] is None


def test_a_local_password_signs_in_while_cognito_is_down(sign_in: SignIn) -> None:
    client = sign_in("operator")

    assert is_in(client)


def test_a_local_account_without_a_group_cannot_sign_in(sign_in: SignIn) -> None:
    with pytest.raises(AssertionError):
        sign_in("customers")


def test_a_cognito_account_has_no_password_here() -> None:
    OperatorItem("ann", email="ann@example.com", groups=["admin"]).save()

    response = Client().post("/login/", {"username": "ann", "password": "!"}, secure=True)

    assert response.status_code == 200


def test_five_wrong_passwords_lock_an_account_for_a_while(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in("operator", "ann")
    for _ in range(tries.LIMIT):
        Client().post("/login/", {"username": "ann", "password": "wrong"}, secure=True)

    def try_right_one() -> int:
        form = {"username": "ann", "password": PASSWORD}
        return Client().post("/login/", form, secure=True).status_code

    locked = try_right_one()
    monkeypatch.setattr(tries, "PERIOD", timedelta(0))
    later = try_right_one()

    assert (locked, later) == (200, 302)


def test_an_idle_session_ends(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "IDLE_TIMEOUT", timedelta(0))

    response = operator.get("/tasks/task/", follow=True)

    assert "nothing happened for 30 minutes" in response.content.decode()


def test_a_page_that_refreshes_itself_does_not_prolong_a_session(
    operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(middleware, "SEEN_INTERVAL", timedelta(0))
    before = operator.session["seen_at"]

    operator.get("/dashboard/live/", headers={middleware.BACKGROUND_HEADER: "1"})
    unseen = operator.session["seen_at"]
    operator.get("/tasks/task/")

    assert unseen == before
    assert operator.session["seen_at"] > before


def test_a_deleted_session_ends_at_once(operator: Client) -> None:
    for session in SessionItem.scan():
        session.delete()

    assert not is_in(operator)


def test_an_expired_session_ends_even_if_its_record_still_exists(operator: Client) -> None:
    for session in SessionItem.scan():
        session.update(actions=[SessionItem.expires_at.set(datetime.now(UTC) - timedelta(1))])

    assert not is_in(operator)


def test_signing_out_everywhere_ends_the_portals_session(operator: Client) -> None:
    now = datetime.now(UTC)
    OperatorItem("the-operator").update(actions=[OperatorItem.signed_out_at.set(now)])

    response = operator.get("/", follow=True)

    assert "signed out by an administrator" in response.content.decode()


@pytest.mark.parametrize("change", ["leaves the group", "is disabled", "is deleted"])
def test_an_operator_who_loses_the_group_in_cognito_is_signed_out_within_minutes(
    provider: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    sub = create_user("ann@example.com", "operator")
    client = Client()
    come_back(client, provider, sub=sub)
    Phone(client).set_up()
    before = is_in(client)
    cognito: Any = boto3.client("cognito-idp")
    user = {"UserPoolId": env.user_pool_id, "Username": sub}
    if change == "leaves the group":
        cognito.admin_remove_user_from_group(**user, GroupName="operator")
    elif change == "is disabled":
        cognito.admin_disable_user(**user)
    else:
        cognito.admin_delete_user(**user)
    still = is_in(client)

    monkeypatch.setattr(middleware, "CHECK_INTERVAL", timedelta(0))

    assert (before, still, is_in(client)) == (True, True, False)


def test_signing_out_ends_cognitos_session_too(provider: responses.RequestsMock) -> None:
    client = Client()
    come_back(client, provider)

    response = client.post("/logout/", secure=True)

    assert response["Location"].startswith(f"{env.cognito_domain_url}/logout?client_id=")
    assert not is_in(client)


def test_cookies_are_sent_over_https_only_and_hidden_from_scripts(operator: Client) -> None:
    session = operator.cookies["sessionid"]

    assert session["secure"]
    assert session["httponly"]
    assert session["samesite"] == "Lax"


def test_pages_forbid_foreign_scripts_frames_and_caches(operator: Client) -> None:
    response = operator.get("/tasks/task/")

    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self' 'unsafe-eval'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "'unsafe-inline'" not in policy.split("style-src")[0]
    assert response["X-Frame-Options"] == "DENY"
    assert "no-store" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert int(response["Strict-Transport-Security"].split("=")[1].split(";")[0]) > 0


def test_no_page_of_ours_has_an_inline_script(operator: Client) -> None:
    for path in ("/", "/tasks/task/", "/queues/deadletter/"):
        page = operator.get(path).content.decode()

        assert "onclick=" not in page
        assert all("src=" in tag.split(">")[0] for tag in page.split("<script")[1:])


def test_another_host_is_refused() -> None:
    response = Client().get("/login/", secure=True, headers={"host": "evil.example"})

    assert response.status_code == 400


def test_signing_in_again_returns_to_the_form_that_was_being_filled_in(
    operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(middleware, "IDLE_TIMEOUT", timedelta(0))
    form = "/tasks/task/operations/delete/?id=1"

    response = operator.post(
        form, {"reason": "A test"}, headers={"referer": f"https://{env.host}{form}"}
    )
    assert response.status_code == 302
    assert response["Location"] == f"/login/?next={quote(form)}"


def test_signing_in_again_never_returns_to_another_site(
    operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(middleware, "IDLE_TIMEOUT", timedelta(0))

    response = operator.post("/tasks/task/", headers={"referer": "https://evil.example/x"})

    assert response["Location"] == "/login/?next=/"
