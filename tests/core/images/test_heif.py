import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pipeline.core.errors import (
    AnimatedImageError,
    ImageTooComplexError,
    PermanentError,
    TooManyPixelsError,
    UnreadableImageError,
    UnsupportedFormatError,
)
from pipeline.core.images import MAX_PIXELS, MIN_SIDE_PX, read_header
from pipeline.core.images.boxes import Box, read_meta
from pipeline.core.images.heif import list_alpha
from tests.heif_files import (
    Kind,
    build_box,
    build_file,
    build_full_box,
    build_mirror,
    build_transparent,
    build_turn,
    encode_item,
    replace_alpha,
)
from tests.pictures import build_quadrants, encode

PICTURE = build_quadrants(width=96, height=64)
KINDS: list[Kind] = ["HEIF", "AVIF"]
CONTENT_TYPES = {"HEIF": "image/heic", "AVIF": "image/avif"}
FILES = {kind: build_file(PICTURE, kind) for kind in KINDS}
GRIDS = {kind: build_file(PICTURE, kind, tile_px=64) for kind in KINDS}


@pytest.fixture(autouse=True)
def _aws() -> None:
    """Start no AWS in memory, because headers need none."""


@pytest.mark.parametrize("kind", KINDS)
def test_the_header_tells_type_and_size(kind: Kind) -> None:
    for data in (FILES[kind], GRIDS[kind]):
        header = read_header(data)

        assert header.content_type == CONTENT_TYPES[kind]
        assert (header.width, header.height) == (96, 64)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("turns", range(4))
def test_width_and_height_are_those_of_the_upright_picture(kind: Kind, turns: int) -> None:
    header = read_header(build_file(PICTURE, kind, turns=[build_turn(turns), build_mirror(0)]))

    assert (header.width, header.height) == ((64, 96) if turns % 2 else (96, 64))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("kept", [0.5, 0.9, 0.99])
def test_a_file_that_is_cut_is_unreadable(kind: Kind, kept: float) -> None:
    for data in (FILES[kind], GRIDS[kind]):
        with pytest.raises(UnreadableImageError):
            read_header(data[: int(len(data) * kept)])


@pytest.mark.parametrize("kind", KINDS)
def test_a_header_with_too_many_pixels_is_refused(kind: Kind) -> None:
    for tile_px in (None, 64):
        with pytest.raises(TooManyPixelsError):
            read_header(build_file(PICTURE, kind, tile_px=tile_px, claims=(60_000, 60_000)))


def test_each_decode_of_a_tile_is_counted() -> None:
    data = GRIDS["HEIF"]
    at = data.index(b"ispe", data.index(b"ispe") + 4) if data.count(b"ispe") > 1 else 0
    positions = [data.index(b"ispe"), at]
    for at in positions:
        size = struct.unpack_from(">II", data, at + 8)
        if size == (64, 64):
            data = data[: at + 8] + struct.pack(">II", 8_000, 8_000) + data[at + 16 :]

    with pytest.raises(ImageTooComplexError):
        read_header(data)


def test_an_avif_with_a_false_size_is_counted_by_its_decoded_pixels() -> None:
    data = FILES["AVIF"]
    bomb = build_file(build_quadrants(9_000, 7_000), "AVIF", claims=(96, 64), speed=10)

    assert read_header(data).width == 96
    with pytest.raises(ImageTooComplexError):
        read_header(bomb)


def test_the_pixels_of_an_alpha_channel_are_counted() -> None:
    clear = build_transparent(PICTURE, "AVIF")
    _, coded = encode_item(Image.new("L", (9_000, 7_000)), "AVIF", speed=10)

    assert read_header(clear).width == 96
    with pytest.raises(ImageTooComplexError):
        read_header(replace_alpha(clear, coded))


def test_a_sequence_of_pictures_is_an_animation() -> None:
    with pytest.raises(AnimatedImageError):
        read_header(encode(PICTURE, "AVIF", save_all=True, append_images=[PICTURE.rotate(180)]))


@pytest.mark.parametrize(
    "data",
    [
        build_box(b"ftyp", b"isom" + bytes(4) + b"mp42") + build_box(b"mdat", bytes(64)),
        build_box(b"ftyp", b"heic" + bytes(4) + b"mif1") + build_box(b"mdat", bytes(64)),
        FILES["HEIF"].replace(b"hvc1", b"unci"),
        GRIDS["HEIF"].replace(b"grid", b"iovl"),
    ],
    ids=["film", "no items", "another codec", "composed of others"],
)
def test_other_formats_made_of_boxes_are_unsupported(data: bytes) -> None:
    with pytest.raises(UnsupportedFormatError):
        read_header(data)


def test_the_colours_are_read_from_a_profile_or_numbers() -> None:
    numbers = build_box(b"colr", b"nclx" + struct.pack(">HHHB", 9, 16, 9, 128))
    profile = build_box(b"colr", b"prof" + b"a profile")

    def strip(data: bytes) -> bytes:
        return data.replace(b"nclx\0\1\0\x0d", b"nclx\0\x02\0\x02")

    assert read_header(build_file(PICTURE, "AVIF", extra=[profile])).colour.icc == b"a profile"
    assert read_header(strip(build_file(PICTURE, "AVIF"))).colour.cicp == (2, 2)
    grid = build_file(PICTURE, "HEIF", tile_px=64, extra=[numbers])
    assert read_header(grid).colour.cicp == (9, 16)


@given(
    st.sampled_from([*FILES.values(), *GRIDS.values()]),
    st.integers(0, 700),
    st.binary(max_size=8),
)
def test_a_damaged_file_gives_a_header_within_the_limits_or_a_permanent_error(
    data: bytes, at: int, damage: bytes
) -> None:
    try:
        header = read_header(data[:at] + damage + data[at + len(damage) :])
    except PermanentError:
        return
    assert min(header.width, header.height) >= MIN_SIDE_PX
    assert header.width * header.height <= MAX_PIXELS


def test_the_reader_stops_at_a_box_without_length() -> None:
    with pytest.raises(UnreadableImageError):
        read_header(FILES["HEIF"][:28] + struct.pack(">I4s", 4, b"meta"))
    with pytest.raises(UnsupportedFormatError):
        read_header(FILES["HEIF"][:28] + build_full_box(b"free", b"")[:8])


def read_costly(*parts: bytes) -> None:
    """Read a picture whose description also has these boxes."""
    data = FILES["HEIF"]
    at = data.index(b"meta") - 4
    (length,) = struct.unpack_from(">I", data, at)
    meta = data[at + 4 : at + length] + b"".join(parts)
    read_header(data[:at] + struct.pack(">I", len(meta) + 4) + meta + data[at + length :])


def test_a_description_that_comes_twice_is_refused() -> None:
    """Reading a thousand of them would take minutes."""
    with pytest.raises(UnreadableImageError):
        read_costly(build_full_box(b"iloc", bytes(4)))


@pytest.mark.timeout(10)
def test_extents_that_take_no_bytes_are_counted() -> None:
    items = b"".join(struct.pack(">HHH", item, 0, 2_000) for item in range(2_000))
    iloc = build_full_box(b"iloc", bytes(2) + struct.pack(">H", 2_000) + items)
    data = build_full_box(b"meta", iloc)

    with pytest.raises(ImageTooComplexError):
        read_meta(data, Box(b"meta", 8, len(data)))


@pytest.mark.timeout(10)
def test_associations_of_the_same_large_name_are_cheap() -> None:
    """Half a million copies of a megabyte would take minutes."""
    name = build_full_box(b"auxC", b"urn:" * 2**18)
    entry = bytes([255]) + bytes([1]) * 255
    entries = b"".join(struct.pack(">H", item) + entry for item in range(2_000))
    ipma = build_full_box(b"ipma", struct.pack(">I", 2_000) + entries)
    data = build_full_box(b"meta", build_box(b"iprp", build_box(b"ipco", name) + ipma))

    assert list_alpha(data, read_meta(data, Box(b"meta", 8, len(data)))) == []


@pytest.mark.timeout(10)
def test_transparency_of_too_many_tiles_is_refused() -> None:
    name = build_full_box(b"auxC", b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0")
    entries = b"".join(struct.pack(">HBB", item, 1, 1) for item in range(2_000))
    ipma = build_full_box(b"ipma", struct.pack(">I", 2_000) + entries)
    tiles = b"".join(
        build_box(b"dimg", struct.pack(">HH", item, 2_000) + bytes(4_000)) for item in range(2_000)
    )
    iprp = build_box(b"iprp", build_box(b"ipco", name) + ipma)
    data = build_full_box(b"meta", build_full_box(b"iref", tiles) + iprp)

    with pytest.raises(ImageTooComplexError):
        list_alpha(data, read_meta(data, Box(b"meta", 8, len(data))))


def test_more_than_four_boxes_of_associations_are_refused() -> None:
    ipma = build_full_box(b"ipma", bytes(4))
    four = build_full_box(b"meta", build_box(b"iprp", ipma * 4))
    five = build_full_box(b"meta", build_box(b"iprp", ipma * 5))

    read_meta(four, Box(b"meta", 8, len(four)))
    with pytest.raises(UnreadableImageError):
        read_meta(five, Box(b"meta", 8, len(five)))
