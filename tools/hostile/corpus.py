"""Builds files that attack a decoder. Every build gives the same files; none is stored.

Known attacks name their source.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial

from PIL import Image

from pipeline.core.options import Detail, Feature, Options
from tests.heif_files import Kind
from tests.pictures import build_quadrants, encode
from tools.hostile import boxes, claims, containers, pages, repairs

Parts = Iterator[tuple[str, bytes]]
"""Pairs of a file name and its content."""

FLIPS = 60
_SEED = 6

LABELS = Options(min_confidence=0, max_labels=100)
TEXT = replace(LABELS, features=(Feature.LABELS, Feature.TEXT))
CLOSE = replace(LABELS, features=(Feature.LABELS, Feature.PROPERTIES), detail=Detail.FINE)


@dataclass(frozen=True)
class HostileFile:
    """One file of the corpus."""

    kind: str
    name: str
    data: bytes
    must_be_refused: bool
    options: Options
    """What is asked about its picture."""


@dataclass(frozen=True)
class FileKind:
    """Files that attack in the same way."""

    build: Callable[[], Parts]
    must_be_refused: bool = False
    options: Options = LABELS


def build_corpus(*kinds: str) -> Iterator[HostileFile]:
    """The files of these kinds; of all kinds if none is named."""
    for name in kinds or KINDS:
        kind = KINDS[name]
        for file_name, data in kind.build():
            yield HostileFile(name, file_name, data, kind.must_be_refused, kind.options)


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


def _list_box_kinds(kind: Kind, name: str) -> dict[str, FileKind]:
    return {
        f"{name} truncated": FileKind(partial(boxes.build_cut, kind)),
        f"{name} bytes changed": FileKind(partial(boxes.build_changed, kind)),
        f"{name} wrong length": FileKind(partial(boxes.build_wrong_lengths, kind)),
        f"{name} properties": FileKind(partial(boxes.build_damaged_properties, kind)),
        f"{name} lying sizes": FileKind(partial(boxes.build_lying_sizes, kind)),
        f"{name} grid": FileKind(partial(boxes.build_grids, kind)),
        f"{name} pixel bomb": FileKind(partial(boxes.build_bombs, kind), must_be_refused=True),
        f"{name} as large as allowed": FileKind(partial(boxes.build_giants, kind)),
    }


def _list_page_kinds(name: str, options: Options) -> dict[str, FileKind]:
    return {
        f"{name}: {kind}": FileKind(build, options=options)
        for kind, build in {
            "pages": pages.build_pages,
            "specks": pages.build_specks,
            "shapes": pages.build_shapes,
            "depths": pages.build_depths,
            "as large as allowed": pages.build_largest,
        }.items()
    }


KINDS: dict[str, FileKind] = {
    "truncated": FileKind(_truncate),
    "bytes changed": FileKind(_flip),
    "spliced": FileKind(_splice),
    "pixel bomb": FileKind(claims.build_bombs, must_be_refused=True),
    "scan bomb": FileKind(claims.build_scan_bombs, must_be_refused=True),
    "as large as allowed": FileKind(claims.build_giants),
    "wrong length": FileKind(claims.build_wrong_lengths),
    "impossible header": FileKind(claims.build_impossible_headers),
    "EXIF": FileKind(claims.build_exif),
    "profile or text bomb": FileKind(claims.build_compressed_extras),
    "polyglot": FileKind(containers.build_polyglots),
    "animation": FileKind(containers.build_animations, must_be_refused=True),
    "another format": FileKind(containers.build_renamed, must_be_refused=True),
    "archive or document": FileKind(containers.build_archives, must_be_refused=True),
    "first bytes only": FileKind(containers.build_stubs, must_be_refused=True),
    "JPEG without end": FileKind(repairs.build_endless_jpegs),
    "PNG that needs repair": FileKind(repairs.build_broken_streams),
    "PNG too deep": FileKind(repairs.build_too_deep, must_be_refused=True),
    "transparent level": FileKind(repairs.build_transparent_levels),
    "colour profile": FileKind(repairs.build_profiles),
    **_list_box_kinds("HEIF", "HEIC"),
    **_list_box_kinds("AVIF", "AVIF"),
    "AVIF sequence": FileKind(partial(boxes.build_sequences, "AVIF"), must_be_refused=True),
    "AVIF sequence damaged": FileKind(partial(boxes.build_cut_sequences, "AVIF")),
    **_list_page_kinds("text", TEXT),
    **_list_page_kinds("fine, properties", CLOSE),
}
