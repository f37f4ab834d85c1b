"""Spotter for programs: send photos, get what is in them.

from spotter_client import Spotter

with Spotter.from_login() as spotter:
    task = spotter.look("cat.jpg")
    print(task.labels)
"""

from spotter_client import models
from spotter_client._async.client import AsyncSpotter
from spotter_client._sync.client import Spotter
from spotter_client.auth import KeyAuth, PasswordAuth, RefreshAuth, TokenAuth, UserPool
from spotter_client.errors import (
    ApiError,
    NotFinishedError,
    PhotoError,
    SignInError,
    SpotterError,
    TaskFailedError,
    UnreachableError,
)
from spotter_client.hints import Hints
from spotter_client.many import Outcome, look_at_many, look_at_many_async
from spotter_client.options import Options, Search
from spotter_client.retries import Retries
from spotter_client.webhooks import Event, WebhookError, verify_webhook

__all__ = [
    "ApiError",
    "AsyncSpotter",
    "Event",
    "Hints",
    "KeyAuth",
    "NotFinishedError",
    "Options",
    "Outcome",
    "PasswordAuth",
    "PhotoError",
    "RefreshAuth",
    "Retries",
    "Search",
    "SignInError",
    "Spotter",
    "SpotterError",
    "TaskFailedError",
    "TokenAuth",
    "UnreachableError",
    "UserPool",
    "WebhookError",
    "look_at_many",
    "look_at_many_async",
    "models",
    "verify_webhook",
]
