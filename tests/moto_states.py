"""Gives each test a copy of an account in memory that this process made once.

It takes dozens of requests to make the tables, queues and users that most tests need. A copy of
what moto keeps about them takes a hundredth of that time.
"""

import copyreg
from collections.abc import Callable
from copy import deepcopy
from threading import Condition
from typing import Any

from moto.core.base_backend import BackendDict
from moto.s3.models import s3_backends

copyreg.pickle(Condition, lambda _: (Condition, ()))  # A copied queue has a lock of its own

_made: dict[str, list[tuple[Any, dict[str, Any]]]] = {}
"""What moto keeps in each state: pairs of a service's dictionary and its content by account."""
_buckets: dict[str, dict[str, tuple[str, str]]] = {}
"""The owner of each bucket in each state. Moto keeps them outside of all accounts."""


def reuse(name: str, make: Callable[[], None]) -> None:
    """Bring the account into the state in which `make` leaves it.

    Args:
        name: Of the state. `make` must always start from the same state.
    """
    if name not in _made:
        make()
        _made[name] = _copy([(service, dict(service)) for service in _get_services()])
        _buckets[name] = dict(s3_backends.bucket_accounts)
        return
    BackendDict.reset()
    for service, accounts in _copy(_made[name]):
        service.update(accounts)
        _get_services().append(service)
    s3_backends.bucket_accounts.update(_buckets[name])


def _get_services() -> list[Any]:
    """The services with at least one account."""
    every_service: Any = BackendDict
    services: list[Any] = every_service._instances
    return services


def _copy(state: list[tuple[Any, dict[str, Any]]]) -> list[tuple[Any, dict[str, Any]]]:
    """Copy the accounts together, because they refer to each other. The services stay."""
    kept = {id(service): service for service, _ in state}
    return deepcopy(state, kept)
