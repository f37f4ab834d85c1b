"""Run ministack 1.5.33 with repairs. Its own Python runs this file, so it cannot import our code.

Run as: python ministack_repaired.py
"""

import hmac
import json
import os
from collections import Counter
from functools import lru_cache
from http import HTTPStatus
from itertools import count
from pathlib import Path
from time import time
from typing import Any

import functions_repaired  # type: ignore[import-not-found] # Beside this file
import streams_repaired  # type: ignore[import-not-found] # Beside this file
from compression import compress  # type: ignore[import-not-found] # Beside this file
from kinesis_memory import Seldom, forget_records  # type: ignore[import-not-found] # Beside this file

# Installed in an environment of its own
from ministack import app  # type: ignore[import-not-found]
from ministack.core import iam_actions, iam_evaluator, lambda_runtime, router  # type: ignore[import-not-found]
from ministack.services import (  # type: ignore[import-not-found]
    apigateway_v1,
    autoscaling,
    cloudwatch,
    dynamodb,
    kinesis,
    lambda_svc,
    sqs,
    sts,
)
from queue_news import tell_readers  # type: ignore[import-not-found] # Beside this file
from regions import add_regions  # type: ignore[import-not-found] # Beside this file
from request_guard import guard  # type: ignore[import-not-found] # Beside this file

send_response = app._send_response
BODILESS = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)


async def send_sound_response(
    send: Any, status: int, headers: Any, body: bytes | str | None, *, head: bool = False
) -> None:
    """Send a response, with or without a body.

    Without this repair ministack fails on the null body of a function that answers 204. It also
    sends "{}" after the 204 of a preflight, which the client takes for the next answer.
    """
    if status in BODILESS:
        await send_response(send, status, headers, b"", head=True)
    else:
        await send_response(send, status, headers, body or b"", head=head)


async def refuse_reset(path: str, method: str, query_params: Any) -> None:
    """Ignore the reset. It needs no key, so any web page could post to it and delete all data."""


extract_iam_action = iam_actions.extract_iam_action


def find_action(service: str, *request: Any) -> Any:
    """Use one permission for single messages and batches, as AWS does. ministack uses two."""
    action = extract_iam_action(service, *request)
    return action.removesuffix("Batch") if service == "sqs" and action else action


read_dimensions = cloudwatch._dims_from_list


class ExactDimensions(dict[str, str]):
    """Dimensions of a query. Without dimensions ministack would add up metrics that have some."""

    def __bool__(self) -> bool:
        return True


record_history = cloudwatch._record_history


def record_transition(alarm_name: str, *states: Any, **details: Any) -> None:
    """Note when the state of an alarm changed, which ministack does for composite alarms only."""
    record_history(alarm_name, *states, **details)
    if alarm := cloudwatch._alarms.get(alarm_name):
        alarm["StateTransitionedTimestamp"] = int(time())


request_tag_context = iam_actions.request_tag_context


def add_namespace(service: str, action: str, body: bytes, params: Any) -> Any:
    """Add the condition key `cloudwatch:namespace`, which ministack lacks."""
    context = request_tag_context(service, action, body, params)
    if action != "cloudwatch:PutMetricData":
        return context
    return {**context, "cloudwatch:namespace": json.loads(body)["Namespace"]}


reconcile_instances = autoscaling._reconcile_instances


def name_instances(group: Any) -> None:
    """Give instances short names. Each is a local process whose log has the same name."""
    known = {instance["InstanceId"] for instance in group["Instances"]}
    reconcile_instances(group)
    free = (name for name in map("worker-{}".format, count(1)) if name not in known)
    for instance in group["Instances"]:
        if instance["InstanceId"] not in known:
            instance["InstanceId"] = next(free)


def terminate_instance(params: Any) -> Any:
    """TerminateInstanceInAutoScalingGroup, which ministack lacks. The fleet stops the process."""
    wanted = autoscaling._p(params, "InstanceId")
    for group in autoscaling._asgs.values():
        left = [found for found in group["Instances"] if found["InstanceId"] != wanted]
        if len(left) < len(group["Instances"]):
            group["Instances"][:] = left
            if autoscaling._p(params, "ShouldDecrementDesiredCapacity") == "true":
                group["DesiredCapacity"] -= 1
            name_instances(group)
            name = "TerminateInstanceInAutoScalingGroup"
            return autoscaling._xml(200, f"{name}Response", f"<{name}Result/>")
    return autoscaling._error("ValidationError", f"Instance {wanted} is in no group")


extract_resource_arn = iam_actions.extract_resource_arn


def find_only_alarm(body: Any) -> str:
    """The alarm of a request whose list of names has one; empty for any other request."""
    try:
        names = json.loads(body or b"{}").get("AlarmNames", [])
    except ValueError:  # Not of the JSON protocol
        return ""
    return str(names[0]) if len(names) == 1 else ""


def find_resource_arn(service: str, *request: Any) -> Any:
    """Find what ministack does not: the alarm of a list of one, and the group of an instance.

    A request to terminate an instance does not name its group.
    """
    body, query_params, region, account_id = request[3:7]
    if service == "monitoring" and (alarm := find_only_alarm(body)):
        return f"arn:aws:cloudwatch:{region}:{account_id}:alarm:{alarm}"
    if service == "autoscaling" and "InstanceId" in query_params:
        wanted = query_params["InstanceId"]
        for name, group in autoscaling._asgs.items():
            if any(
                wanted in (found["InstanceId"], [found["InstanceId"]])
                for found in group["Instances"]
            ):
                resource = f"autoScalingGroup:*:autoScalingGroupName/{name}"
                return f"arn:aws:autoscaling:{region}:{account_id}:{resource}"
    return extract_resource_arn(service, *request)


parse_policy = iam_evaluator.parse_policy_document
parse_text = lru_cache(maxsize=1024)(parse_policy)


def parse_once(document: Any) -> Any:
    return parse_text(document) if isinstance(document, str) else parse_policy(document)


evaluate = iam_evaluator.evaluate
noted: set[tuple[str, str, str]] = set()


def evaluate_and_note(request: Any, *policies: Any) -> Any:
    """Write each granted permission once, as a JSON line in the file that NOTE_ALLOWED names."""
    result = evaluate(request, *policies)
    note = (request.principal_arn, request.action, request.resource_arn)
    if result.decision == "Allow" and note not in noted:
        noted.add(note)
        with Path(os.environ["NOTE_ALLOWED"]).open("a") as file:
            file.write(json.dumps(note) + "\n")
    return result


if os.environ.get("NOTE_ALLOWED"):
    iam_evaluator.evaluate = evaluate_and_note
ROOT_KEY = (os.environ.get("AWS_ACCESS_KEY_ID", ""), os.environ.get("AWS_SECRET_ACCESS_KEY", ""))


def is_root(access_key_id: str) -> bool:
    """ministack's root has well-known keys, too: `test` and every number of 12 digits.

    An unsigned request names no key. ministack serves few such requests, as AWS does.
    """
    return access_key_id in ("", ROOT_KEY[0])


def is_unsigned(access_key_id: str) -> bool:
    """ministack checks the signature of no root key. Now it checks all but missing ones."""
    return not access_key_id


pin_signed_request = iam_evaluator.pin_signed_request


def pin_request(method: str, path: str, query_params: Any, headers: Any, **options: Any) -> None:
    """ministack takes a request for the root's whose `Authorization` is none of AWS's."""
    pin_signed_request(method, path, query_params, headers, **options)
    authorization = next((value for name, value in headers if name == b"authorization"), b"")
    key = router.extract_access_key_id(
        {"authorization": authorization.decode("latin-1")}, query_params
    )
    if not key and iam_evaluator._signed_request.get() is None:
        iam_evaluator._anonymous.set(True)


execution_credentials = lambda_runtime.execution_credentials


def make_credentials_secret(config: Any) -> Any:
    """ministack derives the keys of a function from its ARN, which everyone can read."""
    known = execution_credentials(config)
    session = sts._sessions[known["AWS_ACCESS_KEY_ID"]]
    for name, variable in (
        ("SecretAccessKey", "AWS_SECRET_ACCESS_KEY"),
        ("SessionToken", "AWS_SESSION_TOKEN"),
    ):
        digest = hmac.digest(ROOT_KEY[1].encode(), known[variable].encode(), "sha256")
        session[name] = known[variable] = digest.hex()
    return known


collect_messages = sqs._collect_msgs


def collect_fairly(queue: Any, *limits: Any) -> Any:
    """Deliver the group with the fewest messages in flight first, like an SQS fair queue.

    ministack ignores the groups of a standard queue. AWS compares shares over time instead.
    """
    if queue["is_fifo"]:
        return collect_messages(queue, *limits)
    now = time()
    in_flight = Counter(
        message.get("group_id")
        for message in queue["messages"]
        if message.get("visible_at", 0) > now and message.get("receive_count")
    )
    messages = sorted(queue["messages"], key=lambda it: in_flight[it.get("group_id")])
    return collect_messages({**queue, "messages": messages}, *limits)


def find_compressed_bytes(api_id: str) -> int | None:
    """From which size on an API compresses its answers; None if it does not."""
    found = [api for key, api in apigateway_v1._rest_apis.all_items() if key[-1] == api_id]
    size = found[0].get("minimumCompressionSize") if found else None
    # CloudFormation writes numbers as text, and an empty one where the template names none.
    return int(size) if size not in (None, "") else None


iam_evaluator.is_root_access_key = is_root
iam_evaluator._is_root_key = is_unsigned
iam_evaluator.pin_signed_request = app.pin_signed_request = pin_request
lambda_runtime.execution_credentials = make_credentials_secret
lambda_svc.execution_credentials = make_credentials_secret  # It has a name of its own for it
functions_repaired.repair()
app._send_response = send_sound_response
iam_actions.extract_iam_action = find_action
iam_actions.extract_resource_arn = find_resource_arn
cloudwatch._dims_from_list = lambda dimensions: ExactDimensions(read_dimensions(dimensions))
cloudwatch._record_history = record_transition
iam_actions.request_tag_context = add_namespace
autoscaling._reconcile_instances = name_instances
autoscaling._ACTION_MAP["TerminateInstanceInAutoScalingGroup"] = terminate_instance
app._handle_admin_reset = refuse_reset
sqs._collect_msgs = collect_fairly
tell_readers(sqs)
# It would parse the policies of the caller and the condition again for each request.
iam_evaluator.parse_policy_document = parse_once
dynamodb._condition_syntax_error = lru_cache(maxsize=1024)(dynamodb._condition_syntax_error)
streams_repaired.repair()
application = add_regions(compress(app.app, find_compressed_bytes), ROOT_KEY[1], streams_repaired)
app.app = guard(application, int(os.environ.get("GATEWAY_PORT", "4566")))

kinesis._expire_records = lambda stream: forget_records(stream, kinesis._shard_iterators.values())
# It looks at each place of each reader, and a reader gets five new places a second.
kinesis._expire_iterators = Seldom(kinesis._expire_iterators)

if __name__ == "__main__":
    app.main()
