"""Rebuilds a provider's schema from its CDK Terrain (cdktn) package.

Such a package is generated from the output of `terraform providers schema -json`. Its JavaScript
still tells the name and type of every argument, whether it is required, optional, computed or
write-only, and whether it is a nested block. The result has the shape that
`terraform providers schema -json` prints.

The generator drops descriptions, deprecations, `sensitive`, and the item counts of blocks other
than "at least one" and "at most one". `sensitive` is set again for the names that SENSITIVE
matches.
"""

from __future__ import annotations

import re
import tarfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from infra.terraform_offline.javascript import (
    CLASS,
    LIST_MAPPER,
    TO_HCL,
    TYPE_NAME,
    Argument,
    SchemaError,
    decapitalize,
    read_arguments,
)
from infra.terraform_offline.waf import restore_statements

Schema = dict[str, Any]

KINDS = {
    "TerraformProvider": "provider",
    "TerraformResource": "resource_schemas",
    "TerraformDataSource": "data_source_schemas",
    "TerraformEphemeralResource": "ephemeral_resource_schemas",
}
"""The kinds of `terraform providers schema -json`, by the base class of the generated class."""

SENSITIVE = re.compile(
    r"\w+\.(\w*(?<!encrypted_)password|\w*client_secret|secret_(string|binary|key|access_key)"
    r"|plaintext|key_material_base64|authorization_token|auth_token|\w*_preshared_key)(_wo)?"
    r"|aws_(ssm_parameter|api_gateway_api_key)\.value(_wo)?|aws_ssm_parameters_by_path\.values"
    r"|aws_iam_access_key\.secret|aws_(acm|iam_server)_certificate\.private_key"
)
"""Secrets, as TYPE.ARGUMENT."""

MAX_RECURSION = 3
"""A block tree that contains itself is cut off after it entered the same block this often."""

PRIMITIVES = {"string": "string", "number": "number", "boolean": "bool", "any": "dynamic"}

_VERSION = re.compile(r"providerVersion: '([^']+)'")


def read_wheel(wheel: Path) -> tuple[str, Schema]:
    """The provider's version and its schema.

    Raises:
        SchemaError: The package does not look as expected.
    """
    with zipfile.ZipFile(wheel) as archive:
        inner = next((it for it in archive.namelist() if it.endswith(".jsii.tgz")), None)
        if inner is None:
            raise SchemaError(f"{wheel.name} holds no generated code.")
        with archive.open(inner) as stream:
            sources = _read_javascript(stream)
    version = _VERSION.search(sources.get("provider", ""))
    if version is None:
        raise SchemaError(f"{wheel.name} names no provider version.")
    return version.group(1), read_sources(sources)


def read_sources(sources: dict[str, str]) -> Schema:
    """The schema from {folder name: JavaScript}, one folder for each resource.

    Raises:
        SchemaError: The code does not look as expected.
    """
    schema: Schema = {kind: {} for kind in KINDS.values()}
    for name in sorted(sources):
        for kind, type_name, block in _Module(sources[name]).find_blocks():
            schema[kind][type_name] = {"version": 0, "block": block}
    (schema["provider"],) = schema["provider"].values()
    del schema["provider"]["block"]["attributes"]["alias"]  # The generator added it
    restore_statements(schema["resource_schemas"])
    return schema


def _read_javascript(stream: IO[bytes]) -> dict[str, str]:
    """The generated code of each resource; a large resource is spread over several files."""
    sources: dict[str, list[str]] = defaultdict(list)
    with tarfile.open(fileobj=stream, mode="r|gz") as package:
        for member in package:
            parts = Path(member.name).parts  # package/lib/RESOURCE/...
            if member.name.endswith(".js") and len(parts) > 3:
                file = package.extractfile(member)
                text = file.read().decode() if file else ""
                sources[parts[2]].append(text.partition("//# sourceMappingURL")[0])
    return {name: "\n".join(texts) for name, texts in sources.items()}


class _Module:
    """The classes of one resource, and the schema that they describe."""

    def __init__(self, text: str) -> None:
        self._type_name = next(iter(TYPE_NAME.findall(text)), "")
        self._classes = {name: (base, body) for name, base, body in CLASS.findall(text)}
        self._setters = dict(TO_HCL.findall(text))
        self._structs: dict[str, list[Argument]] = {}

    def find_blocks(self) -> Iterator[tuple[str, str, Schema]]:
        """(kind, type name, block) of each resource, data source or provider in this module."""
        for base, body in self._classes.values():
            if base in KINDS:
                block = self._build_block(read_arguments(body, body), ())
                yield KINDS[base], self._type_name, block

    def _is_struct(self, name: str) -> bool:
        return f"{name}OutputReference" in self._classes or decapitalize(name) in self._setters

    def _read_struct(self, name: str) -> list[Argument]:
        if name not in self._structs:
            _, body = self._classes.get(f"{name}OutputReference", ("", ""))
            self._structs[name] = read_arguments(body, self._setters.get(decapitalize(name), ""))
        return self._structs[name]

    def _build_block(self, arguments: list[Argument], inside: tuple[str, ...]) -> Schema:
        attributes, block_types = {}, {}
        for argument in arguments:
            if nested := self._find_nested_block(argument):
                mode, max_items, struct = nested
                if inside.count(struct) < MAX_RECURSION:
                    block_types[argument.name] = {
                        "nesting_mode": mode,
                        "block": self._build_block(self._read_struct(struct), (*inside, struct)),
                        "min_items": int(argument.required and mode != "single"),
                        "max_items": max_items,
                    }
            elif (type_ := self._find_type(argument)) is not None:
                attributes[argument.name] = self._build_attribute(argument, type_)
        return {"attributes": attributes, "block_types": block_types}

    def _build_attribute(self, argument: Argument, type_: Any) -> Schema:
        full_name = f"{self._type_name}.{argument.name}"
        return {
            "type": type_,
            "required": argument.required,
            "optional": argument.optional,
            "computed": argument.computed,
            "write_only": argument.write_only,
            "sensitive": type_ != "bool" and SENSITIVE.fullmatch(full_name) is not None,
        }

    def _find_nested_block(self, argument: Argument) -> tuple[str, int, str] | None:
        """(nesting mode, max items, struct) of a block; None for an attribute."""
        setter = argument.setter
        if setter is None:
            return None
        struct = setter.storage.removesuffix("List")
        if setter.kind in ("list", "set") and self._is_struct(struct):
            mapper = LIST_MAPPER.search(setter.expression)
            if mapper is None:  # The generator unwraps blocks of which there is at most one
                return setter.kind, 1, struct
            if mapper.group(1) == "true":
                return setter.kind, 0, struct
        if setter.kind == "struct" and not argument.computed:
            return "single", 0, setter.storage
        return None

    def _find_type(self, argument: Argument) -> Any:
        """The attribute's type in Terraform's JSON notation; None if the generator dropped it."""
        if setter := argument.setter:
            return None if setter.storage == "any" else self._name_type(setter.storage, setter.kind)
        if getter := argument.getter:
            return self._name_type(getter.storage, getter.kind)
        return None

    def _name_type(self, storage: str, kind: str) -> Any:
        """The type of a storage class: a list of `FooMapList` is a list(map(Foo)).

        Collections inside of others show as lists, even where they are sets.
        """
        if storage in PRIMITIVES:
            return PRIMITIVES[storage]
        if self._is_struct(storage):
            return self._build_object(storage)
        for suffix, collection in (("List", "list"), ("Map", "map")):
            if storage.endswith(suffix):
                outer = "set" if kind == "set" and collection == "list" else collection
                return [outer, self._name_type(storage.removesuffix(suffix), "")]
        raise SchemaError(f"The storage class {storage!r} is unknown.")

    def _build_object(self, struct: str) -> list[Any]:
        types = {it.name: self._find_type(it) for it in self._read_struct(struct)}
        return ["object", {name: type_ for name, type_ in types.items() if type_ is not None}]
