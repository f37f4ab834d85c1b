import io

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from pipeline.core.images.stored import Colour
from pipeline.worker.vision.colour import to_srgb
from pipeline.worker.vision.image import decode_image
from tests.pictures import build_chunk, encode
from tests.profiles import (
    ADOBE_RGB,
    DISPLAY_P3,
    PRO_PHOTO,
    SRGB,
    build_ink_profile,
    build_matrix_profile,
    build_profile,
    gamma_curve,
    parametric_curve,
)

PROFILES = {
    "Display P3": build_matrix_profile(DISPLAY_P3),
    "Adobe RGB": build_matrix_profile(ADOBE_RGB, gamma_curve(2.19921875)),
    "ProPhoto": build_matrix_profile(PRO_PHOTO, gamma_curve(1.8)),
    "a curve of points": build_matrix_profile(
        DISPLAY_P3,
        b"curv\0\0\0\0\0\0\0\x05" + np.array([0, 3000, 14000, 36000, 65535], ">u2").tobytes(),
    ),
    **{
        f"parametric curve {kind}": build_matrix_profile(DISPLAY_P3, parametric_curve(kind, *given))
        for kind, given in enumerate(
            [
                (2.2,),
                (2.4, 0.95, 0.05),
                (2.4, 0.9, 0.05, 0.02),
                (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045),
                (2.4, 0.94, 0.05, 0.08, 0.04, 0.01, 0.0),
            ]
        )
    },
}


def build_colours() -> npt.NDArray[np.uint8]:
    """RGB, shape (17, 289, 3): the colour cube."""
    steps = np.linspace(0, 255, 17).round().astype(np.uint8)
    red, green, blue = np.meshgrid(steps, steps, steps, indexing="ij")
    return np.stack([red, green, blue], axis=-1).reshape(17, 289, 3)


def convert_by_littlecms(colours: npt.NDArray[np.uint8], icc: bytes) -> npt.NDArray:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    picture = ImageCms.profileToProfile(
        Image.fromarray(colours),
        profile,
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
    )
    assert picture
    return np.asarray(picture)


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_is_converted_as_littlecms_does(name: str) -> None:
    colours = build_colours()
    expected = convert_by_littlecms(colours, PROFILES[name])

    converted = to_srgb(colours[:, :, ::-1].copy(), Colour(icc=PROFILES[name]))[:, :, ::-1]

    assert np.abs(expected.astype(int) - colours).max() > 20  # Else nothing is tested
    np.testing.assert_allclose(converted.astype(int), expected.astype(int), atol=3)


@pytest.mark.parametrize(
    "colour",
    [
        Colour(),
        Colour(icc=build_matrix_profile(SRGB)),
        Colour(cicp=(1, 13)),
        Colour(gamma=1 / 2.2),
        Colour(icc=b"no profile"),
        Colour(icc=build_profile({}, space=b"Luv ")),
        Colour(cicp=(2, 2)),
        Colour(chromaticities=(0.0,) * 8),
    ],
    ids=[
        "nothing", "sRGB", "sRGB by number", "gamma", "damaged", "other space", "unknown number",
        "impossible primaries",
    ],
)  # fmt: skip
def test_pixels_with_srgb_or_unusable_profiles_do_not_change(colour: Colour) -> None:
    colours = build_colours()

    converted = to_srgb(colours, colour)

    np.testing.assert_allclose(converted.astype(int), colours.astype(int), atol=6)


@pytest.mark.parametrize(
    "colour",
    [
        Colour(cicp=(12, 13)),
        Colour(chromaticities=(0.3127, 0.3290, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060)),
    ],
    ids=["by number", "by chromaticities"],
)
def test_primaries_and_an_equal_profile_give_the_same_colours(colour: Colour) -> None:
    colours = build_colours()

    by_primaries = to_srgb(colours, colour)
    by_profile = to_srgb(colours, Colour(icc=PROFILES["Display P3"]))

    np.testing.assert_allclose(by_primaries.astype(int), by_profile.astype(int), atol=3)


def test_linear_light_becomes_srgb() -> None:
    grey = np.full((4, 4, 3), 55, np.uint8)

    assert to_srgb(grey, Colour(gamma=1.0))[0, 0].tolist() == [128, 128, 128]


GREYS = np.linspace(0.05, 0.7, 14)  # Light, of the reference white


@pytest.mark.parametrize("transfer", ["PQ", "HLG"])
def test_an_hdr_picture_looks_like_its_sdr_version(transfer: str) -> None:
    encode_light, number = {"PQ": (_encode_pq, 16), "HLG": (_encode_hlg, 18)}[transfer]
    samples = np.rint(encode_light(GREYS) * 255).astype(np.uint8)
    image = np.repeat(samples[np.newaxis, :, np.newaxis], 3, axis=2)
    sdr = 255 * (1.055 * GREYS ** (1 / 2.4) - 0.055)

    converted = to_srgb(image, Colour(cicp=(9, number)))[0, :, 0]

    np.testing.assert_allclose(converted, sdr, atol=4)


def test_levels_above_paper_white_keep_their_order() -> None:
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[np.newaxis, :, np.newaxis], 3, axis=2)

    converted = to_srgb(ramp, Colour(cicp=(9, 16)))[0, :, 0].astype(int)

    assert (np.diff(converted) >= 0).all()
    assert converted[-1] == 255


def test_the_colour_of_a_file_is_converted() -> None:
    picture = Image.new("RGB", (64, 64), (255, 0, 0))
    data = encode(picture, "PNG")
    tagged = data[:33] + build_chunk(b"cICP", bytes([9, 13, 0, 1])) + data[33:]

    image, _ = decode_image(encode(picture, "WEBP", icc_profile=PROFILES["ProPhoto"]))
    wide, _ = decode_image(tagged)

    assert image[0, 0].tolist()[2] == 255
    assert wide[0, 0].tolist() == [0, 0, 255]


def test_a_grey_profile_is_applied_to_grey() -> None:
    profile = build_profile(
        {b"kTRC": gamma_curve(1.0), b"wtpt": b"XYZ \0\0\0\0\0\0\xf6\xd6\0\1\0\0\0\0\xd3\x2d"},
        space=b"GRAY",
    )

    image, _ = decode_image(encode(Image.new("L", (64, 64), 55), "JPEG", icc_profile=profile))

    np.testing.assert_allclose(image[0, 0], [127, 127, 127], atol=3)


@pytest.mark.parametrize("size", [(64, 64), (1400, 1300)])
def test_cmyk_is_converted_by_its_profile(size: tuple[int, int]) -> None:
    profile = build_ink_profile(full_cyan=(140, 200, 200), paper=(255, 128, 128))
    halves = Image.new("CMYK", size, (0, 0, 0, 0))
    halves.paste((255, 0, 0, 0), (size[0] // 2, 0, *size))

    image, header = decode_image(encode(halves, "JPEG", icc_profile=profile, quality=95))

    assert (header.width, header.height) == size
    assert min(image.shape[:2]) < 2 * 312
    assert image[8, 8].min() > 245  # Paper
    np.testing.assert_allclose(image[8, -8, ::-1], print_ink((255, 0, 0, 0), profile), atol=6)
    assert image[8, -8, 2] > 2 * image[8, -8, 0]  # Red, though the ink is called cyan


def print_ink(ink: tuple[int, ...], icc: bytes) -> tuple[int, ...]:
    """RGB of an ink, as LittleCMS converts it."""
    transform = ImageCms.buildTransform(
        ImageCms.ImageCmsProfile(io.BytesIO(icc)), ImageCms.createProfile("sRGB"), "CMYK", "RGB"
    )
    printed = ImageCms.applyTransform(Image.new("CMYK", (1, 1), ink), transform)
    assert printed
    pixel = printed.getpixel((0, 0))
    assert isinstance(pixel, tuple)
    return pixel


def test_cmyk_without_a_usable_profile_is_still_converted() -> None:
    cyan = Image.new("CMYK", (64, 64), (255, 0, 0, 0))

    image, _ = decode_image(encode(cyan, "JPEG", icc_profile=PROFILES["Display P3"]))

    assert image[8, 8, 0] > image[8, 8, 2]


@given(st.sampled_from(list(PROFILES.values())), st.integers(0, 600), st.binary(max_size=12))
@example(PROFILES["Display P3"], 128, b"\xff\xff\xff\xff")
def test_a_picture_with_a_damaged_profile_is_decoded(icc: bytes, at: int, damage: bytes) -> None:
    damaged = icc[:at] + damage + icc[at + len(damage) :]

    converted = to_srgb(build_colours(), Colour(icc=damaged))

    assert converted.dtype == np.uint8
    assert converted.shape == (17, 289, 3)


def _encode_pq(light: npt.NDArray) -> npt.NDArray:
    power = (light * 203 / 10_000) ** 0.1593017578125
    return np.asarray(((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375)


def _encode_hlg(light: npt.NDArray) -> npt.NDArray:
    scene = (light * 203 / 1000) ** (1 / 1.2)
    high = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), high)
