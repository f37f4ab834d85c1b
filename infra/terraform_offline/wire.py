"""The part of protobuf's wire format that Terraform's plugin protocol 5 needs.

Field numbers are those of tfplugin5.proto. Written out by hand, this needs no generated code and
keeps the schema, 3 MB, as ready-made bytes.
"""

from __future__ import annotations

from collections.abc import Iterator

VARINT, LENGTH = 0, 2  # Wire types

Path = tuple[str | int, ...]
"""The way to an argument: names, list indexes and map keys."""


def pack(number: int, value: bytes | str | int) -> bytes:
    """One field; a number or flag that is zero is left out, as proto3 does."""
    if isinstance(value, int):
        return _encode_varint(number << 3) + _encode_varint(value) if value else b""
    data = value.encode() if isinstance(value, str) else value
    return _encode_varint(number << 3 | LENGTH) + _encode_varint(len(data)) + data


def unpack(message: bytes) -> Iterator[tuple[int, bytes | int]]:
    """(number, value) of each field: bytes for texts and messages, int for numbers and flags.

    Raises:
        ValueError: A field has a wire type that the protocol's messages do not use.
    """
    position = 0
    while position < len(message):
        key, position = _decode_varint(message, position)
        number, wire_type = key >> 3, key & 7
        value, position = _decode_varint(message, position)
        if wire_type == VARINT:
            yield number, value
        elif wire_type == LENGTH:
            yield number, message[position : position + value]
            position += value
        else:
            raise ValueError(f"Wire type {wire_type} is not expected.")


def unpack_bytes(message: bytes) -> Iterator[tuple[int, bytes]]:
    """The fields that hold texts and messages."""
    for number, value in unpack(message):
        if isinstance(value, bytes):
            yield number, value


def find_first(message: bytes, number: int) -> bytes:
    """The first text or message of this number, b"" where there is none."""
    return next((value for key, value in unpack_bytes(message) if key == number), b"")


def build_diagnostic(summary: str, detail: str, path: Path = ()) -> bytes:
    """An error about the argument at `path`."""
    steps = b"".join(
        # A list index of 0 must be written out: without it the step would be empty.
        pack(1, pack(1, step) if isinstance(step, str) else bytes([3 << 3]) + _encode_varint(step))
        for step in path
    )
    severity = pack(1, 1)  # ERROR
    return severity + pack(2, summary) + pack(3, detail) + pack(4, steps)


def _encode_varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def _decode_varint(message: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
