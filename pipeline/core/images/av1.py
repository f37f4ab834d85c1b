"""The size in the sequence header of an AV1 picture.

https://aomediacodec.github.io/av1-spec/av1-spec.pdf, sections 5.3 to 5.5
"""

from pipeline.core.errors import UnreadableImageError

MOST_BYTES = 256
"""The sequence header comes first, and is much shorter."""

_SEQUENCE_HEADER, _TEMPORAL_DELIMITER = 1, 2


class _Bits:
    """Reads bits, the highest first."""

    def __init__(self, data: bytes) -> None:
        self._value, self._left = int.from_bytes(data, "big"), 8 * len(data)

    def take(self, count: int) -> int:
        if count > self._left:
            raise UnreadableImageError
        self._left -= count
        return self._value >> self._left & (1 << count) - 1


def read_size(data: bytes) -> tuple[int, int]:
    """Read the largest width and height that a frame may have.

    Args:
        data: The start of the coded picture.

    Raises:
        UnreadableImageError: It does not begin with a sequence header.
    """
    at = 0
    while at < len(data):
        kind, has_extension, has_size = data[at] >> 3 & 15, data[at] & 4, data[at] & 2
        at += 2 if has_extension else 1
        length = len(data) - at
        if has_size:
            length, at = _read_leb128(data, at)
        if kind == _SEQUENCE_HEADER:
            return _read_sequence_header(_Bits(data[at : at + length]))
        if kind != _TEMPORAL_DELIMITER:
            break
        at += length
    raise UnreadableImageError


def _read_leb128(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for index in range(8):
        byte = data[at + index]
        value |= (byte & 0x7F) << 7 * index
        if not byte & 0x80:
            return value, at + index + 1
    raise UnreadableImageError


def _read_sequence_header(bits: _Bits) -> tuple[int, int]:
    bits.take(3)  # Profile
    bits.take(1)  # Still picture
    if bits.take(1):  # The short header of stills
        bits.take(5)
    else:
        _skip_operating_points(bits)
    width_bits, height_bits = bits.take(4) + 1, bits.take(4) + 1
    return bits.take(width_bits) + 1, bits.take(height_bits) + 1


def _skip_operating_points(bits: _Bits) -> None:
    has_decoder_model, delay_bits = False, 0
    if bits.take(1):  # Timing
        bits.take(64)
        if bits.take(1):
            _skip_uvlc(bits)
        has_decoder_model = bool(bits.take(1))
        if has_decoder_model:
            delay_bits = bits.take(5) + 1
            bits.take(42)
    has_initial_delay = bits.take(1)
    for _ in range(bits.take(5) + 1):
        bits.take(12)
        if bits.take(5) > 7:  # Level
            bits.take(1)
        if has_decoder_model and bits.take(1):
            bits.take(2 * delay_bits + 1)
        if has_initial_delay and bits.take(1):
            bits.take(4)


def _skip_uvlc(bits: _Bits) -> None:
    zeros = 0
    while not bits.take(1):
        zeros += 1
    bits.take(min(zeros, 32))
