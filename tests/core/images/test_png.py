import struct
import zlib

import pytest

from pipeline.core.errors import AnimatedImageError, ImageTooComplexError, SeveralPicturesError
from pipeline.core.images import read_header
from tests.pictures import build_chunk, build_quadrants, encode

PICTURE = build_quadrants(width=96, height=64)
PLAIN = encode(PICTURE, "PNG")
AFTER_HEADER = 33


@pytest.fixture(autouse=True)
def _aws() -> None:
    """Start no AWS in memory, because headers need none."""


def insert(*chunks: bytes) -> bytes:
    """Put chunks between the header and the pixels."""
    return PLAIN[:AFTER_HEADER] + b"".join(chunks) + PLAIN[AFTER_HEADER:]


def build_animation(*, frames: int, first_picture_is_frame: bool) -> bytes:
    """An animated PNG; `frames` counts those that viewers show."""
    control = build_chunk(b"fcTL", bytes(26))
    before = [build_chunk(b"acTL", struct.pack(">II", frames, 0))]
    before += [control] if first_picture_is_frame else []
    behind = (control + build_chunk(b"fdAT", bytes(8))) * (frames - first_picture_is_frame)
    end = build_chunk(b"IEND", b"")
    return insert(*before).removesuffix(end) + behind + end


def test_an_animation_of_one_frame_is_accepted() -> None:
    assert read_header(build_animation(frames=1, first_picture_is_frame=True)).width == 96


def test_an_animation_of_two_frames_is_refused() -> None:
    with pytest.raises(AnimatedImageError):
        read_header(build_animation(frames=2, first_picture_is_frame=True))


def test_a_first_picture_that_viewers_do_not_show_is_refused() -> None:
    with pytest.raises(SeveralPicturesError):
        read_header(build_animation(frames=1, first_picture_is_frame=False))


def test_a_wrong_number_of_announced_frames_is_ignored() -> None:
    control = build_chunk(b"fcTL", bytes(26))

    assert read_header(insert(build_chunk(b"acTL", struct.pack(">II", 9, 0)), control)).width == 96


def test_a_chunk_of_any_size_is_skipped() -> None:
    assert read_header(insert(build_chunk(b"caBX", bytes(9_000_000)))).stored.is_terminated


@pytest.mark.parametrize(
    ("colour_type", "transparent"),
    [(6, b""), (4, b""), (2, build_chunk(b"tRNS", bytes(6)))],
    ids=["colour with alpha", "grey with alpha", "colour with a transparent one"],
)
def test_sixteen_bits_and_transparency_have_their_own_limit(
    colour_type: int, transparent: bytes
) -> None:
    deep = bytearray(insert(transparent))
    deep[16:24] = struct.pack(">II", 10_000, 3_000)
    deep[24:26] = bytes([16, colour_type])

    with pytest.raises(ImageTooComplexError):
        read_header(bytes(deep))


@pytest.mark.parametrize("name", [b"cICP", b"iCCP", b"gAMA", b"cHRM"])
def test_a_damaged_colour_chunk_is_ignored(name: bytes) -> None:
    colour = read_header(insert(build_chunk(name, b"?"))).colour

    assert (colour.icc, colour.cicp, colour.gamma, colour.chromaticities) == (b"", None, None, None)


def test_the_colour_chunk_of_highest_priority_is_used() -> None:
    gamma = build_chunk(b"gAMA", struct.pack(">I", 100_000))
    profile = build_chunk(b"iCCP", b"name\0\0" + zlib.compress(b"profile"))
    cicp = build_chunk(b"cICP", bytes([9, 16, 0, 1]))

    assert read_header(insert(gamma)).colour.gamma == 1
    assert read_header(insert(gamma, profile)).colour.icc == b"profile"
    assert read_header(insert(gamma, profile, cicp)).colour.cicp == (9, 16)
