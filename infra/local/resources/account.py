"""Creates all resources of the account in the order of their dependencies."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from infra.local import names
from infra.local.added_models import find_added_models
from infra.local.clients import Clients
from infra.local.rekognition.budget import VARIABLE, read_budget
from infra.local.resources import access, frames, functions, gateway, live
from infra.local.resources.alarms import (
    AGE_ALARM,
    DEPTH_ALARM,
    create_alarms,
)
from infra.local.resources.images import IMAGES_ARN, create_bucket, notify_function
from infra.local.resources.page import create_page
from infra.local.resources.queues import Queue, Queues, create_queues
from infra.local.resources.steps import create_step_queues, read_queues
from infra.local.resources.stream import read_stream
from infra.local.resources.tables import create_table
from infra.local.resources.users import UserPool, create_user_pool
from infra.local.resources.workers_group import create_workers_group
from infra.local.state import AccessKey
from infra.package.functions import zip_code
from pipeline.core.dynamo import bind
from pipeline.core.exports.record import Export
from pipeline.core.live.connections import Connection
from pipeline.core.live.streams import Stream
from pipeline.core.search.items import WordEntry
from pipeline.core.tasks.record import Task
from pipeline.core.webhooks.deliveries import Delivery
from pipeline.core.webhooks.record import Webhook


@dataclass(frozen=True)
class Account:
    """The created resources that other modules need."""

    queues: Queues
    webhooks_queue_url: str
    users: UserPool
    worker_key: AccessKey
    alarm_inbox: Queue
    api_url: str
    spa_origin: str


def create_account(
    clients: Clients, packages: Path, more: Mapping[str, str] = MappingProxyType({})
) -> Account:
    """Create all resources, or update the existing ones.

    Args:
        more: Variables of functions that only some systems need.
    """
    _create_tables(clients)
    frames.create_frames_stream(clients)
    queues = create_queues(clients)
    step_queues = create_step_queues(clients)
    spa_origin = create_page(clients)
    create_bucket(clients, spa_origin)
    users = create_user_pool(clients)
    create_workers_group(clients)
    arns = _build_arns(queues, users)
    function_arns = _create_functions(
        clients,
        packages,
        queues,
        arns,
        {**step_queues, "SPA_ORIGIN": spa_origin, **users.variables, **more},
    )
    if names.REGION == names.FIRST_REGION:  # Where the users are
        functions.let_cognito_ask(clients, users.pool_id, users.arn, function_arns)
    _create_api(clients, function_arns, users, spa_origin)
    _create_live_api(clients, function_arns)
    read_stream(clients)
    read_queues(clients)
    return Account(
        queues=queues,
        webhooks_queue_url=step_queues["WEBHOOKS_QUEUE_URL"],
        users=users,
        worker_key=access.create_key(clients, names.WORKER_USER, "worker", arns),
        alarm_inbox=create_alarms(clients),
        api_url=gateway.build_api_url(clients.endpoint),
        spa_origin=spa_origin,
    )


def _build_arns(queues: Queues, users: UserPool) -> access.PolicyArns:
    return access.PolicyArns(
        images_bucket_arn=IMAGES_ARN,
        tasks_table_arn=names.build_table_arn(names.TASKS_TABLE),
        task_queue_arn=queues.tasks.arn,
        user_pool_arn=users.arn,
    )


def _create_tables(clients: Clients) -> None:
    tables = {
        Task: names.TASKS_TABLE,
        WordEntry: names.WORDS_TABLE,
        Connection: names.CONNECTIONS_TABLE,
        Stream: names.STREAMS_TABLE,
        Export: names.EXPORTS_TABLE,
        Webhook: names.WEBHOOKS_TABLE,
        Delivery: names.DELIVERIES_TABLE,
    }
    bind(names.REGION, tables)
    for model in tables:
        create_table(clients, model)


def _create_functions(
    clients: Clients,
    packages: Path,
    queues: Queues,
    arns: access.PolicyArns,
    variables: Mapping[str, str],
) -> dict[str, str]:
    created = functions.create_functions(
        clients,
        zip_code(),
        {name: access.create_function_role(clients, name, arns) for name in functions.FUNCTIONS},
        {
            "TASKS_TABLE": names.TASKS_TABLE,
            "WORDS_TABLE": names.WORDS_TABLE,
            "TASK_QUEUE_URL": queues.tasks.url,
            "IMAGES_BUCKET": names.IMAGES_BUCKET,
            "EXPORTS_TABLE": names.EXPORTS_TABLE,
            "WEBHOOKS_TABLE": names.WEBHOOKS_TABLE,
            "DELIVERIES_TABLE": names.DELIVERIES_TABLE,
            "WEBHOOK_LOOPBACK": "true",
            **variables,
            "STREAMS_TABLE": names.STREAMS_TABLE,
            "FRAMES_STREAM_ARN": frames.build_stream_arn(),
            "CONNECTIONS_TABLE": names.CONNECTIONS_TABLE,
            "LIVE_URL": live.build_url(clients.endpoint),
            "LIVE_ENDPOINT": live.build_endpoint(clients.endpoint),
            VARIABLE: read_budget(),
            "OFFERED_MODELS": ",".join(find_added_models()),
            "PAUSED_ALARMS": f"{DEPTH_ALARM},{AGE_ALARM}",
        },
        packages,
    )
    functions.allow_invocation(clients, "uploaded", "s3.amazonaws.com", IMAGES_ARN)
    notify_function(clients, created["uploaded"])
    functions.schedule_sweep(clients, created["sweep"])
    functions.close_when_the_budget_is_spent(clients, created["close"])
    return created


def _create_live_api(clients: Clients, function_arns: dict[str, str]) -> None:
    invoke_arns = {
        name: gateway.build_invoke_arn(function_arns[name]) for name in functions.SOCKETS
    }
    live.create_live_api(clients, invoke_arns)
    for name in functions.SOCKETS:
        functions.allow_invocation(
            clients, name, "apigateway.amazonaws.com", live.build_execution_arn()
        )


def _create_api(
    clients: Clients, function_arns: dict[str, str], users: UserPool, spa_origin: str
) -> None:
    invoke_arns = {
        f"{name}_invoke_arn": gateway.build_invoke_arn(arn) for name, arn in function_arns.items()
    }
    text = gateway.read_document(
        {**invoke_arns, "user_pool_arn": users.arn, "spa_origin": spa_origin}
    )
    gateway.create_api(clients, text)
    for name in functions.ROUTES:
        functions.allow_invocation(
            clients, name, "apigateway.amazonaws.com", gateway.build_execution_arn()
        )
