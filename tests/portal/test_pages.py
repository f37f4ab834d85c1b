"""Every page answers, for everybody who may see it, and changes nothing."""

from __future__ import annotations

import pytest
from django.test import Client

LISTS = [
    "/",
    "/dashboard/live/",
    "/tasks/task/",
    "/queues/queue/",
    "/queues/deadletter/",
    "/users/user/",
    "/workers/worker/",
    "/operators/run/",
    "/operators/auditentry/",
]


@pytest.mark.parametrize("path", LISTS)
def test_a_viewer_sees_every_list(viewer: Client, path: str) -> None:
    response = viewer.get(path)

    assert response.status_code == 200
