"""Lets tests share what botocore would read or work out again.

Each test has its own account, and many tests make their own clients. Without these caches a third
of the time of a short test goes into the same service descriptions, classes of clients, rules of
addresses, lists of services and keys.
"""

import json
from functools import cache, partial
from typing import Any
from weakref import WeakKeyDictionary

import botocore.regions
from botocore import useragent
from botocore.client import ClientCreator
from botocore.endpoint_provider import EndpointProvider
from botocore.loaders import JSONFileLoader, Loader
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from joserfc._rfc7518.rsa_key import RSABinding

_read_description = cache(partial(JSONFileLoader.load_file, JSONFileLoader()))
_list_services = Loader.list_available_services
_import_key = RSABinding.import_private_key
_creator: Any = ClientCreator  # Its type names public methods only
_load_model = _creator._load_service_model
_build_class = _creator._create_client_class

_models: dict[tuple[str, str | None], Any] = {}
_classes: WeakKeyDictionary[Any, dict[str, Any]] = WeakKeyDictionary()
_providers: dict[tuple[int, frozenset[str]], EndpointProvider] = {}


def share() -> None:
    """Put the caches in place, for the whole process."""
    sanitize = useragent.sanitize_user_agent_string_component
    for owner, name, cached in (
        (JSONFileLoader, "load_file", _load_file),
        (Loader, "list_available_services", _list_once),
        (ClientCreator, "_load_service_model", _load_model_once),
        (ClientCreator, "_create_client_class", _build_class_once),
        (botocore.regions, "EndpointProvider", _share_provider),
        (useragent, "sanitize_user_agent_string_component", cache(sanitize)),
        (RSABinding, "import_private_key", _import_once),
    ):
        setattr(owner, name, cached)


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


def _load_model_once(creator: Any, service: str, api_version: str | None = None) -> Any:
    """Share the description of a service and of its operations."""
    key = service, api_version
    if key not in _models:
        _models[key] = _load_model(creator, service, api_version)
    return _models[key]


def _build_class_once(creator: Any, service: str, model: Any) -> Any:
    """Share the class of a service's clients within a session. Its handlers may add methods."""
    classes = _classes.setdefault(creator._event_emitter, {})
    if service not in classes:
        classes[service] = _build_class(creator, service, model)
    return classes[service]


def _share_provider(
    ruleset_data: dict[str, Any], partition_data: Any, excluded_params: Any = None
) -> EndpointProvider:
    """Share the rules of a service's addresses. `_load_file` gives the same list of rules."""
    key = id(ruleset_data["rules"]), frozenset(excluded_params or ())
    if key not in _providers:
        _providers[key] = EndpointProvider(ruleset_data, partition_data, excluded_params)
    return _providers[key]


def _import_once(key: dict[str, Any]) -> RSAPrivateKey:
    """Work out the prime factors of a key once. Moto gives each user pool the same key."""
    return _import_text(json.dumps(key, sort_keys=True))


@cache
def _import_text(key: str) -> RSAPrivateKey:
    return _import_key(json.loads(key))
