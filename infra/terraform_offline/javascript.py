"""Reads the arguments of a resource from the JavaScript that CDK Terrain (cdktn) generates.

The generator writes each class and each function in one fixed layout, so regular expressions are
enough. A layout that they do not know raises SchemaError and is never skipped in silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

CLASS = re.compile(r"^class (\w+) extends \w+\.(\w+) \{\n(.*?)^\}", re.M | re.S)
TO_HCL = re.compile(r"^function (\w+)ToHclTerraform\(struct\) \{\n(.*?)^\}", re.M | re.S)
TYPE_NAME = re.compile(r'\btfResourceType = "(\w+)";')
LIST_MAPPER = re.compile(r"listMapperHcl\([\w.]+, (true|false)\)")

_FLAGS = re.compile(
    r"^ +// (\w+) - computed: (true|false), optional: (true|false), required: (true|false)$", re.M
)
_SETTER = re.compile(
    r"^ +(\w+): \{\n +value: (.*),\n +isBlock: \w+,\n"
    r' +type: "(\w+)",\n +storageClassType: "(\w+)",$',
    re.M,
)
_STORED = re.compile(r' = new (\w+\.)?(\w+)\(this, "(\w+)"(?:, (true|false))?\);$', re.M)
_GETTER = re.compile(r"^ +return (.*\b)?this\.get(\w*)Attribute\('(\w+)'\)", re.M)
_WRITE_ONLY = re.compile(
    r"@deprecated Write-only:.*\n.*\n.*\n +return this\.\w+\('(\w+)'\);$", re.M
)


class SchemaError(Exception):
    """The package does not look as this tool expects, so its schema cannot be read."""


@dataclass(frozen=True)
class Setter:
    """How the generated code writes an argument."""

    expression: str
    kind: str
    """`simple`, `list`, `set`, `map` or `struct`."""
    storage: str
    """The storage class: `string`, `stringList`, or the name of a generated class."""


@dataclass(frozen=True)
class Getter:
    """How the generated code reads an argument."""

    storage: str
    kind: str
    """`set` for a set, else empty."""


@dataclass(frozen=True)
class Argument:
    """One argument as the generated code describes it."""

    name: str
    computed: bool
    optional: bool
    required: bool
    write_only: bool
    setter: Setter | None
    """None for an argument that only the provider sets."""
    getter: Getter | None
    """None for an argument whose setter tells its type."""


def read_arguments(class_body: str, setter_body: str) -> list[Argument]:
    """The arguments of a class.

    Args:
        class_body: Empty for a block of the provider, which has no class.
        setter_body: The function that writes the arguments.

    Raises:
        SchemaError: An argument has no flags.
    """
    setters = {name: Setter(*rest) for name, *rest in _SETTER.findall(setter_body)}
    getters = _read_getters(class_body)
    write_only = set(_WRITE_ONLY.findall(class_body))
    flags = _FLAGS.findall(class_body)
    if not class_body:
        flags = [(name, "false", "true", "false") for name in setters]
    elif missing := setters.keys() - {name for name, *_ in flags}:
        names = ", ".join(sorted(missing))
        raise SchemaError(f"No flags for {names}: the package is older than this tool can read.")
    return [
        Argument(
            name,
            computed=computed == "true",
            optional=optional == "true",
            required=required == "true",
            write_only=name in write_only,
            setter=setters.get(name),
            getter=getters.get(name),
        )
        for name, computed, optional, required in flags
    ]


def _read_getters(class_body: str) -> dict[str, Getter]:
    getters = {}
    for prefix, what, name in _GETTER.findall(class_body):
        storage = "StringList" if what == "List" else what
        getters[name] = Getter(decapitalize(storage), "set" if "tolist(" in prefix else "")
    for library, storage, name, is_set in _STORED.findall(class_body):
        plain = decapitalize(storage) if library else storage.removesuffix("OutputReference")
        getters[name] = Getter(plain, "set" if is_set == "true" else "")
    return getters


def decapitalize(name: str) -> str:
    """The name of a class as its function spells it."""
    return name[:1].lower() + name[1:]
