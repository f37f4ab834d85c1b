"""The reduced descriptions of AWS services work as the complete ones."""

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.loaders import Loader
from botocore.model import OperationModel
from botocore.session import Session

from infra.package import functions, portal
from infra.package.botocore_data import keep_services

SERVICES = functions.SERVICES | portal.SERVICES
BOTOCORE = Path(botocore.__file__).parent / "data"
REGIONS = ("us-east-1", "eu-central-1", "cn-north-1")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Installed data of the kept services and of one more."""
    for name in (*SERVICES, "sns"):
        shutil.copytree(BOTOCORE / name, tmp_path / name)
    for file in BOTOCORE.glob("*.json"):
        shutil.copy(file, tmp_path)
    return tmp_path


def test_only_the_kept_services_stay(data: Path) -> None:
    keep_services(data, SERVICES)

    assert {path.name for path in data.iterdir() if path.is_dir()} == SERVICES


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_a_client_has_the_same_addresses_and_operations(data: Path, service: str) -> None:
    before = describe(service, BOTOCORE)

    keep_services(data, SERVICES)

    assert describe(service, data) == before


def test_the_reduced_descriptions_are_small(data: Path) -> None:
    keep_services(data, SERVICES)

    assert not list(data.rglob("*.gz"))
    assert (data / "endpoints.json").stat().st_size < 100_000
    assert (data / "s3/2006-03-01/service-2.json").stat().st_size < 300_000


def test_a_member_may_be_named_documentation(tmp_path: Path) -> None:
    model = {"members": {"documentation": {"shape": "Text", "documentation": "What it is"}}}
    file = tmp_path / "s3/2006-03-01/service-2.json.gz"
    file.parent.mkdir(parents=True)
    file.write_bytes(gzip.compress(json.dumps(model).encode()))

    keep_services(tmp_path, {"s3"})

    left = json.loads(file.with_suffix("").read_text())
    assert left == {"members": {"documentation": {"shape": "Text"}}}


def describe(service: str, data: Path) -> dict[str, Any]:
    """The addresses of a service's clients, and the shapes of all its operations."""
    session = Session()
    loader = Loader(extra_search_paths=[str(data)], include_default_search_paths=False)
    session.register_component("data_loader", loader)
    clients = [session.create_client(service, region) for region in REGIONS]
    model = clients[0].meta.service_model
    return {
        "addresses": [client.meta.endpoint_url for client in clients],
        "regions": session.get_available_regions(service),
        **{name: list_members(model.operation_model(name)) for name in model.operation_names},
    }


def list_members(operation: OperationModel) -> list[tuple[str, str]]:
    shapes = (operation.input_shape, operation.output_shape)
    return [
        (name, member.type_name)
        for shape in shapes
        if shape is not None
        for name, member in shape.members.items()
    ]
