"""Hostile files made of other formats: renamed, joined, cut to their first bytes, animated."""

import gzip
import io
import itertools
import struct
import zipfile
from collections.abc import Iterator
from typing import Any

from PIL import Image

from tests.pictures import build_chunk, build_quadrants, encode

Parts = Iterator[tuple[str, bytes]]

EXTENSIONS = ("jpg", "png", "webp")
_ANIMATED: dict[str, Any] = {"save_all": True, "duration": 50}


def find_parts(data: bytes) -> list[int]:
    """Offsets of the segments or chunks of a valid picture."""
    if data.startswith(b"\xff\xd8"):
        return [at for at in range(2, len(data) - 1) if data[at] == 0xFF and data[at + 1] > 0xBF]
    is_png = data.startswith(b"\x89PNG")
    at, parts = (8 if is_png else 12), list[int]()
    while at + 8 <= len(data):
        parts += [at, at + 4, at + 8]
        (length,) = struct.unpack_from(">I" if is_png else "<I", data, at + (0 if is_png else 4))
        at += 12 + length if is_png else 8 + length + length % 2
    return parts


def build_polyglots() -> Parts:
    """Pictures that are also another format: https://github.com/corkami/docs."""
    picture = build_quadrants(96, 64)
    script = b"<script>alert(document.domain)</script>"
    tails = {
        "zip": build_zip(b"hello" * 100),
        "html": b"<html>" + script,
        "php": b"<?php system($_GET['c']); ?>",
        "pdf": b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj",
        "exe": b"MZ" + bytes(200),
        "jpeg": encode(picture, "JPEG"),
        "gif": encode(picture, "GIF"),
    }
    for kind, (name, tail) in itertools.product(("JPEG", "PNG", "WEBP"), tails.items()):
        data = encode(picture, kind)
        yield f"{kind}-then-{name}", data + tail
        yield f"{name}-then-{kind}", tail + data
    jpeg = encode(picture, "JPEG", comment=script + tails["php"])
    yield "script-in-comment.jpg", jpeg
    png = encode(picture, "PNG")
    yield "script-in-text.png", png[:33] + build_chunk(b"tEXt", b"Comment\0" + script) + png[33:]
    yield "gif-head.jpg", b"GIF89a" + encode(picture, "JPEG")
    yield "webp-in-jpeg-comment.jpg", encode(picture, "JPEG", comment=encode(picture, "WEBP"))


def build_animations() -> Parts:
    """Files with more than one picture."""
    frames = [build_quadrants(64, 64).rotate(90 * turn) for turn in range(4)]
    for count, kind in itertools.product((2, 3, 4), ("PNG", "WEBP")):
        data = encode(frames[0], kind, append_images=frames[1:count], **_ANIMATED)
        yield f"{count}-frames.{kind.lower()}", data
    many = [Image.new("RGB", (32, 32), (n % 256, 0, 0)) for n in range(300)]
    yield "300-frames.webp", encode(many[0], "WEBP", append_images=many[1:], **_ANIMATED)
    yield "300-frames.png", encode(many[0], "PNG", append_images=many[1:], **_ANIMATED)


def build_renamed() -> Parts:
    """Formats that OpenCV or a browser can read and that we do not accept."""
    picture = build_quadrants(96, 64)
    options: dict[str, dict[str, Any]] = {
        "GIF": {},
        "BMP": {},
        "TIFF": {},
        "JPEG2000": {},
        "ICO": {},
        "PPM": {},
        "TGA": {},
        "PCX": {},
        "SGI": {},
        "PDF": {},
        "DDS": {},
    }
    files = {name: encode(picture, name, **extra) for name, extra in options.items()}
    files["TIFF-jpeg"] = encode(picture, "TIFF", compression="jpeg")
    files["PSD"] = b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, 64, 96, 8, 3) + bytes(40)
    files["HDR"] = b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 64 +X 96\n" + bytes(96 * 64 * 4)
    files["EXR"] = b"v/1\x01\x02\0\0\0" + bytes(200)
    files["HEIC of nothing"] = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200)
    files["MP4"] = b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + bytes(200)
    files["JPEG-XL"] = b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(200)
    for (name, data), extension in itertools.product(files.items(), EXTENSIONS):
        yield f"{name}.{extension}", data


def build_archives() -> Parts:
    """Files that are not pictures."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    files = {
        "zip bomb": build_zip(bytes(30_000_000)),
        "nested zip bomb": build_zip(build_zip(bytes(30_000_000))),
        "gzip bomb": gzip.compress(bytes(30_000_000), mtime=0),
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "svg billion laughs": f'<!DOCTYPE s [<!ENTITY l0 "ha">{laughs}]><svg>&l9;</svg>'.encode(),
        "svg xxe": b'<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>',
        "mvg": b"push graphic-context\nfill 'url(https://example.com/|ls)'\n",  # CVE-2016-3714
        "text": b"not a picture " * 50,
        "zeros": bytes(100_000),
        "ones": b"\xff" * 100_000,
        "elf": b"\x7fELF" + bytes(500),
    }
    for (name, data), extension in itertools.product(files.items(), EXTENSIONS):
        yield f"{name}.{extension}", data


def build_stubs() -> Parts:
    """Only the first bytes of each format."""
    picture = build_quadrants(96, 64)
    for kind in ("JPEG", "PNG", "WEBP"):
        data = encode(picture, kind)
        for length in range(24):
            yield f"{length}-bytes.{kind.lower()}", data[:length]


def build_zip(content: bytes) -> bytes:
    """A zip archive of one file with this content."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        # ZipInfo has a fixed date, so the bytes never change.
        archive.writestr(zipfile.ZipInfo("a"), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()
