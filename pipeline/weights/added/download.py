"""Downloads the files of an added model that are not there yet."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from pipeline.weights.errors import WeightsError
from pipeline.worker.vision.added.manifest import MANIFEST

MOST_BYTES = 1024**3
"""The most that one file may have. A larger network would not fit into a worker's memory."""

_TIMEOUT_SECONDS = 30
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def is_url(source: str) -> bool:
    return source.startswith(("http://", "https://"))


def fetch_manifest(url: str, folder: Path) -> None:
    """Download `model.toml`.

    Raises:
        WeightsError: It cannot be downloaded.
    """
    if not urlsplit(url).path.endswith(f"/{MANIFEST}"):
        raise WeightsError(f"{url} is no {MANIFEST}. Name its URL; the other files stand beside.")
    download(url, folder / MANIFEST)


def complete(folder: Path, manifest_url: str) -> None:
    """Download the files that the manifest names and the folder lacks.

    The ONNX file comes from `url` of the manifest. The others stand beside the manifest's own URL.

    Raises:
        WeightsError: A file cannot be downloaded.
    """
    rows = read_rows(folder)
    file, url = rows.get("file"), rows.get("url")
    for name in _list_files(rows):
        if (folder / name).exists():
            continue
        if name == file and isinstance(url, str):
            download(url, folder / name)
        elif manifest_url:
            download(urljoin(manifest_url, name), folder / name)


def read_rows(folder: Path) -> dict[str, Any]:
    """Return the rows of the manifest; none if it is wrong, because its check says why."""
    try:
        return tomllib.loads((folder / MANIFEST).read_text("utf-8"))
    except (FileNotFoundError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}


def _list_files(rows: dict[str, Any]) -> list[str]:
    """Return the names of files beside the manifest. A path is none."""
    sample, int8 = rows.get("sample"), rows.get("int8")
    names = [rows.get("file"), rows.get("classes_file")]
    names += [sample.get("picture")] if isinstance(sample, dict) else []
    names += [int8.get("file")] if isinstance(int8, dict) else []
    return [name for name in names if isinstance(name, str) and name == Path(name).name and name]


def download(url: str, path: Path) -> None:
    """Write the content of a URL to a file.

    Raises:
        WeightsError: There is no answer, another one than 200, or too much.
    """
    _check_scheme(url)
    try:
        with httpx.stream("GET", url, follow_redirects=True, timeout=_TIMEOUT_SECONDS) as answer:
            for one in (*answer.history, answer):
                _check_scheme(str(one.url))
            answer.raise_for_status()
            with path.open("wb") as file:
                size = 0
                for part in answer.iter_bytes():
                    size += len(part)
                    if size > MOST_BYTES:
                        raise WeightsError(f"{url} has more than {MOST_BYTES} bytes. Check it.")
                    file.write(part)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise WeightsError(
            f"{url} cannot be downloaded: {error}. Check it and try again."
        ) from error


def _check_scheme(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise WeightsError(f"{url} is not encrypted. Name an https URL.")
