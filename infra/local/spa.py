"""The web page on the local AWS. It is built when its sources change and served by CloudFront."""

import hashlib
import json
import mimetypes
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from infra.local import names
from infra.local.clients import Clients
from infra.local.errors import LocalError
from infra.local.layout import CACHE, REPOSITORY
from infra.local.node import Node, find_node
from infra.local.once import locked
from infra.local.rekognition.budget import is_offered
from infra.local.state import State

SOURCES = REPOSITORY / "spa"
OPENAPI = REPOSITORY / "docs" / "api" / "openapi.json"
WORDS = REPOSITORY / "pipeline" / "core" / "words"
"""The words of labels in other languages, which the page loads."""
CLIENT = REPOSITORY / "clients" / "typescript"
"""The client by which the page uses the API."""
NOT_SOURCES = {"node_modules", "dist"}

IMMUTABLE = "public, max-age=31536000, immutable"
"""Caching of files whose names contain a hash of their content."""
FRESH = "no-cache"


def build_page() -> Path:
    """Build the page unless its sources are unchanged, and return its folder.

    Raises:
        LocalError: It cannot be built.
    """
    folder = CACHE / f"page-{hash_sources()}"
    # Two systems may start at once. Only one may write these folders.
    with locked(CACHE / "page.lock"):
        if not folder.exists():
            node = find_node()
            install_packages(node)
            _forget_old_pages()
            draft = folder.with_name(f"{folder.name}.draft")
            _run(node, "run", "build", "--", "--outDir", str(draft), "--emptyOutDir")
            draft.rename(folder)
    return folder


def publish_page(clients: Clients, folder: Path, state: State) -> None:
    """Upload the page: first the assets, then the files that refer to them."""
    config = {
        "apiUrl": state.api_url,
        "userPoolId": state.user_pool_id,
        "userPoolClientId": state.client_id,
        "userPoolEndpoint": state.endpoint,
        "offersRekognition": is_offered(),
    }
    paths = [path for path in folder.rglob("*") if path.is_file()]
    for path in sorted(paths, key=lambda path: "assets" not in path.parts):
        key = path.relative_to(folder).as_posix()
        _put(clients, key, path.read_bytes())
    _put(clients, "config.json", json.dumps(config).encode())


def hash_sources() -> str:
    """A hash of the present sources."""
    digest = hashlib.sha256(OPENAPI.read_bytes())
    for folder in (SOURCES, CLIENT, WORDS):
        for path in _list_sources(folder):
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _list_sources(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name not in NOT_SOURCES:
            yield from _list_sources(path)
        elif path.is_file():
            yield path


def install_packages(node: Node) -> None:
    """Run `npm ci` unless the packages of this lock are installed already."""
    wanted = hashlib.sha256((SOURCES / "package-lock.json").read_bytes()).hexdigest()
    stamp = SOURCES / "node_modules" / ".spotter-lock"
    with locked(CACHE / "npm.lock"):
        if stamp.exists() and stamp.read_text() == wanted:
            return
        _run(node, "ci", "--no-audit", "--no-fund", "--loglevel=error")
        stamp.write_text(wanted)


def _run(node: Node, *arguments: str) -> None:
    done = subprocess.run(
        [node.npm, *arguments],
        cwd=SOURCES,
        env=node.extend(os.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        end = "\n".join(done.stdout.splitlines()[-15:])
        raise LocalError(
            f"The web page could not be built: npm {arguments[0]} failed. Its output ends:\n{end}",
            "Check the network and the disk, then start again.",
        )


def _forget_old_pages() -> None:
    for old in CACHE.glob("page-*"):
        shutil.rmtree(old)


def _put(clients: Clients, key: str, data: bytes) -> None:
    clients.s3.put_object(
        Bucket=names.PAGE_BUCKET,
        Key=key,
        Body=data,
        ContentType=mimetypes.guess_type(key)[0] or "application/octet-stream",
        CacheControl=IMMUTABLE if key.startswith("assets/") else FRESH,
    )
