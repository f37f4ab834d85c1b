"""Lets tests share what botocore and moto would read or work out again.

Each test has its own session and its own account. Without these caches a third of the time of a
short test goes into the same service descriptions, lists of services and keys. A test of long lists
spends most of its time in moto, which looks at all items or messages for each of them.
"""

import json
from functools import cache, partial
from typing import Any

from botocore.loaders import JSONFileLoader, Loader
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from joserfc._rfc7518.rsa_key import RSABinding
from moto.core.utils import unix_time
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table
from moto.sqs.models import SQSBackend

_read_description = cache(partial(JSONFileLoader.load_file, JSONFileLoader()))
_list_services = Loader.list_available_services
_import_key = RSABinding.import_private_key


def share() -> None:
    """Put the caches in place, for the whole process."""
    JSONFileLoader.load_file = _load_file  # type: ignore[method-assign, assignment]
    Loader.list_available_services = _list_once  # type: ignore[method-assign, assignment]
    RSABinding.import_private_key = _import_once  # type: ignore[method-assign, assignment]
    Table.sorted_items = _sort  # type: ignore[method-assign, assignment]
    SQSBackend.is_message_valid_based_on_retention_period = _is_kept  # type: ignore[method-assign, assignment]


def _load_file(loader: JSONFileLoader, file_path: str) -> Any:
    """Read each file once for all sessions. One cache a loader would keep each session."""
    description = _read_description(file_path)
    if not isinstance(description, dict):
        return description
    # Moto adds operations of its own to the description that it gets.
    return {
        name: dict(part) if isinstance(part, dict) else part for name, part in description.items()
    }


def _list_once(loader: Loader, type_name: str) -> list[str]:
    """Look through the 400 folders of services once."""
    return list(_list_at(tuple(loader.search_paths), type_name))


@cache
def _list_at(search_paths: tuple[str, ...], type_name: str) -> list[str]:
    paths = list(search_paths)
    return _list_services(Loader(extra_search_paths=paths), type_name)


def _sort(
    table: Table, hash_keys: list[str], range_keys: list[str | None], items: list[Item]
) -> list[Item]:
    """Convert the keys of each item once. Moto converts them for each comparison."""
    names = table._generate_attr_to_sort_by(hash_keys, range_keys)
    return sorted(items, key=lambda item: [item.attrs[name].cast_value for name in names])


def _is_kept(backend: SQSBackend, queue_name: str, message: Any) -> bool:
    """Read the one attribute. Moto counts all messages of the queue for each message."""
    queue: Any = backend.get_queue(queue_name)
    return bool(queue.message_retention_period + message.sent_timestamp / 1000 > unix_time())


def _import_once(key: dict[str, Any]) -> RSAPrivateKey:
    """Work out the prime factors of a key once. Moto gives each user pool the same key."""
    return _import_text(json.dumps(key, sort_keys=True))


@cache
def _import_text(key: str) -> RSAPrivateKey:
    return _import_key(json.loads(key))
