"""What the members of each Cognito group may do. Each role includes the one before."""

from __future__ import annotations

from collections.abc import Iterable

VIEWER = "viewer"
OPERATOR = "operator"
ADMIN = "admin"

_VIEWER = {
    "dashboard.view_dashboard",
    "tasks.view_task",
    "queues.view_queue",
    "queues.view_deadletter",
    "users.view_user",
    "doors.view_door",
    "limits.view_limit",
    "regions.view_region",
    "rekognition.view_day",
    "streams.view_stream",
    "webhooks.view_webhook",
    "corrections.view_disagreement",
    "workers.view_worker",
    "operators.view_auditentry",
    "operators.view_run",
}
_OPERATOR = _VIEWER | {
    "tasks.retry_task",
    "tasks.recognise_task",
    "tasks.delete_task",
    "queues.redrive_deadletter",
    "queues.discard_deadletter",
    "doors.change_door",
    "limits.change_limit",
    "regions.take_over_region",
    "rekognition.change_budget",
    "streams.stop_stream",
    "webhooks.change_webhook",
    "users.disable_user",
    "users.sign_out_user",
    "users.invite_user",
    "users.reset_user",
    "workers.scale_worker",
    "workers.drain_worker",
    "operators.cancel_run",
    "queues.pause_queue",
    "users.hold_user",
    "dashboard.acknowledge_alarm",
}
_ADMIN = _OPERATOR | {
    "queues.purge_queue",
    "users.group_user",
    "users.erase_user",
    "operators.view_operator",
    "operators.reset_operator",
    "operators.export_auditentry",
    "tasks.export_task",
    "corrections.export_disagreement",
}

PERMISSIONS: dict[str, frozenset[str]] = {
    VIEWER: frozenset(_VIEWER),
    OPERATOR: frozenset(_OPERATOR),
    ADMIN: frozenset(_ADMIN),
}


def get_rank(groups: Iterable[str]) -> int:
    """How high the highest role of these groups is; 0 without any."""
    order = (VIEWER, OPERATOR, ADMIN)
    return max((order.index(group) + 1 for group in groups if group in order), default=0)


def get_permissions(groups: Iterable[str]) -> frozenset[str]:
    """Everything that the members of all these groups may do; foreign groups give nothing."""
    return frozenset().union(*(PERMISSIONS.get(group, frozenset()) for group in groups))
