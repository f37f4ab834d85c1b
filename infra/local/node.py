"""Node.js, which builds the web page: the installed one, or one from PyPI.

Imports the standard library only, see preflight.py.
"""

import os
import re
import shutil
import ssl
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.installer import InstallError, install
from infra.local.errors import LocalError
from infra.local.layout import CACHE, REPOSITORY
from infra.local.once import locked

LEAST_VERSION = (20, 19)
"""Vite requires it."""

OWN = REPOSITORY / ".venv" / "bin"
"""Where we install one."""

NODE_FROM_PYPI = "Node.js 22 from the Python registry, into .venv"
"""The source of Node.js for a machine without a new one."""

BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")
"""Where Debian and Fedora keep their certificate authorities."""

LOCK = REPOSITORY / "requirements" / "node.txt"


@dataclass(frozen=True)
class Node:
    """An installed Node.js with its npm."""

    folder: Path
    """Where `node` and `npm` are."""

    @property
    def npm(self) -> str:
        return str(self.folder / "npm")

    def extend(self, environment: Mapping[str, str]) -> dict[str, str]:
        """An environment that finds this Node.js first and trusts what the machine trusts."""
        trusted = {"NODE_EXTRA_CA_CERTS": bundle} if (bundle := find_certificates()) else {}
        path = f"{self.folder}:{environment.get('PATH', '')}"
        return {**trusted, **environment, "PATH": path}


def find_certificates() -> str | None:
    """The machine's certificate authorities. Node.js itself knows only its own list.

    Without them npm fails behind a proxy that opens TLS with a certificate of its own.
    """
    named = (os.environ.get("SSL_CERT_FILE"), ssl.get_default_verify_paths().cafile, *BUNDLES)
    return next((it for it in named if it and Path(it).is_file()), None)


def find_installed_node() -> Node | None:
    """The Node.js of this machine, else the one that was installed for us."""
    for candidate in (shutil.which("node"), str(OWN / "node")):
        if candidate and is_usable(Path(candidate)):
            return Node(Path(candidate).parent)
    return None


def find_node() -> Node:
    """Find a Node.js that is new enough, or install one into our virtual environment.

    Raises:
        LocalError: There is none, and none could be installed.
    """
    if node := find_installed_node():
        return node
    with locked(CACHE / "node.lock"):
        if not is_usable(OWN / "node"):
            _install()
    if not is_usable(OWN / "node"):
        raise LocalError(
            "The Node.js that was installed does not run on this machine.",
            "Install Node.js 20.19 or newer from your system's packages and start again.",
        )
    return Node(OWN)


def is_usable(node: Path) -> bool:
    """Whether it runs, is new enough and has its npm beside it."""
    if not node.exists() or not (node.parent / "npm").exists():
        return False
    try:
        done = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return False
    version = re.match(r"v(\d+)\.(\d+)\.", done.stdout)
    return version is not None and tuple(map(int, version.groups())) >= LEAST_VERSION


def _install() -> None:
    try:
        install(LOCK)
    except InstallError as error:
        raise LocalError(
            "This machine has no Node.js 20.19 or newer, and none could be installed from PyPI.\n"
            f"{error}",
            "Check the network, or install Node.js from your system's packages; then start again.",
        ) from error
