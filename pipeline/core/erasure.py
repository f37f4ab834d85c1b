"""Erase a user: pictures, tasks, exports, webhooks and account, for the portal and for the user.

The work goes in bounded steps, and a receipt says how far it is. A step first notes what it is
about to delete and then deletes it, so after a crash the next step deletes and counts the same
things, once.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from itertools import islice
from typing import TYPE_CHECKING, Any

from pynamodb.models import Model

from pipeline.core import controls, quotas
from pipeline.core.defaults import DefaultsItem, forget_defaults
from pipeline.core.exports import requests
from pipeline.core.exports.files import ExportFiles, build_prefix
from pipeline.core.exports.record import Export
from pipeline.core.keys.record import KeysItem, forget_keys
from pipeline.core.live.ending import end_live
from pipeline.core.live.push import Push
from pipeline.core.sharing import SharingItem, forget_sharing
from pipeline.core.storage import ImageStore, build_prefixes
from pipeline.core.tasks import flow, refusals
from pipeline.core.tasks.lockouts import lock_out
from pipeline.core.tasks.record import Task, find_task
from pipeline.core.tasks.refusals import RefusalCount
from pipeline.core.usage import UsageDay, forget_usage
from pipeline.core.webhooks import deliveries
from pipeline.core.webhooks.deliveries import Delivery
from pipeline.core.webhooks.record import Webhook

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

BATCH = 25
"""Things that one step deletes."""

SECOND_LOOK_AFTER = timedelta(minutes=75)
"""Time after which no token of the user and no upload form is valid."""

Receipt = dict[str, Any]
"""Has `owner_id`, `account` (its name in the user pool), `begun_at`; how many `tasks`, `pictures`
and `exports` were deleted; `account_deleted_at`, `looked_again_at`; and as `pending` what a step is
about to delete."""


class Progress(Enum):
    """What comes after a step."""

    GO_ON = auto()
    WAIT = auto()  # `SECOND_LOOK_AFTER`, then go on
    DONE = auto()


@dataclass(frozen=True)
class Places:
    """Where the data of users is."""

    store: ImageStore
    files: ExportFiles
    cognito: CognitoIdentityProviderClient
    user_pool_id: str
    push: Push
    """The open sockets of users."""


IN_THE_TABLE_OF_TASKS: tuple[type[Model], ...] = (
    Task,
    quotas.Quota,
    controls.Controls,
    RefusalCount,
    DefaultsItem,
    SharingItem,
    KeysItem,
    UsageDay,
)
"""The models of that table that an erasure needs."""


def build_receipt(owner_id: str, account: str) -> Receipt:
    """The receipt of an erasure that begins now."""
    return {
        "owner_id": owner_id,
        "account": account,
        "begun_at": _now(),
        "tasks": 0,
        "pictures": 0,
        "exports": 0,
    }


def close_account(receipt: Receipt, places: Places) -> None:
    """Let the user do nothing more: what comes in while it is erased would be left behind.

    Cameras and open pages are cut off at once. It does no harm to close an account twice.

    Raises:
        ClientError: AWS refused it. The next call tries again.
        BotoCoreError: AWS did not answer. The next call tries again.
    """
    lock_out(receipt["owner_id"])
    forget_keys(receipt["owner_id"])
    account = {"UserPoolId": places.user_pool_id, "Username": receipt["account"]}
    with suppress(places.cognito.exceptions.UserNotFoundException):
        places.cognito.admin_disable_user(**account)
        places.cognito.admin_user_global_sign_out(**account)
    end_live(receipt["owner_id"], places.push)


def advance(receipt: Receipt, note: Callable[[Receipt], None], places: Places) -> Progress:
    """Take one step.

    Args:
        note: Stores the receipt. After a crash the next step starts from what was stored last.
    """
    owner_id = receipt["owner_id"]
    pending = receipt.get("pending") or _find_pending(owner_id, places)
    if pending is not None:
        kind, names = pending["kind"], pending["names"]
        if "pending" not in receipt:
            receipt["pending"] = pending
            note(receipt)
        for name in names:
            _KINDS[kind].delete(owner_id, name, places)
        del receipt["pending"]
        for counted in _KINDS[kind].counted:
            # A receipt that an older version began may lack it.
            receipt[counted] = receipt.get(counted, 0) + len(names)
        note(receipt)
        return Progress.GO_ON
    if "account_deleted_at" not in receipt:
        _delete_account(receipt, places)
        receipt["account_deleted_at"] = _now()
        note(receipt)
        # A request that was under way when the account was closed may have stored something.
        return Progress.WAIT
    _forget(owner_id)
    # A ticket that was given out before the lockout may have opened a socket.
    end_live(owner_id, places.push)
    receipt["looked_again_at"] = _now()
    note(receipt)
    return Progress.DONE


@dataclass(frozen=True)
class _Kind:
    """How one kind of data is found and deleted. A repeated deletion does no harm."""

    find: Callable[[str, Places], list[str]]
    delete: Callable[[str, str, Places], None]
    counted: tuple[str, ...]


def _find_tasks(owner_id: str, places: Places) -> list[str]:
    # The index may still list what was deleted a moment ago, which must not be counted again.
    listed = (task.task_id for task in Task.by_owner.query(owner_id, page_size=BATCH))
    return list(islice((task_id for task_id in listed if find_task(task_id)), BATCH))


def _delete_task(owner_id: str, task_id: str, places: Places) -> None:
    task = find_task(task_id)
    if task is not None:
        flow.delete(task, places.store)


def _find_pictures(owner_id: str, places: Places) -> list[str]:
    """Pictures that no task names: of uploads that broke off, or were deleted by hand."""
    return [
        picture.key
        for prefix in build_prefixes(owner_id)
        for picture in places.store.list_page(prefix, limit=BATCH)
    ]


def _delete_picture(owner_id: str, key: str, places: Places) -> None:
    places.store.delete(key)


def _find_exports(owner_id: str, places: Places) -> list[str]:
    return [export.export_id for export in islice(Export.query(owner_id), BATCH)]


def _delete_export(owner_id: str, export_id: str, places: Places) -> None:
    requests.delete(Export(owner_id, export_id), places.files)


def _find_files(owner_id: str, places: Places) -> list[str]:
    """Files of exports whose records expired before them."""
    prefix = build_prefix(owner_id)
    return [file.key for file in places.store.list_page(prefix, limit=BATCH)]


def _find_deliveries(owner_id: str, places: Places) -> list[str]:
    """Deliveries of the first webhook that has any, by list and id."""
    for webhook in Webhook.query(owner_id, consistent_read=True):
        if found := deliveries.list_some_keys(webhook.webhook_id, BATCH):
            return [f"{delivery.list_id} {delivery.delivery_id}" for delivery in found]
    return []


def _delete_delivery(owner_id: str, name: str, places: Places) -> None:
    list_id, delivery_id = name.split(" ")
    Delivery(list_id, delivery_id).delete()


def _find_webhooks(owner_id: str, places: Places) -> list[str]:
    return [webhook.webhook_id for webhook in Webhook.query(owner_id, consistent_read=True)]


def _delete_webhook(owner_id: str, webhook_id: str, places: Places) -> None:
    Webhook(owner_id, webhook_id).delete()


_KINDS = {
    "tasks": _Kind(_find_tasks, _delete_task, ("tasks", "pictures")),
    "pictures": _Kind(_find_pictures, _delete_picture, ("pictures",)),
    "exports": _Kind(_find_exports, _delete_export, ("exports",)),
    "files": _Kind(_find_files, _delete_picture, ()),
    "deliveries": _Kind(_find_deliveries, _delete_delivery, ()),
    "webhooks": _Kind(_find_webhooks, _delete_webhook, ()),
}
"""In the order in which they are deleted."""


def _find_pending(owner_id: str, places: Places) -> dict[str, Any] | None:
    for name, kind in _KINDS.items():
        if names := kind.find(owner_id, places):
            return {"kind": name, "names": names}
    return None


def _delete_account(receipt: Receipt, places: Places) -> None:
    with suppress(places.cognito.exceptions.UserNotFoundException):
        places.cognito.admin_delete_user(
            UserPoolId=places.user_pool_id, Username=receipt["account"]
        )


def _forget(owner_id: str) -> None:
    """Delete what is stored about the user beside tasks. The lockout expires by itself."""
    quotas.end(owner_id)
    controls.release(owner_id)
    refusals.forget(owner_id)
    forget_defaults(owner_id)
    forget_sharing(owner_id)
    forget_keys(owner_id)
    forget_usage(owner_id)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
