"""Runs workers and functions of an earlier commit together with the present ones."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from infra.local import names
from infra.local.layout import REPOSITORY
from infra.local.resources.functions import FUNCTIONS
from infra.package.functions import zip_code
from tools.chaos.system import WORKERS, System, wait_for_workers

STEP_SECONDS = 5
"""Duration of each mixture of releases."""

OLD_WORKERS = ("old-1", "old-2")


def unpack(ref: str, folder: Path) -> None:
    """Extract the code of an earlier commit into a folder.

    Raises:
        subprocess.CalledProcessError: The clone does not have the commit.
    """
    folder.mkdir(parents=True, exist_ok=True)
    archive = subprocess.run(
        ["git", "archive", ref, "pipeline"], cwd=REPOSITORY, check=True, capture_output=True
    )
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)


def roll_workers_first(system: System, stop: Event) -> int:
    """Replace workers first. For a time the present workers serve the old functions."""
    with old_release(system):
        stop.wait(STEP_SECONDS)
        _use_workers(system, new=WORKERS, old=OLD_WORKERS)
        stop.wait(STEP_SECONDS)
        _use_workers(system, new=WORKERS, old=())
        stop.wait(STEP_SECONDS)
    stop.wait()
    return 3


def roll_functions_first(system: System, stop: Event) -> int:
    """Replace functions first. For a time the old workers serve the present functions."""
    with old_release(system):
        stop.wait(STEP_SECONDS)
        put_functions(system, REPOSITORY)
        stop.wait(STEP_SECONDS)
        _use_workers(system, new=WORKERS, old=OLD_WORKERS)
        stop.wait(STEP_SECONDS)
    stop.wait()
    return 3


@contextmanager
def old_workers(system: System) -> Iterator[None]:
    """Run only workers of the old release."""
    old = str(get_folder(system))
    # The folder of the old release comes first on the path; the harness is not on it.
    command = ("/bin/sh", "-c", 'cd "$0" && exec "$@"', old, sys.executable, "-m")
    with system.fleet("old", (*command, "pipeline.worker"), list(OLD_WORKERS)):
        _use_workers(system, new=(), old=OLD_WORKERS)
        yield
        _use_workers(system, new=WORKERS, old=())


@contextmanager
def old_release(system: System) -> Iterator[None]:
    """Run functions and workers of the old release during the block, the present ones after it."""
    put_functions(system, get_folder(system))
    try:
        with old_workers(system):
            yield
    finally:
        put_functions(system, REPOSITORY)


def put_functions(system: System, folder: Path) -> None:
    """Deploy the functions' code from a checkout."""
    package = zip_code(folder)
    client = system.clients.functions
    for function in FUNCTIONS:
        client.update_function_code(
            FunctionName=names.build_function_name(function), ZipFile=package
        )


def get_folder(system: System) -> Path:
    """The folder of the old release."""
    return system.folder / "old"


def _use_workers(system: System, *, new: tuple[str, ...], old: tuple[str, ...]) -> None:
    # New workers first, so that there are always workers.
    system.members["new"] = sorted({*system.members["new"], *new})
    system.members["old"] = sorted({*system.members["old"], *old})
    wait_for_workers(system, sum(len(members) for members in system.members.values()))
    system.members["new"], system.members["old"] = list(new), list(old)
    wait_for_workers(system, len(new) + len(old))
