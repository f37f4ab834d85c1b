"""Finds Terraform on this machine and the source of its AWS provider.

Preflight reads it before anything is installed, so this module imports the standard library only.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

LEAST_TERRAFORM = (1, 11)
"""infra/terraform requires it."""

CACHE = Path(__file__).resolve().parents[2] / ".cache/terraform"
DISCOVERY = "https://registry.terraform.io/.well-known/terraform.json"
TIMEOUT_SECONDS = 3
ANSWER_SECONDS = 3600
"""How long one answer of the registry is valid, so that a run asks once."""

MISSING_TERRAFORM = "Terraform 1.11 or newer is missing."
INSTALL_TERRAFORM = (
    "Install it as https://developer.hashicorp.com/terraform/install says:"
    " no package registry ships a current one that we trust."
)


class Source(StrEnum):
    """Where the provider comes from."""

    REGISTRY = "registry"  # The real provider
    SCHEMA = "schema"  # Its schema only, from infra/terraform_offline

    def describe(self) -> str:
        """Says which source is used and what it cannot check."""
        if self is Source.REGISTRY:
            return "the real AWS provider, from the Terraform registry"
        return (
            "the schema of the AWS provider, because the Terraform registry does not answer."
            " Not checked: allowed values, ranges, ARN and CIDR syntax, arguments that exclude"
            " or need each other"
        )


@dataclass(frozen=True)
class Terraform:
    """An installed Terraform."""

    path: str
    version: tuple[int, ...]

    @property
    def is_usable(self) -> bool:
        """Whether it is new enough."""
        return self.version >= LEAST_TERRAFORM


def find_terraform() -> Terraform | None:
    """The Terraform on the PATH. None if it is missing or does not run."""
    path = shutil.which("terraform")
    if path is None:
        return None
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1"}
    try:
        done = subprocess.run(
            [path, "version", "-json"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=20,
        )
        text: str = json.loads(done.stdout)["terraform_version"]
    except (OSError, ValueError, KeyError, subprocess.TimeoutExpired):
        return None
    numbers = text.partition("-")[0].split(".")
    return Terraform(path, tuple(int(number) for number in numbers))


def choose_source() -> Source:
    """The registry if it answers within 3 s, else the schema. Asks at most once an hour."""
    file = CACHE / "source.json"
    try:
        answer = json.loads(file.read_text())
        if 0 <= time.time() - answer["asked_at"] < ANSWER_SECONDS:
            return Source(answer["source"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # No answer yet, or the file is damaged
    source = Source.REGISTRY if _ask_registry() else Source.SCHEMA
    CACHE.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps({"source": source, "asked_at": time.time()}))
    draft.replace(file)  # In one step, because tests run in several processes
    return source


def _ask_registry() -> bool:
    try:
        with urllib.request.urlopen(DISCOVERY, timeout=TIMEOUT_SECONDS) as response:
            return "providers.v1" in json.load(response)
    except (OSError, ValueError, http.client.HTTPException):
        return False
