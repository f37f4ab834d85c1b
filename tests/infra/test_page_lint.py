"""The page's lint finds a circle of imports. The rule before it read no TypeScript."""

import os
import subprocess
from pathlib import Path

from infra.local.node import find_node
from infra.local.spa import SOURCES, install_packages


def test_a_circle_of_imports_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.ts").write_text('import { two } from "./two";\nexport const one = two;\n')
    (tmp_path / "two.ts").write_text('import { one } from "./one";\nexport const two = one;\n')
    assert "no-cycle" in lint(tmp_path)


def test_the_page_has_no_circle_of_imports() -> None:
    assert "Found 0 warnings and 0 errors" in lint()


def lint(*more: Path) -> str:
    node = find_node()
    install_packages(node)
    done = subprocess.run(
        [node.npm, "run", "--silent", "lint:circles", "--", *more],
        cwd=SOURCES,
        env=node.extend(os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.stdout
