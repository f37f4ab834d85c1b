"""GET /health: whether this region can serve callers. Nobody signs in for it.

Health checks of DNS and of other monitors call it. It asks the three services that every request
needs. It does not look at the workers: pictures wait in the queue until workers are back, and
`workers-missing` is the alarm for that.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal

from aws_lambda_powertools.event_handler import Response
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import Field

from pipeline.core.clients import create_client
from pipeline.core.labels import ApiModel
from pipeline.core.storage import CLIENT_CONFIG
from pipeline.lambdas.answers import refuse
from pipeline.lambdas.app import build_app, respond
from pipeline.lambdas.problems import RegionUnhealthyError
from pipeline.lambdas.settings import load_settings
from pipeline.lambdas.telemetry import entry_point, logger

KEPT_SECONDS = 5
"""How long a process uses an answer again. So a stranger cannot spend reads."""

_IMPATIENT = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 1})
"""Route 53 waits 2 s for an answer, and three answers in a row decide. So nothing is repeated."""

NO_TASK = "health"
"""No task has this id. The read costs half a unit."""

settings = load_settings()
app = build_app(settings, count_request=lambda _: {})  # The gateway limits strangers
dynamodb = create_client("dynamodb", _IMPATIENT)
sqs = create_client("sqs", _IMPATIENT)
s3 = create_client("s3", CLIENT_CONFIG.merge(_IMPATIENT))


class HealthView(ApiModel):
    """A region that can serve callers."""

    status: Literal["ok"] = Field(
        "ok", description="Always `ok`. Otherwise the answer is a 503.", examples=["ok"]
    )
    region: str = Field(description="AWS region that answers.", examples=["us-east-1"])


Probe = Callable[[], None]
"""Asks one service. It raises if the service does not answer."""


@dataclass(frozen=True)
class _Check:
    at: float
    failing: tuple[str, ...]


_last: _Check | None = None


@app.get(
    "/health",
    operation_id="getHealth",
    tags=["Service"],
    summary="Ask whether the service can answer",
    description="Needs no sign-in. It asks the table of tasks, the queue and the storage of"
    f" pictures, at most every {KEPT_SECONDS} s. If one of them does not answer, the answer is a"
    " 503 that names it.",
    responses={
        200: {"description": "The service can answer."},
        **{
            status: answer
            for status, answer in refuse(RegionUnhealthyError).items()
            if status != HTTPStatus.UNAUTHORIZED
        },
    },
)
def get_health() -> Response[HealthView]:
    failing = find_failing()
    if failing:
        raise RegionUnhealthyError(failing)
    return respond(HTTPStatus.OK, HealthView(region=settings.aws_region))


def find_failing() -> tuple[str, ...]:
    """The names of the services that do not answer, as found at most `KEPT_SECONDS` ago."""
    global _last
    now = time.monotonic()
    if _last is None or now - _last.at >= KEPT_SECONDS:
        with ThreadPoolExecutor(len(_PROBES)) as pool:
            answers = dict(zip(_PROBES, pool.map(_does_answer, _PROBES), strict=True))
        _last = _Check(now, tuple(name for name, does_answer in answers.items() if not does_answer))
    return _last.failing


def _does_answer(name: str) -> bool:
    try:
        _PROBES[name]()
    except (BotoCoreError, ClientError):
        logger.exception("A service does not answer", dependency=name)
        return False
    return True


def _read_tasks() -> None:
    dynamodb.get_item(TableName=settings.tasks_table, Key={"task_id": {"S": NO_TASK}})


def _read_queue() -> None:
    sqs.get_queue_attributes(
        QueueUrl=settings.task_queue_url, AttributeNames=["ApproximateNumberOfMessages"]
    )


def _read_pictures() -> None:
    s3.head_bucket(Bucket=settings.images_bucket)


_PROBES: dict[str, Probe] = {"tasks": _read_tasks, "queue": _read_queue, "pictures": _read_pictures}

handler = entry_point(app.resolve)
