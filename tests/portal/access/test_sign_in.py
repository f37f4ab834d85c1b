"""Who can sign in, who cannot, and when a session ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import responses
from django.conf import settings
from django.test import Client

from portal.access import middleware, tries
from portal.access.cognito import read_groups
from portal.access.items import OperatorItem
from portal.actions.items import AuditItem
from portal.environment import env
from tests.portal.access.conftest import THEIRS, come_back, is_in
from tests.portal.conftest import PASSWORD, Phone

SignIn = Callable[..., Client]


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


def test_signing_out_ends_cognitos_session_too(provider: responses.RequestsMock) -> None:
    client = Client()
    come_back(client, provider)

    response = client.post("/logout/", secure=True)

    assert response["Location"].startswith(f"{env.cognito_domain_url}/logout?client_id=")
    assert not is_in(client)


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
