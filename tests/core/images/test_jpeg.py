import struct

import pytest
from PIL import Image

from pipeline.core.errors import ImageTooComplexError
from pipeline.core.images import read_header
from pipeline.core.images.strip import strip_metadata
from tests.pictures import build_quadrants, encode

PICTURE = build_quadrants(width=96, height=64)
PLAIN = encode(PICTURE, "JPEG")
PROGRESSIVE = encode(PICTURE, "JPEG", progressive=True)
END = b"\xff\xd9"
FILM = b"\0\0\0\x18ftypmp42" + b"\xff\xda\0\x0c" * 5_000 + END


@pytest.fixture(autouse=True)
def _aws() -> None:
    """Start no AWS in memory, because headers need none."""


@pytest.mark.parametrize("data", [PLAIN, PROGRESSIVE], ids=["baseline", "progressive"])
def test_the_picture_ends_at_its_end_mark(data: bytes) -> None:
    header = read_header(data + FILM)

    assert header.stored.end == len(data)
    assert header.stored.is_terminated
    assert header.stored.passes == read_header(data).stored.passes


@pytest.mark.parametrize("data", [PLAIN, PROGRESSIVE], ids=["baseline", "progressive"])
def test_a_missing_end_mark_is_noticed_and_the_last_scan_is_found(data: bytes) -> None:
    stored = read_header(data.removesuffix(END)).stored

    assert not stored.is_terminated
    assert stored.pixels_end == len(data) - len(END)


def test_an_end_mark_inside_a_thumbnail_is_not_the_pictures_end() -> None:
    exif = Image.Exif()
    thumbnail = encode(build_quadrants(32, 32), "JPEG")
    data = encode(PICTURE, "JPEG", exif=exif.tobytes() + thumbnail)

    assert read_header(data).stored.end == len(data)


def test_every_scan_of_a_progressive_picture_counts_as_a_pass() -> None:
    assert read_header(PLAIN).stored.passes == 1
    assert read_header(PROGRESSIVE).stored.passes == PROGRESSIVE.count(b"\xff\xda")


def test_scans_times_pixels_have_a_limit() -> None:
    at = PROGRESSIVE.rindex(b"\xff\xda")
    size_at = PROGRESSIVE.index(b"\xff\xc2") + 5
    large = PROGRESSIVE[:size_at] + struct.pack(">HH", 5_000, 10_000) + PROGRESSIVE[size_at + 4 :]
    bomb = large[:at] + large[at:-2] * 10 + large[-2:]

    assert read_header(large).stored.passes <= 12
    with pytest.raises(ImageTooComplexError):
        read_header(large[:-2])  # Without an end mark it is decoded three times
    with pytest.raises(ImageTooComplexError):
        read_header(bomb)


@pytest.mark.parametrize("byte_order", ["<", ">"])
@pytest.mark.parametrize(("kind", "form"), [(1, "B3x"), (3, "H2x"), (4, "I")])
def test_the_orientation_is_read_in_every_size_that_cameras_write(
    byte_order: str, kind: int, form: str
) -> None:
    exif = _build_exif(byte_order, [(0x0112, kind, struct.pack(byte_order + form, 6))])

    assert read_header(encode(PICTURE, "JPEG", exif=exif)).orientation == 6


def test_the_valid_one_of_two_orientations_is_used() -> None:
    exif = _build_exif("<", [(0x0112, 3, b"\0\0\0\0"), (0x0112, 3, b"\x08\0\0\0")])

    assert read_header(encode(PICTURE, "JPEG", exif=exif)).orientation == 8


@pytest.mark.parametrize(
    "xmp", [b'<x tiff:Orientation="6"/>', b"<tiff:Orientation>6</tiff:Orientation>"]
)
def test_the_orientation_of_xmp_is_used_only_without_one_in_exif(xmp: bytes) -> None:
    turned = _build_exif("<", [(0x0112, 3, b"\x03\0\0\0")])

    assert read_header(encode(PICTURE, "JPEG", xmp=xmp)).orientation == 6
    assert read_header(encode(PICTURE, "JPEG", xmp=xmp, exif=turned)).orientation == 3


def test_a_profile_in_several_segments_is_put_together() -> None:
    profile = bytes(range(256)) * 1_000  # A segment holds 64 KB

    assert read_header(encode(PICTURE, "JPEG", icc_profile=profile)).colour.icc == profile


@pytest.mark.parametrize("byte_order", ["<", ">"])
def test_adobe_rgb_is_recognised_from_exif_without_a_profile(byte_order: str) -> None:
    exif = Image.Exif()
    exif[0x8769] = {0xA001: 65535, 0xA005: {1: "R03"}}
    exif.endian = byte_order
    block = exif.tobytes()

    colour = read_header(encode(PICTURE, "JPEG", exif=block)).colour

    assert colour.chromaticities is not None


def _build_exif(byte_order: str, entries: list[tuple[int, int, bytes]]) -> bytes:
    mark = b"II*\0" if byte_order == "<" else b"MM\0*"
    rows = b"".join(
        struct.pack(byte_order + "HHI", tag, kind, 1) + value for tag, kind, value in entries
    )
    directory = struct.pack(byte_order + "IH", 8, len(entries)) + rows
    return b"Exif\0\0" + mark + directory + bytes(4)


@pytest.mark.timeout(10)  # Following every entry would take hours
def test_directories_that_name_each_other_many_times_are_read_once() -> None:
    itself = struct.pack("<I", 8)
    entries = [(0x8769, 4, itself), (0xA001, 3, b"\xff\xff\0\0"), (0xA005, 4, itself)] * 333
    data = encode(PICTURE, "JPEG", exif=_build_exif("<", entries))

    assert read_header(data).colour.chromaticities is None
    assert read_header(strip_metadata(data)).width == 96
