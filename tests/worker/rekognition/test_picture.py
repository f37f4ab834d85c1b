"""What Rekognition gets of a picture."""

import io

import pytest
from PIL import Image

from pipeline.core.images import read_header
from pipeline.worker.rekognition.picture import LEAST_SIDE_PX, OBJECT_BYTES, choose_image
from pipeline.worker.vision.preview import SmallCopies
from tests.pictures import build_quadrants, encode, encode_turned

PREVIEW = b"\xff\xd8\xff preview"
WITH_PREVIEW = SmallCopies(thumbnail=b"small", preview=PREVIEW)
WITHOUT_PREVIEW = SmallCopies(thumbnail=b"small", preview=None)


def choose(data: bytes, copies: SmallCopies = WITHOUT_PREVIEW) -> dict[str, object]:
    return choose_image("images", "images/me/1/a", data, read_header(data), copies)


def open_bytes(image: dict[str, object]) -> Image.Image:
    data = image["Bytes"]
    assert isinstance(data, bytes)
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_rekognition_reads_what_it_takes_from_our_bucket(kind: str) -> None:
    image = choose(encode(build_quadrants(120, 90), kind))

    assert image == {"S3Object": {"Bucket": "images", "Name": "images/me/1/a"}}


def test_a_turned_jpeg_is_read_from_our_bucket_because_rekognition_turns_it() -> None:
    assert "S3Object" in choose(encode_turned(build_quadrants(120, 90), "JPEG", 6))


def test_a_turned_png_is_sent_upright() -> None:
    image = choose(encode_turned(build_quadrants(120, 90), "PNG", 6))

    assert open_bytes(image).size == (90, 120)


def test_another_format_is_sent_as_jpeg() -> None:
    sent = open_bytes(choose(encode(build_quadrants(120, 90), "WEBP")))

    assert (sent.format, sent.size) == ("JPEG", (120, 90))


def test_the_preview_saves_a_conversion() -> None:
    image = choose(encode(build_quadrants(1400, 1000), "WEBP"), WITH_PREVIEW)

    assert image == {"Bytes": PREVIEW}


def test_a_file_that_is_too_large_for_rekognition_is_sent_smaller() -> None:
    data = encode(build_quadrants(120, 90), "JPEG")

    padded = data + b"\0" * (OBJECT_BYTES - len(data))

    assert "S3Object" in choose(padded)
    assert "Bytes" in choose(padded + b"\0")


@pytest.mark.parametrize(
    ("size", "sent_size"),
    [((40, 60), (80, 120)), ((60, 40), (120, 80)), ((80, 79), (82, 80)), ((80, 80), None)],
)
def test_a_picture_that_is_too_small_is_enlarged(
    size: tuple[int, int], sent_size: tuple[int, int] | None
) -> None:
    image = choose(encode(build_quadrants(*size), "JPEG"))

    if sent_size is None:
        assert "S3Object" in image
    else:
        assert open_bytes(image).size == sent_size


def test_the_preview_of_a_narrow_picture_is_not_sent_if_it_is_too_small() -> None:
    image = choose(encode(build_quadrants(3000, 100), "WEBP"), WITH_PREVIEW)

    assert min(open_bytes(image).size) >= LEAST_SIDE_PX


def test_a_very_long_picture_is_not_enlarged_without_end() -> None:
    sent = open_bytes(choose(encode(build_quadrants(60_000, 40), "JPEG", quality=30)))

    assert max(sent.size) <= 10_000
