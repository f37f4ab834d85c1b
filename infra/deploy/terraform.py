"""Terraform on a copy of the code, with real providers or, where none can be had, their schema."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
ROOTS = (".", "envs/dev", "envs/prod")
"""Folders below infra/terraform that Terraform runs in; the first one tests the modules."""

READ = ("infra/terraform", "infra/policies", "infra/headers.json", "docs/api")
"""All that the configuration reads."""

OFFLINE = Path("../shared/tf-offline")
"""Beside the checkout there may be a tool that serves provider schemas; TF_OFFLINE overrides."""


class TerraformError(Exception):
    """A step failed; the message says which and what Terraform said."""


@dataclass(frozen=True)
class Workspace:
    """A copy of the code in which Terraform may leave its files."""

    folder: Path
    environment: dict[str, str]

    def run(self, root: str, *arguments: str) -> str:
        """Run Terraform in `root`.

        Returns:
            What it printed.

        Raises:
            TerraformError: It failed.
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
    """Copy the code and find providers for it.

    Raises:
        TerraformError: Terraform is missing, or there is no way to providers.
    """
    if shutil.which("terraform") is None:
        raise TerraformError(
            "terraform is not on the PATH, and neither PyPI nor Debian ships it. Install 1.11 or"
            " newer as HashiCorp's documentation says, then run the same command again."
        )
    with tempfile.TemporaryDirectory() as folder:
        for path in READ:
            _copy(REPOSITORY / path, Path(folder) / path)
        with (_make_cache("terraform") / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # Tests run in several processes, which share caches
            environment = _find_providers(Path(folder))
        yield Workspace(Path(folder), environment)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        ignore = shutil.ignore_patterns(".terraform*", "*.tfstate*", "*.tfvars")
        shutil.copytree(source, target, ignore=ignore)
    else:
        shutil.copy(source, target)


def _find_providers(folder: Path) -> dict[str, str]:
    """An environment in which `terraform init` succeeds."""
    offline = Path(os.environ.get("TF_OFFLINE", REPOSITORY / OFFLINE)) / "tf_offline.py"
    plain = {**os.environ, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
    # Shared with other runs, so that the provider is fetched once; it is large.
    plain["TF_PLUGIN_CACHE_DIR"] = str(_make_cache("terraform/plugins"))
    plain["TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE"] = "1"
    try:
        Workspace(folder, plain).run(".", "init", "-backend=false", "-input=false", "-no-color")
    except TerraformError as error:
        if not offline.is_file():
            raise TerraformError(
                f"{error}\nNo provider could be fetched, and there is no {offline} to stand in."
                " Check the network, or set TF_OFFLINE to the folder of tf_offline.py."
            ) from error
    else:
        return plain
    cache = _make_cache("terraform/offline")
    setup = [sys.executable, str(offline), "setup", str(cache)]
    subprocess.run(setup, check=True, stdout=subprocess.DEVNULL)
    return {
        **os.environ,
        "TF_CLI_CONFIG_FILE": str(cache / "terraform.rc"),
        "TF_IN_AUTOMATION": "1",
    }


def _make_cache(name: str) -> Path:
    cache = REPOSITORY / ".cache" / name
    cache.mkdir(parents=True, exist_ok=True)
    return cache


def check(workspace: Workspace, root: str) -> str:
    """Validate and test the configuration in `root`.

    Raises:
        TerraformError: Something is wrong with it.
    """
    workspace.run(root, "init", "-backend=false", "-input=false", "-no-color")
    workspace.run(root, "validate", "-no-color")
    return workspace.run(root, "test", "-no-color")
