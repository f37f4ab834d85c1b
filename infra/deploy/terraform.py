"""Runs Terraform on a copy of the code, with the real provider or with its schema."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.local.errors import LocalError
from infra.local.providers import (
    INSTALL_TERRAFORM,
    MISSING_TERRAFORM,
    Source,
    choose_source,
    find_terraform,
)
from infra.terraform_offline import mirror

REPOSITORY = Path(__file__).parents[2]
ROOTS = (".", "envs/dev", "envs/prod")
"""Folders below infra/terraform that Terraform runs in. The first one tests the modules."""

READ = ("infra/terraform", "infra/policies", "infra/headers.json", "docs/api")
"""Everything that the configuration reads."""


class TerraformError(Exception):
    """A step failed. The message names it and contains Terraform's output."""


@dataclass(frozen=True)
class Workspace:
    """A copy of the code in which Terraform can write its files."""

    folder: Path
    environment: dict[str, str]
    source: Source

    def run(self, root: str, *arguments: str) -> str:
        """Run Terraform in `root`.

        Returns:
            Its output.

        Raises:
            TerraformError: Terraform failed.
        """
        done = subprocess.run(
            ["terraform", *arguments],
            cwd=self.folder / "infra/terraform" / root,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if done.returncode:
            raise TerraformError(f"terraform {arguments[0]} failed in {root}:\n{done.stdout}")
        return done.stdout


@contextmanager
def open_workspace() -> Iterator[Workspace]:
    """Copy the code and find a provider for it.

    Raises:
        TerraformError: Terraform is missing, or no provider could be fetched.
    """
    terraform = find_terraform()
    if terraform is None or not terraform.is_usable:
        raise TerraformError(f"{MISSING_TERRAFORM} {INSTALL_TERRAFORM}")
    with tempfile.TemporaryDirectory() as folder:
        for path in READ:
            _copy(REPOSITORY / path, Path(folder) / path)
        source = choose_source()
        workspace = Workspace(Path(folder), _build_environment(source), source)
        if source is Source.REGISTRY:
            _fetch_provider(workspace)
        yield workspace


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        ignore = shutil.ignore_patterns(".terraform*", "*.tfstate*", "*.tfvars")
        shutil.copytree(source, target, ignore=ignore)
    else:
        shutil.copy(source, target)


def _build_environment(source: Source) -> dict[str, str]:
    """An environment in which `terraform init` finds its provider.

    Raises:
        TerraformError: The schema could not be prepared.
    """
    # Terraform holds a large schema. Collecting garbage less often saves a quarter of its time.
    calm = {"GOGC": "400"}
    plain = {**calm, **os.environ, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
    if source is Source.SCHEMA:
        try:
            return {**plain, "TF_CLI_CONFIG_FILE": str(mirror.prepare())}
        except LocalError as error:
            raise TerraformError(str(error)) from error
    return {
        **plain,
        # All runs share it, so that the large provider is downloaded once.
        "TF_PLUGIN_CACHE_DIR": str(_make_cache("terraform/plugins")),
        "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE": "1",
    }


def _fetch_provider(workspace: Workspace) -> None:
    """Fill the cache. Only one process at a time, because Terraform does not lock it."""
    with (_make_cache("terraform") / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        workspace.run(".", "init", "-backend=false", "-input=false", "-no-color")


def _make_cache(name: str) -> Path:
    cache = REPOSITORY / ".cache" / name
    cache.mkdir(parents=True, exist_ok=True)
    return cache


def check(workspace: Workspace, root: str) -> str:
    """Test the configuration in `root`. Each test validates what it runs before it plans it.

    Raises:
        TerraformError: The configuration is invalid or a test failed.
    """
    workspace.run(root, "init", "-backend=false", "-input=false", "-no-color")
    return workspace.run(root, "test", "-no-color")
