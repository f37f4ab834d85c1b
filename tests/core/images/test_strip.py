"""Metadata is gone, and nothing that people see changes."""

import io
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from pipeline.core.errors import MetadataNotRemovableError, PermanentError
from pipeline.core.images import read_header
from pipeline.core.images.strip import strip_metadata
from pipeline.worker.vision.image import decode_image
from tests.heif_files import Kind, build_box, build_file, build_turn
from tests.pictures import build_chunk, build_quadrants, encode

SECRET = b"Serial-4711"
PICTURE = build_quadrants(96, 64)
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
FILM = b"....ftypmp42" + SECRET


@pytest.fixture(autouse=True)
def _aws() -> None:
    """Files need no AWS."""


def build_exif(orientation: int = 1, *, adobe_rgb: bool = False) -> bytes:
    """EXIF as a phone writes it: who, where, and a serial number."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Artist] = SECRET.decode()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = SECRET.decode()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.BodySerialNumber] = SECRET.decode()
    if adobe_rgb:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ColorSpace] = 2
    return exif.tobytes()


def build_xmp(orientation: int = 1) -> bytes:
    return b'<x:xmpmeta><rdf:Description tiff:Orientation="%d"/>%s</x:xmpmeta>' % (
        orientation,
        SECRET,
    )


def build_segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, 2 + len(payload)) + payload


def build_jpeg(orientation: int = 6, **options: object) -> bytes:
    """A JPEG with everything that phones and photo applications put into one."""
    data = encode(
        PICTURE,
        "JPEG",
        quality=95,
        exif=build_exif(orientation),
        icc_profile=PROFILE,
        xmp=build_xmp(),
        comment=SECRET,
        **options,
    )
    others = [
        build_segment(0xE0, b"JFXX\0\x10" + SECRET),
        build_segment(0xE2, b"MPF\0" + SECRET),
        build_segment(0xEB, b"JP\0\0" + SECRET),  # Content credentials
        build_segment(0xED, b"Photoshop 3.0\x008BIM" + SECRET),  # IPTC
    ]
    return data[:2] + b"".join(others) + data[2:] + FILM


def build_png(orientation: int = 6) -> bytes:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", SECRET.decode())
    texts.add_itxt("XML:com.adobe.xmp", build_xmp().decode())
    data = encode(
        PICTURE, "PNG", exif=build_exif(orientation), icc_profile=PROFILE, pnginfo=texts, dpi=(9, 9)
    )
    credentials = build_chunk(b"caBX", SECRET)
    return data[:33] + credentials + data[33:] + FILM


def build_webp(orientation: int = 6) -> bytes:
    data = encode(
        PICTURE,
        "WEBP",
        quality=95,
        exif=build_exif(orientation),
        icc_profile=PROFILE,
        xmp=build_xmp(),
    )
    body = data[8:] + b"ABCD" + struct.pack("<I", 12) + SECRET + b"\0"
    return b"RIFF" + struct.pack("<I", len(body)) + body + FILM


def build_phone_photo(kind: Kind) -> bytes:
    """A HEIC or AVIF as libheif and libavif write it with EXIF and XMP."""
    file = io.BytesIO()
    PICTURE.save(file, kind, quality=95, exif=build_exif(), xmp=build_xmp(), icc_profile=PROFILE)
    return file.getvalue() + build_box(b"mpvd", FILM)


FILES: dict[str, Callable[[], bytes]] = {
    "JPEG": build_jpeg,
    "JPEG, progressive": lambda: build_jpeg(progressive=True),
    "PNG": build_png,
    "WebP": build_webp,
    "HEIC": lambda: build_phone_photo("HEIF"),
    "AVIF": lambda: build_phone_photo("AVIF"),
    "HEIC, tiles, turned": lambda: build_file(
        PICTURE, "HEIF", tile_px=64, turns=[build_turn(1)], extra=[build_box(b"udes", SECRET)]
    ),
}


@pytest.mark.parametrize("kind", FILES)
def test_nothing_private_is_left_and_the_picture_is_the_same(kind: str) -> None:
    data = FILES[kind]()
    assert SECRET in data

    stripped = strip_metadata(data)

    assert SECRET not in stripped
    before, after = read_header(data), read_header(stripped)
    assert (after.width, after.height) == (before.width, before.height)
    assert after.colour == before.colour
    assert np.array_equal(decode_image(stripped)[0], decode_image(data)[0])


@pytest.mark.parametrize("kind", FILES)
def test_a_repeat_changes_nothing(kind: str) -> None:
    stripped = strip_metadata(FILES[kind]())

    assert strip_metadata(stripped) == stripped


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WebP"])
def test_other_programs_read_what_is_left(kind: str) -> None:
    picture = Image.open(io.BytesIO(strip_metadata(FILES[kind]())))
    picture.load()

    exif = picture.getexif()
    assert dict(exif) == {ExifTags.Base.Orientation: 6}
    assert not exif.get_ifd(ExifTags.IFD.GPSInfo)
    assert picture.info["icc_profile"] == PROFILE


def test_another_program_reads_what_is_left_of_a_heic() -> None:
    picture = pillow_heif.open_heif(strip_metadata(FILES["HEIC"]()))

    assert picture.size == PICTURE.size
    assert SECRET not in (picture.info["exif"] or b"")
    assert SECRET not in (picture.info["xmp"] or b"")
    assert picture.info["icc_profile"] == PROFILE


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("build", [build_jpeg, build_png, build_webp])
def test_the_orientation_stays(build: Callable[[int], bytes], orientation: int) -> None:
    data = build(orientation)

    assert read_header(strip_metadata(data)).orientation == orientation


def test_an_orientation_that_only_xmp_tells_stays() -> None:
    data = encode(PICTURE, "JPEG", xmp=build_xmp(orientation=8))

    stripped = strip_metadata(data)

    assert SECRET not in stripped
    assert read_header(stripped).orientation == 8


def test_adobe_rgb_that_only_exif_tells_stays() -> None:
    data = encode(PICTURE, "JPEG", exif=build_exif(3, adobe_rgb=True))

    stripped = strip_metadata(data)

    assert SECRET not in stripped
    assert np.array_equal(decode_image(stripped)[0], decode_image(data)[0])
    assert read_header(stripped).colour.gamma


def test_a_cut_jpeg_does_not_become_a_whole_one() -> None:
    data = encode(build_quadrants(640, 480), "JPEG", exif=build_exif())
    cut = data[: len(data) // 2]

    stripped = strip_metadata(cut)

    assert not read_header(stripped).stored.is_terminated
    with pytest.raises(PermanentError):
        decode_image(stripped)


def test_a_file_whose_parts_cannot_be_told_apart_is_refused() -> None:
    data = FILES["HEIC"]() + build_box(b"moov", b"")

    with pytest.raises(MetadataNotRemovableError):
        strip_metadata(data)


def test_real_photos_stay_as_they_are() -> None:
    photos = [
        path
        for path in (Path(__file__).parents[3] / "infra/local/photos").iterdir()
        if path.suffix in (".jpg", ".webp")
    ]
    assert photos
    for photo in photos:
        data = photo.read_bytes()
        assert np.array_equal(decode_image(strip_metadata(data))[0], decode_image(data)[0])


@pytest.mark.parametrize("kind", sorted(FILES))
def test_a_file_that_is_cut_anywhere_is_never_an_error_of_ours(kind: str) -> None:
    data = FILES[kind]()
    kept = 0

    for length in range(len(data)):
        with suppress(PermanentError):
            strip_metadata(data[:length])
            kept += 1

    assert kept < len(data)


@given(
    kind=st.sampled_from(sorted(FILES)),
    place=st.floats(0, 1, exclude_max=True),
    damage=st.binary(min_size=1, max_size=8),
)
def test_damage_is_never_an_error_of_ours(kind: str, place: float, damage: bytes) -> None:
    data = bytearray(FILES[kind]())
    at = int(len(data) * place)
    data[at : at + len(damage)] = damage

    try:
        stripped = strip_metadata(bytes(data))
    except PermanentError:
        return

    assert read_header(stripped).width == read_header(bytes(data)).width
