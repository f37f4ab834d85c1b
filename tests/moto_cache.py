"""Makes moto cheap enough for thousands of tests. What it answers stays the same.

Moto builds its lists of addresses, regions and actions anew for each request or test, and it looks
at all items or messages for each of them.
"""

import re
from functools import cache, lru_cache
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from moto import backends
from moto.backend_index import backend_url_patterns
from moto.core import responses, utils
from moto.core.base_backend import AccountSpecificBackend, BaseBackend
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.models import DEFAULT_ACCOUNT_ID, MockAWS, botocore_stubber, responses_mock
from moto.core.request import normalize_request
from moto.core.serialize import AttributePickerContext, XFormedAttributePicker
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table
from moto.sqs.models import SQSBackend
from werkzeug.exceptions import HTTPException

_enable = MockAWS._enable_patching
_process: Any = BotocoreStubber.process_request
_find_names: Any = XFormedAttributePicker.get_possible_keys
_read_methods: Any = utils.method_names_from_class
_build_urls: Any = BaseBackend.urls
_find_regions: Any = AccountSpecificBackend._generate_regions

_urls: dict[type[BaseBackend], Any] = {}
_regions: dict[str, list[str]] = {}
_registered: dict[str, list[Any]] = {}
_names: dict[Any, tuple[str, ...]] = {}


def share() -> None:
    """Put the caches in place, for the whole process."""
    for owner, name, cached in (
        (responses, "method_names_from_class", _list_methods),
        (BaseBackend, "urls", property(_get_urls)),
        (BaseBackend, "reset", _forget),
        (AccountSpecificBackend, "_generate_regions", _get_regions),
        (MockAWS, "_enable_patching", _enable_patching),
        (BotocoreStubber, "process_request", _process_request),
        (XFormedAttributePicker, "get_possible_keys", _get_names),
        (Table, "sorted_items", _sort),
        (SQSBackend, "is_message_valid_based_on_retention_period", _is_kept),
    ):
        setattr(owner, name, cached)


def _list_methods(kind: type) -> list[str]:
    return _find_methods(kind, len(vars(kind)))


@cache
def _find_methods(kind: type, _count: int) -> list[str]:
    """The actions of a service. Their number is named, because a test may add one to the class."""
    found: list[str] = _read_methods(kind)
    return found


def _get_urls(backend: BaseBackend) -> Any:
    """The addresses of a service, built once. Moto builds them for each request."""
    kind = type(backend)
    if kind not in _urls:
        _urls[kind] = _build_urls.fget(backend)
    return _urls[kind]


def _get_regions(backend: Any, service_name: str) -> list[str]:
    """The regions of a service, read once. Moto reads them for each fresh account."""
    if service_name not in _regions:
        _regions[service_name] = _find_regions(backend, service_name)
    return _regions[service_name]


def _forget(backend: BaseBackend) -> None:
    """Do nothing. Moto would fill an account again, networks included, and then drop it."""


def _enable_patching(mock: MockAWS, reset: bool = True) -> None:
    """Register the 1,300 addresses that `requests` must not reach, from lists that are ready."""
    if not _registered:
        _enable(mock, reset)
        known = _get_registry()
        _registered.update({method: list(known[method]) for method in known})
        return
    botocore_stubber.enabled = True
    if reset:
        mock.reset()
    responses_mock.start()
    _get_registry().update({method: list(found) for method, found in _registered.items()})


def _get_registry() -> dict[str, list[Any]]:
    registry: Any = responses_mock._registry
    registered: dict[str, list[Any]] = registry._registered
    return registered


def _process_request(stubber: BotocoreStubber, request: AWSPreparedRequest) -> Any:
    """Let the service answer. Moto compares hundreds of patterns with each address."""
    handle = _find_handler(request.url.partition("?")[0])
    if handle is None:
        return _process(stubber, request)
    plain = normalize_request(request)
    try:
        return handle(plain, plain.raw_url, plain.headers)
    except HTTPException as error:
        return error.code, error.get_headers(), error.get_body()


@lru_cache(10_000)
def _find_handler(url: str) -> Any:
    """What answers requests to an address. None if moto must look itself."""
    for service, pattern in backend_url_patterns:
        if pattern.match(url):
            accounts: Any = backends.get_backend(service)  # type: ignore[call-overload]
            regions = accounts[DEFAULT_ACCOUNT_ID]
            backend = regions["us-east-1" if "us-east-1" in regions else "aws"]
            return next((it for path, it in backend.urls.items() if re.match(path, url)), None)
    return None


def _get_names(picker: XFormedAttributePicker, context: AttributePickerContext) -> Any:
    """The names under which a value of an answer may stand, listed once."""
    if hasattr(context.obj, "Meta"):  # It may have names of its own
        return _find_names(picker, context)
    key = context.shape, type(context.obj), context.key
    if key not in _names:
        _names[key] = tuple(_find_names(picker, context))
    return _names[key]


def _sort(
    table: Table, hash_keys: list[str], range_keys: list[str | None], items: list[Item]
) -> list[Item]:
    """Convert the keys of each item once. Moto converts them for each comparison."""
    names = table._generate_attr_to_sort_by(hash_keys, range_keys)
    return sorted(items, key=lambda item: [item.attrs[name].cast_value for name in names])


def _is_kept(backend: SQSBackend, queue_name: str, message: Any) -> bool:
    """Read the one attribute. Moto counts all messages of the queue for each message."""
    queue: Any = backend.get_queue(queue_name)
    return bool(queue.message_retention_period + message.sent_timestamp / 1000 > utils.unix_time())
