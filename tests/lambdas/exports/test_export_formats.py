"""What is in the file of each format."""

import csv
import io
import json
from xml.etree import ElementTree

import pytest

from pipeline.core.labels import BoundingBox, Instance, Label, LabelName
from pipeline.core.storage import ImageStore
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task
from pipeline.lambdas.exporting.archive import Archive, choose_name, clean_name
from pipeline.lambdas.exporting.xmp import build_sidecar
from tests.environment import settings
from tests.examples import OTHER_OWNER_ID, build_task
from tests.lambdas.exports.conftest import (
    add_photo,
    begin,
    list_ids,
    read_file,
    unzip,
    write,
)


def test_lines_have_every_task_as_the_api_shows_it() -> None:
    photo = add_photo("cat.jpg")
    failed = build_task(file_name="broken.jpg")
    transitions.insert(failed)
    add_photo("theirs.jpg", owner_id=OTHER_OWNER_ID)

    export = begin("ndjson")
    write(export)

    newest, first = (json.loads(line) for line in read_file(export).splitlines())
    assert (newest["taskId"], newest["status"]) == (failed.task_id, "awaiting_upload")
    assert (first["taskId"], first["labels"][0]["name"]) == (photo.task_id, "cat")
    assert (first["image"]["url"], first["image"]["width"]) == (None, 640)
    assert first["text"]["lines"][0]["text"] == "WAY OUT"


def test_a_table_has_a_row_for_each_box_and_runs_no_formula() -> None:
    photo = add_photo("=cmd()|evil.jpg")

    export = begin("csv")
    write(export)

    [row] = csv.DictReader(io.StringIO(read_file(export).decode("utf-8-sig")))
    assert (row["taskId"], row["fileName"], row["label"]) == (
        photo.task_id,
        "'=cmd()|evil.jpg",
        "cat",
    )
    assert (row["left"], row["boxHeight"], row["confidence"]) == ("0.1", "0.6", "97.5")


def test_coco_has_boxes_in_pixels_that_refer_to_photos_and_categories() -> None:
    photos = [add_photo(f"{number}.jpg") for number in range(3)]

    export = begin("coco")
    write(export)

    found = json.loads(read_file(export))
    assert [image["id"] for image in found["images"]] == [1, 2, 3]
    assert [image["spotter_task_id"] for image in found["images"]] == [
        photo.task_id for photo in reversed(photos)
    ]
    assert found["categories"] == [{"id": 1, "name": "cat", "supercategory": ""}]
    assert [box["image_id"] for box in found["annotations"]] == [1, 2, 3]
    assert [box["id"] for box in found["annotations"]] == [1, 2, 3]
    assert found["annotations"][0]["bbox"] == [64, 96, 320, 288]
    assert found["annotations"][0]["area"] == 320 * 288


def test_a_photo_without_boxes_lists_its_labels_in_coco(monkeypatch: pytest.MonkeyPatch) -> None:
    add_photo()
    beach = [Label(name="beach", confidence=80)]
    monkeypatch.setattr(Task, "get_labels", lambda _: beach)

    export = begin("coco")
    write(export)

    found = json.loads(read_file(export))
    assert (found["annotations"], found["images"][0]["labels"]) == ([], ["beach"])


def test_sidecars_have_keywords_and_their_paths() -> None:
    dog = Label(
        name="golden retriever",
        confidence=90,
        parents=[LabelName(name="dog"), LabelName(name="animal")],
        instances=[
            Instance(bounding_box=BoundingBox(left=0, top=0, width=1, height=1), confidence=90)
        ],
    )

    sidecar = build_sidecar([dog, Label(name="a < b|c", confidence=60)])

    root = ElementTree.fromstring(sidecar)
    li = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li"
    words = [
        it.text for it in root.findall(f".//{{http://purl.org/dc/elements/1.1/}}subject//{li}")
    ]
    paths = [
        it.text
        for it in root.findall(
            f".//{{http://ns.adobe.com/lightroom/1.0/}}hierarchicalSubject//{li}"
        )
    ]
    assert words == ["animal", "dog", "golden retriever", "a < b/c"]
    assert paths == ["animal", "animal|dog", "animal|dog|golden retriever", "a < b/c"]


def test_an_archive_of_sidecars_names_them_after_the_photos() -> None:
    add_photo("cat.jpg")
    second = add_photo("CAT.jpg")

    export = begin("xmp")
    write(export)

    files = unzip(export)
    first_name = "CAT.jpg.xmp"  # Newest first
    assert list(files) == [first_name, f"cat ({list_ids()[1][:8]}).jpg.xmp"]
    assert b"<rdf:li>animal|cat</rdf:li>" in files[first_name]
    assert list_ids()[0] == second.task_id


def test_photos_of_one_name_get_a_mark_also_in_another_process() -> None:
    archive, later = Archive(), Archive()
    names = []
    for number, name in enumerate(("cat.jpg", "cat.jpg", "CAT.jpg")):
        if number == 2:
            later.load(archive.save())
            archive = later
        task = build_task(task_id=f"12345678-{number}", file_name=name)
        names.append(choose_name(task, archive))
        archive.add(names[-1], b"x", task.created_at, compress=False)

    assert names == ["cat.jpg", "cat (12345678).jpg", "CAT (12345678-2).jpg"]


def test_an_archive_of_photos_has_each_photo_as_it_is_stored() -> None:
    add_photo("cat.jpg")
    add_photo("dog.jpg")
    gone = add_photo("gone.jpg")
    ImageStore(settings.images_bucket).delete(gone.image_key)

    export = begin("originals")
    write(export)

    assert unzip(export) == {"cat.jpg": b"cat.jpg", "dog.jpg": b"dog.jpg"}
    assert export.photos == 2


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("beach.jpg", "beach.jpg"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\evil.jpg", "C__evil.jpg"),
        ("a\x00b.jpg", "a_b.jpg"),
        ("con.jpg", None),
        ("...", None),
        (None, None),
        ("photo", "photo.jpg"),
    ],
)
def test_a_name_in_an_archive_cannot_leave_its_folder(
    name: str | None, cleaned: str | None
) -> None:
    task = build_task(file_name=name)

    found = clean_name(task)

    assert found == (cleaned or f"{task.task_id}.jpg")
    assert "/" not in found
