"""The choice of the Node.js that builds the page."""

from pathlib import Path

import pytest

from infra.local.node import Node, is_usable


def write_node(folder: Path, answer: str) -> Path:
    """A program that answers like `node --version`, with an npm beside it."""
    node = folder / "node"
    node.write_text(f"#!/bin/sh\necho {answer}\n")
    node.chmod(0o755)
    (folder / "npm").touch()
    return node


@pytest.mark.parametrize(
    ("version", "usable"),
    [
        ("v18.20.0", False),
        ("v20.18.3", False),
        ("v20.19.0", True),
        ("v22.1.0", True),
        ("v100.0.0", True),
        ("no version", False),
    ],
)
def test_an_old_node_is_not_used(tmp_path: Path, version: str, usable: bool) -> None:
    assert is_usable(write_node(tmp_path, version)) is usable


def test_a_node_without_npm_is_not_used(tmp_path: Path) -> None:
    node = write_node(tmp_path, "v22.1.0")
    (tmp_path / "npm").unlink()

    assert not is_usable(node)


def test_a_node_that_does_not_run_is_not_used(tmp_path: Path) -> None:
    node = write_node(tmp_path, "v22.1.0")
    node.chmod(0o644)

    assert not is_usable(node)


def test_the_chosen_node_comes_first_in_the_path(tmp_path: Path) -> None:
    assert Node(tmp_path).extend({"PATH": "/usr/bin"})["PATH"] == f"{tmp_path}:/usr/bin"


def test_node_trusts_the_authorities_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "authorities.crt"
    bundle.touch()
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))

    assert Node(tmp_path).extend({})["NODE_EXTRA_CA_CERTS"] == str(bundle)


def test_authorities_that_the_user_names_come_first(tmp_path: Path) -> None:
    extended = Node(tmp_path).extend({"NODE_EXTRA_CA_CERTS": "/mine.crt"})

    assert extended["NODE_EXTRA_CA_CERTS"] == "/mine.crt"
