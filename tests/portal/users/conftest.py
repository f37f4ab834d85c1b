"""A user whom operators look after."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from portal import aws
from portal.environment import env
from portal.users.models import User
from tests.live_gateway import LiveGateway, running_live_gateway
from tests.portal.examples import create_user


def operate(client: Client, name: str, user: User, **answers: Any) -> str:
    path = f"/users/user/operations/{name}/?id={user.pk}"
    return client.post(path, answers, follow=True).content.decode()


def find(email: str = "ann@example.com") -> Any:
    return User.objects.filter(email=email).first()


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveGateway]:
    with running_live_gateway() as running:
        monkeypatch.setattr(aws, "env", env.model_copy(update={"live_endpoint": running.url}))
        yield running


@pytest.fixture
def ann() -> Any:
    create_user("ann@example.com")
    return find()
