"""The page that explains own models tells operators the truth."""

import tomllib
from pathlib import Path

import pytest

from pipeline.worker.vision.added.faults import Fault
from pipeline.worker.vision.added.manifest import read_manifest
from tests.worker.vision.added.folders import (
    write_manifest,
)

DOCUMENT = Path(__file__).parents[4] / "docs" / "added-models.md"


def test_every_code_is_explained_to_operators() -> None:
    text = DOCUMENT.read_text()

    assert all(f"| `{fault}` |" in text for fault in Fault)


EXAMPLES = DOCUMENT.read_text().split("```toml\n")[1:]


@pytest.mark.parametrize("text", [example.split("```")[0] for example in EXAMPLES])
def test_the_examples_of_the_documentation_are_valid(text: str, tmp_path: Path) -> None:
    """Each lacks only what its reader has: the sha256 of the file, and a list of classes."""
    rows = tomllib.loads(text) | {"sha256": "0" * 64}
    if "classes_file" in rows:
        (tmp_path / rows["classes_file"]).write_text("dog\nbeach\n")
    write_manifest(tmp_path, rows)

    manifest = read_manifest(tmp_path)

    assert manifest.sample.label in manifest.classes
