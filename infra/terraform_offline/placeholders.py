"""The answers of data sources in a plan, which cannot ask the service."""

from typing import Any

import msgpack

UNKNOWN = msgpack.ExtType(0, b"\0")
"""Terraform's mark for a value that is known after apply."""

POLICY = '{"Version":"2012-10-17","Statement":[]}'
ANSWERS: dict[str, str | list[str]] = {
    "account_id": "123456789012",
    "arn": "arn:aws:iam::123456789012:role/placeholder",
    "dns_suffix": "amazonaws.com",
    "json": POLICY,
    "minified_json": POLICY,
    "names": ["us-east-1a", "us-east-1b", "us-east-1c"],
    "partition": "aws",
    "region": "us-east-1",
    "zone_ids": ["use1-az1", "use1-az2", "use1-az4"],
}
"""Answers by the name of the attribute; every other attribute gets a placeholder of its type."""

_PRIMITIVES: dict[str, Any] = {"number": 0, "bool": False, "dynamic": None}


def build_placeholder(name: str, type_: Any) -> Any:
    """A value for the attribute `name`.

    Args:
        type_: In Terraform's JSON notation.
    """
    if type_ == "string":
        answer = ANSWERS["arn"] if name.endswith("_arn") else ANSWERS.get(name)
        return answer if isinstance(answer, str) else f"placeholder-{name}"
    if isinstance(type_, str):
        return _PRIMITIVES[type_]
    kind, inner = type_
    if kind == "object":
        return {member: build_placeholder(member, it) for member, it in inner.items()}
    if kind == "map":
        return {}
    answer = ANSWERS.get(name)
    return answer if isinstance(answer, list) and inner == "string" else []
