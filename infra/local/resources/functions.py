"""The Lambda functions and their triggers."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.local import names
from infra.local.clients import Clients
from pipeline.core.steps import STEPS

if TYPE_CHECKING:
    from mypy_boto3_lambda.type_defs import EnvironmentTypeDef

ROUTES = (
    "upload",
    "get_result",
    "list_results",
    "list_words",
    "delete_result",
    "retry_result",
    "cancel_result",
    "exports",
    "delete_account",
    "correct_result",
    "result_versions",
    "similar_results",
    "account_defaults",
    "keys",
    "create_token",
    "create_ticket",
    "streams",
    "put_frame",
    "health",
    "webhooks",
)
"""Functions that API Gateway invokes."""

EVENTS = (
    "uploaded",
    "sweep",
    "sign_up",
    "answer_challenge",
    "close",
    "announce",
    "index_words",
)
"""Functions that S3, EventBridge, Cognito, the budget's topic and the tasks' stream invoke."""

SOCKETS = ("authorize_socket", "serve_socket")
"""Functions that the WebSocket API invokes."""

HARMLESS_EVENTS = {
    "authorize_socket": {"headers": {}, "methodArn": ""},
    "serve_socket": {"requestContext": {"eventType": "DISCONNECT", "connectionId": "none"}},
}
"""What changes nothing, for the functions that get no list of records."""

FUNCTIONS = (*ROUTES, *EVENTS, *SOCKETS, *STEPS)

TIMEOUT_SECONDS = {
    "sweep": 55,  # A new run starts each minute
    "upload": 28,  # A caller may wait 20 s
    "get_result": 28,  # The same
    **{function: steps.timeout_seconds for function, steps in STEPS.items()},
}
DEFAULT_TIMEOUT_SECONDS = 15
MEMORY_MB = 512


def find_function(folder: str, region: str = names.REGION) -> str | None:
    """The function of a region whose process works in `folder`; None for any other process.

    A variable would not tell it: the system shows a copied process with the variables of its
    original.
    """
    by_name = {names.build_function_name(function, region): function for function in FUNCTIONS}
    found = re.search(r"/ministack-lambda-(.+)-\w+/code$", folder)
    return by_name.get(found[1]) if found else None


def create_functions(
    clients: Clients,
    package: bytes,
    roles: Mapping[str, str],
    environment: Mapping[str, str],
    packages: Path,
) -> dict[str, str]:
    """Create or update all functions.

    Args:
        roles: Function to the ARN of its role.
        packages: The folder of third-party packages. On AWS they are in the archive. Here each
            process of a function would unpack them again.

    Returns:
        Function to its ARN.
    """
    arns = {}
    for function in FUNCTIONS:
        variables = {
            **environment,
            "PYTHONPATH": str(packages),
            "POWERTOOLS_SERVICE_NAME": function,
            "POWERTOOLS_METRICS_NAMESPACE": "Spotter",
            # There is no X-Ray daemon on this machine.
            "POWERTOOLS_TRACE_DISABLED": "true",
        }
        arns[function] = _put_function(clients, function, package, roles[function], variables)
    return arns


def allow_invocation(clients: Clients, function: str, principal: str, source_arn: str) -> None:
    """Let an AWS service invoke the function on behalf of one resource."""
    name = names.build_function_name(function)
    statement_id = principal.partition(".")[0]
    functions = clients.functions
    with suppress(functions.exceptions.ResourceNotFoundException):
        functions.remove_permission(FunctionName=name, StatementId=statement_id)
    functions.add_permission(
        FunctionName=name,
        StatementId=statement_id,
        Action="lambda:InvokeFunction",
        Principal=principal,
        SourceArn=source_arn,
    )


def read_source(clients: Clients, function: str, source_arn: str, **how: Any) -> None:
    """Let the function read a queue or a stream.

    What an earlier start made is deleted first: ministack would make a second mapping.

    Args:
        how: Further members of the mapping.
    """
    name = names.build_function_name(function)
    functions = clients.functions
    for mapping in functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]:
        functions.delete_event_source_mapping(UUID=mapping["UUID"])
    functions.create_event_source_mapping(EventSourceArn=source_arn, FunctionName=name, **how)


def schedule_sweep(clients: Clients, function_arn: str) -> None:
    """Run the sweep each minute."""
    rule = clients.events.put_rule(Name=names.SWEEP_RULE, ScheduleExpression="rate(1 minute)")
    allow_invocation(clients, "sweep", "events.amazonaws.com", rule["RuleArn"])
    clients.events.put_targets(
        Rule=names.SWEEP_RULE, Targets=[{"Id": "sweep", "Arn": function_arn}]
    )


def close_when_the_budget_is_spent(clients: Clients, function_arn: str) -> None:
    """Let the budget's topic call `close`. Only tests publish to it here."""
    topic_arn = clients.sns.create_topic(Name=names.BUDGET_TOPIC)["TopicArn"]
    allow_invocation(clients, "close", "sns.amazonaws.com", topic_arn)
    clients.sns.subscribe(TopicArn=topic_arn, Protocol="lambda", Endpoint=function_arn)


def let_cognito_ask(
    clients: Clients, pool_id: str, pool_arn: str, function_arns: Mapping[str, str]
) -> None:
    """Let Cognito ask before it creates an account, and whether an API key is right."""
    for function in ("sign_up", "answer_challenge"):
        allow_invocation(clients, function, "cognito-idp.amazonaws.com", pool_arn)
    challenge = function_arns["answer_challenge"]
    clients.cognito.update_user_pool(
        UserPoolId=pool_id,
        AutoVerifiedAttributes=["email"],
        LambdaConfig={
            "PreSignUp": function_arns["sign_up"],
            "DefineAuthChallenge": challenge,
            "CreateAuthChallenge": challenge,
            "VerifyAuthChallengeResponse": challenge,
        },
    )


def warm_events(clients: Clients) -> None:
    """Start the processes of the functions that no request of the REST API starts."""

    def invoke(function: str) -> None:
        name = names.build_function_name(function)
        payload = json.dumps(HARMLESS_EVENTS.get(function, {"Records": []}))
        clients.functions.invoke(FunctionName=name, Payload=payload.encode())

    clients.functions  # noqa: B018 # Created once, before the threads start
    warmed = (*EVENTS, *SOCKETS, *STEPS)
    with ThreadPoolExecutor(len(warmed)) as pool:
        list(pool.map(invoke, warmed))


def _put_function(
    clients: Clients, function: str, package: bytes, role: str, variables: dict[str, str]
) -> str:
    functions = clients.functions
    name = names.build_function_name(function)
    timeout = TIMEOUT_SECONDS.get(function, DEFAULT_TIMEOUT_SECONDS)
    environment: EnvironmentTypeDef = {"Variables": variables}
    handler = f"pipeline.lambdas.{function}.handler"
    try:
        there = functions.get_function_configuration(FunctionName=name)
    except functions.exceptions.ResourceNotFoundException:
        return functions.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=role,
            Handler=handler,
            Code={"ZipFile": package},
            Timeout=timeout,
            MemorySize=MEMORY_MB,
            Environment=environment,
        )["FunctionArn"]
    # Lambda reports the hash of the code in base64.
    sha256 = base64.b64encode(hashlib.sha256(package).digest()).decode()
    if there["CodeSha256"] != sha256:
        functions.update_function_code(FunctionName=name, ZipFile=package)
    functions.update_function_configuration(
        FunctionName=name,
        Role=role,
        Handler=handler,
        Timeout=timeout,
        MemorySize=MEMORY_MB,
        Environment=environment,
    )
    return there["FunctionArn"]
