"""Paths of the local system's files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from infra.repository import REPOSITORY as REPOSITORY

CACHE = REPOSITORY / ".cache"
"""Downloads that all local systems share. `make clean` keeps them."""

WEIGHTS = CACHE / "weights"
PHOTOS = Path(__file__).parent / "photos"
DEMO_PICTURES = REPOSITORY / "build" / "demo"


@dataclass(frozen=True)
class Layout:
    """Paths in the folder of one local system: data, logs, state."""

    root: Path

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    @property
    def guard_lock(self) -> Path:
        return self.root / "guard.lock"

    @property
    def state(self) -> Path:
        return self.root / "state.json"

    @property
    def processes(self) -> Path:
        return self.root / "processes.json"

    @property
    def alarms(self) -> Path:
        return self.root / "alarms.jsonl"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def second(self) -> Layout:
        """The folder of the second region."""
        return Layout(self.root / "second")

    @property
    def run(self) -> Path:
        """Short-lived files: health files, unpacked functions."""
        return self.root / "run"

    def create(self) -> None:
        """Create all folders, readable only by their owner, because they contain access keys."""
        for folder in (self.root, self.data, self.logs, self.run):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)


DEFAULT_LAYOUT = Layout(REPOSITORY / "build" / "local")
REGIONS_LAYOUT = Layout(REPOSITORY / "build" / "regions")
"""Two regions have data of their own: a system of one region would go on with half of it."""


def find_layout() -> Layout:
    """The folder of the system that runs. If both run, it is that of one region."""
    is_two = REGIONS_LAYOUT.state.exists() and not DEFAULT_LAYOUT.state.exists()
    return REGIONS_LAYOUT if is_two else DEFAULT_LAYOUT
