"""Builds files that attack a decoder. Every build gives the same files; none is stored.

Known attacks name their source.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial

from PIL import Image

from tests.heif_files import Kind
from tests.pictures import build_quadrants, encode
from tools.hostile import boxes, claims, containers, repairs

Parts = Iterator[tuple[str, bytes]]
"""Pairs of a file name and its content."""

FLIPS = 60
_SEED = 6


@dataclass(frozen=True)
class HostileFile:
    """One file of the corpus."""

    kind: str
    name: str
    data: bytes
    must_be_refused: bool


def build_corpus(*kinds: str) -> Iterator[HostileFile]:
    """The files of these kinds; of all kinds if none is named."""
    for kind in kinds or KINDS:
        build, must_be_refused = KINDS[kind]
        for name, data in build():
            yield HostileFile(kind, name, data, must_be_refused)


@cache
def build_sound_files() -> dict[str, bytes]:
    """The valid pictures to damage: all codings of the three formats, with EXIF and ICC profile."""
    picture = build_quadrants(320, 200)
    noise = Image.frombytes("RGB", (200, 160), random.Random(_SEED).randbytes(200 * 160 * 3))
    exif = Image.Exif()
    exif[0x0112] = 6
    profile = bytes(3000)
    return {
        "baseline.jpg": encode(picture, "JPEG", exif=exif.tobytes(), icc_profile=profile),
        "progressive.jpg": encode(noise, "JPEG", progressive=True, quality=60),
        "restarts.jpg": encode(noise, "JPEG", restart_marker_rows=2),
        "grey.jpg": encode(noise.convert("L"), "JPEG"),
        "cmyk.jpg": encode(picture.convert("CMYK"), "JPEG"),
        "rgb.png": encode(picture, "PNG", exif=exif.tobytes(), icc_profile=profile),
        "noise.png": encode(noise, "PNG"),
        "alpha.png": encode(picture.convert("RGBA"), "PNG"),
        "palette.png": encode(picture.convert("P"), "PNG"),
        "lossy.webp": encode(noise, "WEBP", exif=exif.tobytes()),
        "lossless.webp": encode(noise, "WEBP", lossless=True),
        "alpha.webp": encode(picture.convert("RGBA"), "WEBP", icc_profile=profile),
    }


def _truncate() -> Parts:
    for name, data in build_sound_files().items():
        cuts = {*containers.find_parts(data), *(len(data) * n // 8 for n in range(1, 8))}
        cuts |= {len(data) - 1, len(data) - 2}
        for cut in sorted(cuts):
            yield f"{cut}-bytes-of-{name}", data[:cut]


def _flip() -> Parts:
    random_ = random.Random(_SEED)
    for name, data in build_sound_files().items():
        for number in range(FLIPS // 4):
            changed = bytearray(data)
            for _ in range(1 + number):
                changed[random_.randrange(2, len(data))] = random_.randrange(256)
            yield f"flipped-{number}-{name}", bytes(changed)


def _splice() -> Parts:
    """The beginning of one picture and the end of another of the same format."""
    sound = build_sound_files()
    for name, data in sound.items():
        for other, tail in sound.items():
            if name != other and name[-4:] == other[-4:]:
                yield f"{other}-in-{name}", data[: len(data) // 2] + tail[len(tail) // 2 :]


def _list_box_kinds(kind: Kind, name: str) -> dict[str, tuple[Callable[[], Parts], bool]]:
    return {
        f"{name} truncated": (partial(boxes.build_cut, kind), False),
        f"{name} bytes changed": (partial(boxes.build_changed, kind), False),
        f"{name} wrong length": (partial(boxes.build_wrong_lengths, kind), False),
        f"{name} properties": (partial(boxes.build_damaged_properties, kind), False),
        f"{name} lying sizes": (partial(boxes.build_lying_sizes, kind), False),
        f"{name} grid": (partial(boxes.build_grids, kind), False),
        f"{name} pixel bomb": (partial(boxes.build_bombs, kind), True),
        f"{name} as large as allowed": (partial(boxes.build_giants, kind), False),
    }


KINDS: dict[str, tuple[Callable[[], Parts], bool]] = {
    "truncated": (_truncate, False),
    "bytes changed": (_flip, False),
    "spliced": (_splice, False),
    "pixel bomb": (claims.build_bombs, True),
    "scan bomb": (claims.build_scan_bombs, True),
    "as large as allowed": (claims.build_giants, False),
    "wrong length": (claims.build_wrong_lengths, False),
    "impossible header": (claims.build_impossible_headers, False),
    "EXIF": (claims.build_exif, False),
    "profile or text bomb": (claims.build_compressed_extras, False),
    "polyglot": (containers.build_polyglots, False),
    "animation": (containers.build_animations, True),
    "another format": (containers.build_renamed, True),
    "archive or document": (containers.build_archives, True),
    "first bytes only": (containers.build_stubs, True),
    "JPEG without end": (repairs.build_endless_jpegs, False),
    "PNG that needs repair": (repairs.build_broken_streams, False),
    "PNG too deep": (repairs.build_too_deep, True),
    "transparent level": (repairs.build_transparent_levels, False),
    "colour profile": (repairs.build_profiles, False),
    **_list_box_kinds("HEIF", "HEIC"),
    **_list_box_kinds("AVIF", "AVIF"),
    "AVIF sequence": (partial(boxes.build_sequences, "AVIF"), True),
    "AVIF sequence damaged": (partial(boxes.build_cut_sequences, "AVIF"), False),
}
