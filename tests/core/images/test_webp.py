import struct

import pytest

from pipeline.core.errors import AnimatedImageError
from pipeline.core.images import read_header
from tests.pictures import build_quadrants, encode

PICTURE = build_quadrants(width=96, height=64)


@pytest.fixture(autouse=True)
def _aws() -> None:
    """Start no AWS in memory, because headers need none."""


def build_animation(frames: int) -> bytes:
    """An animated WebP with the flag set, whatever the number of its frames."""
    pictures = [PICTURE, PICTURE.rotate(180)]
    data = encode(pictures[0], "WEBP", save_all=True, append_images=pictures[1:])
    if frames == 2:
        return data
    second = data.rindex(b"ANMF")
    return data[:4] + struct.pack("<I", second - 8) + data[8:second]


def test_an_animation_of_one_frame_is_accepted() -> None:
    header = read_header(build_animation(1))

    assert (header.width, header.height) == (96, 64)


def test_an_animation_of_two_frames_is_refused() -> None:
    with pytest.raises(AnimatedImageError):
        read_header(build_animation(2))


def test_bytes_behind_the_picture_are_not_part_of_it() -> None:
    data = encode(PICTURE, "WEBP")

    assert read_header(data + b"film" * 1_000).stored.end == len(data)
