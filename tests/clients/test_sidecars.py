"""Sidecars of the client are those of the service's export."""

from pathlib import Path

import pytest

from pipeline.core.labels import Label, LabelName
from pipeline.lambdas.exporting import xmp
from spotter_client import models
from spotter_client.xmp import build_sidecar, write_sidecar
from tests.examples import CAT

RETRIEVER = Label(
    name="golden retriever|dog",
    confidence=91,
    parents=[LabelName(name="dog"), LabelName(name="animal")],
)


def convert(*labels: Label) -> list[models.Label]:
    return [models.Label.model_validate_json(it.model_dump_json(by_alias=True)) for it in labels]


@pytest.mark.parametrize("labels", [(), (CAT,), (CAT, RETRIEVER)])
def test_a_sidecar_is_the_same_as_in_an_export(labels: tuple[Label, ...]) -> None:
    assert build_sidecar(convert(*labels)) == xmp.build_sidecar(list(labels))


def test_a_sidecar_stands_beside_its_photo(tmp_path: Path) -> None:
    sidecar = write_sidecar(tmp_path / "beach.jpg", convert(CAT))

    assert [it.name for it in tmp_path.iterdir()] == ["beach.jpg.xmp"]
    assert b"animal|cat" in sidecar.read_bytes()


def test_a_sidecar_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "beach.jpg.xmp").write_text("of a person")

    with pytest.raises(FileExistsError):
        write_sidecar(tmp_path / "beach.jpg", convert(CAT))

    assert [it.name for it in tmp_path.iterdir()] == ["beach.jpg.xmp"]
    assert (tmp_path / "beach.jpg.xmp").read_text() == "of a person"
