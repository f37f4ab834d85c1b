"""A small checkout to build packages from."""

from pathlib import Path

import pytest

FILES = {
    "requirements/lambdas.txt": "",
    "requirements/worker.txt": "",
    "pipeline/__init__.py": "",
    "pipeline/core/settings.py": "CORE = 1\n",
    "pipeline/core/__pycache__/settings.cpython-311.pyc": "old",
    "pipeline/lambdas/upload.py": "UPLOAD = 1\n",
    "pipeline/worker/__main__.py": "WORKER = 1\n",
    "infra/terraform/modules/workers/files/install.sh": "#!/bin/bash\n",
    "infra/terraform/modules/workers/files/lifecycle.py": "LIFECYCLE = 1\n",
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A checkout whose locks name no packages."""
    root = tmp_path / "repository"
    for name, content in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    return root


def touch_files(repository: Path) -> None:
    """Change the modification time of every file."""
    for name in FILES:
        (repository / name).touch()
