"""Runs ministack 1.5.33 with repairs. Its own Python runs this file, so it imports nothing of ours.

Run as: python ministack_repaired.py
"""

import json
import os
from collections import Counter
from http import HTTPStatus
from itertools import count
from pathlib import Path
from time import time
from typing import Any

# It is in an environment of its own
from ministack import app  # type: ignore[import-not-found]
from ministack.core import iam_actions, iam_evaluator  # type: ignore[import-not-found]
from ministack.services import autoscaling, cloudwatch, sqs  # type: ignore[import-not-found]

send_response = app._send_response
BODILESS = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)


async def send_sound_response(
    send: Any, status: int, headers: Any, body: bytes | str | None, *, head: bool = False
) -> None:
    """Send a response, also one without a body.

    ministack breaks on the null body of a function that answers 204, and sends "{}" after the
    204 of a preflight, where the next answer on that connection is expected.
    """
    if status in BODILESS:
        await send_response(send, status, headers, b"", head=True)
    else:
        await send_response(send, status, headers, body or b"", head=head)


async def refuse_reset(path: str, method: str, query_params: Any) -> None:
    """Any web page could post to ministack's reset, which asks for no key, and wipe all data."""


extract_iam_action = iam_actions.extract_iam_action


def find_action(service: str, *request: Any) -> Any:
    """On AWS the permission for one message is that for a batch; ministack asks for another."""
    action = extract_iam_action(service, *request)
    return action.removesuffix("Batch") if service == "sqs" and action else action


read_dimensions = cloudwatch._dims_from_list


class ExactDimensions(dict[str, str]):
    """Dimensions to look for. Without any, ministack would add up the metrics that have some."""

    def __bool__(self) -> bool:
        return True


request_tag_context = iam_actions.request_tag_context


def add_namespace(service: str, action: str, body: bytes, params: Any) -> Any:
    """ministack does not know the condition key that limits a policy to one namespace."""
    context = request_tag_context(service, action, body, params)
    if action != "cloudwatch:PutMetricData":
        return context
    return {**context, "cloudwatch:namespace": json.loads(body)["Namespace"]}


reconcile_instances = autoscaling._reconcile_instances


def name_instances(group: Any) -> None:
    """Each instance is a process of this machine: a short name tells which log is its own."""
    known = {instance["InstanceId"] for instance in group["Instances"]}
    reconcile_instances(group)
    free = (name for name in map("worker-{}".format, count(1)) if name not in known)
    for instance in group["Instances"]:
        if instance["InstanceId"] not in known:
            instance["InstanceId"] = next(free)


def terminate_instance(params: Any) -> Any:
    """TerminateInstanceInAutoScalingGroup, which ministack lacks: the supervisor sees it gone."""
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


def find_resource_arn(service: str, *request: Any) -> Any:
    """The group of an instance, for whose termination the request names no group."""
    query_params, region, account_id = request[4:7]
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


evaluate = iam_evaluator.evaluate
noted: set[tuple[str, str, str]] = set()


def evaluate_and_note(request: Any, *policies: Any) -> Any:
    """Note what was allowed to whom, each once: a JSON line in the file of NOTE_ALLOWED."""
    result = evaluate(request, *policies)
    note = (request.principal_arn, request.action, request.resource_arn)
    if result.decision == "Allow" and note not in noted:
        noted.add(note)
        with Path(os.environ["NOTE_ALLOWED"]).open("a") as file:
            file.write(json.dumps(note) + "\n")
    return result


if os.environ.get("NOTE_ALLOWED"):
    iam_evaluator.evaluate = evaluate_and_note
collect_messages = sqs._collect_msgs


def collect_fairly(queue: Any, *limits: Any) -> Any:
    """ministack ignores the groups of a standard queue, by which SQS is fair to its tenants.

    Simpler than AWS, which compares shares over time: whose group has fewest messages in flight
    comes first.
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


app._send_response = send_sound_response
iam_actions.extract_iam_action = find_action
iam_actions.extract_resource_arn = find_resource_arn
cloudwatch._dims_from_list = lambda dimensions: ExactDimensions(read_dimensions(dimensions))
iam_actions.request_tag_context = add_namespace
autoscaling._reconcile_instances = name_instances
autoscaling._ACTION_MAP["TerminateInstanceInAutoScalingGroup"] = terminate_instance
app._handle_admin_reset = refuse_reset
sqs._collect_msgs = collect_fairly

if __name__ == "__main__":
    app.main()
