from collections.abc import Callable, Mapping
from typing import TypeVar

_Method = TypeVar("_Method", bound=Callable[..., object])

def display(
    *, description: str, label: Mapping[str, str] | bool = ...
) -> Callable[[_Method], _Method]: ...
