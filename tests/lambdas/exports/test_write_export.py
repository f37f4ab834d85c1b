"""The file of an export is complete and right, also if its function dies or runs out of time."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import boto3
import pytest

from pipeline.core.exports import record
from pipeline.core.exports.files import (
    ExportFiles,
    UploadGoneError,
    build_file_key,
    build_state_key,
)
from pipeline.core.exports.record import Export
from pipeline.core.exports.selection import Selection
from pipeline.core.labels import BoundingBox, Instance, Label, LabelName
from pipeline.core.search.find import Question
from pipeline.core.storage import ImageStore
from pipeline.core.tasks import flow, transitions
from pipeline.core.tasks.lockouts import lock_out
from pipeline.core.tasks.record import Task
from pipeline.lambdas import write_export
from pipeline.lambdas.exporting import work as exporting
from pipeline.lambdas.exporting.archive import Archive, choose_name, clean_name
from pipeline.lambdas.exporting.xmp import build_sidecar
from tests.environment import settings
from tests.examples import OTHER_OWNER_ID, OWNER_ID, build_task
from tests.lambdas.events import call
from tests.lambdas.exports.conftest import (
    LAST_RECEIVE,
    add_photo,
    build_message,
    read_file,
    unzip,
)

FILES = ExportFiles(settings.images_bucket)


def begin(export_format: str, selection: Selection | None = None) -> Export:
    export = Export(OWNER_ID, format=export_format, selection=(selection or Selection()).dump())
    record.insert(export)
    return export


def write(export: Export, remaining_ms: int = 60_000, receive_count: int = 1) -> None:
    event = build_message(export, receive_count)
    call(write_export.handler, event, remaining_ms=remaining_ms)
    export.refresh()


def list_uploads() -> list[str]:
    answer = boto3.client("s3").list_multipart_uploads(Bucket=settings.images_bucket)
    return [upload["UploadId"] for upload in answer.get("Uploads", [])]


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


def list_ids() -> list[str]:
    """Newest first."""
    found = Task.by_owner.query(OWNER_ID, scan_index_forward=False)
    return [task.task_id for task in found]


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


def test_a_selection_of_ids_takes_only_what_its_owner_has() -> None:
    mine, other = add_photo("mine.jpg"), add_photo("theirs.jpg", owner_id=OTHER_OWNER_ID)
    add_photo("not-chosen.jpg")

    export = begin("originals", Selection(task_ids=(other.task_id, mine.task_id)))
    write(export)

    assert list(unzip(export)) == ["mine.jpg"]


def test_a_search_takes_what_it_finds() -> None:
    add_photo("beach 1.jpg")
    add_photo("work.jpg")

    export = begin("originals", Selection(question=Question(file_name=frozenset({"beach"}))))
    write(export)

    assert list(unzip(export)) == ["beach 1.jpg"]


def test_a_span_of_time_takes_what_was_sent_in_it() -> None:
    add_photo("late.jpg")
    early = add_photo("early.jpg", created_at=datetime(2026, 1, 1, 12, tzinfo=UTC))

    end = early.created_at + timedelta(seconds=1)
    add_photo("at the end.jpg", created_at=end)
    span = Question(since=early.created_at, before=end)
    export = begin("originals", Selection(question=span))
    write(export)

    assert list(unzip(export)) == ["early.jpg"]
    assert export.total == 1


def test_photos_that_come_later_are_not_in_it() -> None:
    add_photo("before.jpg")
    export = begin("originals")
    add_photo("after.jpg")

    write(export)

    assert list(unzip(export)) == ["before.jpg"]


@pytest.mark.parametrize("export_format", ["ndjson", "csv", "coco", "xmp", "originals"])
def test_many_short_calls_write_the_same_file_as_one(
    export_format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        add_photo(f"{number}.jpg")
    whole, parts = begin(export_format), begin(export_format)
    whole.update(actions=[Export.created_at.set(parts.created_at)])
    write(whole)
    calls = 0
    while parts.is_open:
        write_for(parts, 2, monkeypatch)
        calls += 1

    assert calls > 3
    assert (parts.status, parts.photos) == ("succeeded", 7)
    assert read_file(parts) == read_file(whole)
    assert FILES.find(build_state_key(parts)) is None


def write_for(export: Export, photos: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One call that has time for a page and so many photos."""
    ticks = iter([True] * (1 + photos))

    def build(*values: Any) -> exporting.ExportWork:
        return exporting.ExportWork(values[0], values[1], values[2], lambda: next(ticks, False))

    with monkeypatch.context() as patch:
        patch.setattr(write_export, "ExportWork", build)
        write(export)


class KilledError(BaseException):
    """The process is gone."""


class Killing(ExportFiles):
    """Dies once, before or after a call of S3."""

    def __init__(self, name: str, number: int, *, after: bool) -> None:
        super().__init__(settings.images_bucket)
        self._calls = 0
        real = getattr(ExportFiles, name)

        def die(*values: Any) -> Any:
            self._calls += 1
            if self._calls == number and not after:
                raise KilledError
            answer = real(self, *values)
            if self._calls == number:
                raise KilledError
            return answer

        setattr(self, name, die)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("call_of_s3", "number"),
    [
        ("begin", 1),
        ("put_part", 1),
        ("put_part", 2),
        ("put", 1),
        ("put", 2),
        ("complete", 1),
        ("delete", 1),
    ],
)
@pytest.mark.parametrize("export_format", ["coco", "originals"])
def test_a_process_that_dies_anywhere_is_followed_by_one_that_goes_on(
    export_format: str, call_of_s3: str, number: int, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A part after each photo
    monkeypatch.setattr(exporting, "PART_BYTES", 1)
    monkeypatch.setattr("moto.s3.models.S3_UPLOAD_PART_MIN_SIZE", 1)
    for count in range(3):
        add_photo(f"{count}.jpg")
    whole, export = begin(export_format), begin(export_format)
    whole.update(actions=[Export.created_at.set(export.created_at)])
    write(whole)

    monkeypatch.setattr(write_export, "files", Killing(call_of_s3, number, after=after))
    with pytest.raises(KilledError):
        write(export)
    monkeypatch.setattr(write_export, "files", FILES)
    export.refresh()
    # Lambda's time of the dead call is over before its message comes back.
    export.update(actions=[Export.held_until.set(datetime.now(UTC) - timedelta(seconds=1))])
    write(export, receive_count=2)

    assert (export.status, export.photos) == ("succeeded", 3)
    assert read_file(export) == read_file(whole)


def test_two_calls_never_write_the_same_export() -> None:
    add_photo()
    export = begin("csv")
    record.hold(export, datetime.now(UTC) + timedelta(seconds=60))

    with pytest.raises(write_export.BusyError):
        write(export)

    assert FILES.find(build_file_key(export)) is None


def test_an_export_that_is_deleted_while_it_is_written_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add_photo()
    export = begin("originals")
    put_part = ExportFiles.put_part

    def delete_first(files: ExportFiles, *values: Any) -> str:
        export.delete()
        return put_part(files, *values)

    monkeypatch.setattr(ExportFiles, "put_part", delete_first)

    call(write_export.handler, build_message(export))

    assert list_keys() == []
    assert list_uploads() == []


def test_a_message_of_a_deleted_export_does_nothing() -> None:
    export = begin("csv")
    export.delete()

    call(write_export.handler, build_message(export))

    assert list_keys() == []


def test_a_photo_that_is_deleted_meanwhile_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = add_photo("1.jpg"), add_photo("2.jpg")
    export = begin("originals")
    write_for(export, 0, monkeypatch)  # Now the state has the ids of both
    flow.delete(second, ImageStore(settings.images_bucket))

    write(export)

    assert list(unzip(export)) == [first.file_name]


def test_a_photo_that_loses_its_picture_meanwhile_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = add_photo("1.jpg"), add_photo("2.jpg")
    export = begin("originals")
    write_for(export, 0, monkeypatch)  # Now the state has the ids of both
    second.update(actions=[Task.image_key.remove()])

    write(export)

    assert list(unzip(export)) == [first.file_name]


@pytest.mark.usefixtures("every_write_twice")
def test_a_success_that_is_sent_twice_is_no_deletion() -> None:
    export = begin("csv")

    assert record.succeed(export, photos=1, size_bytes=1)


def test_an_export_without_photos_says_so() -> None:
    export = begin("csv")

    write(export)

    assert (export.status, export.error_code) == ("failed", "nothing_to_export")
    assert list_keys() == []
    assert list_uploads() == []


@pytest.mark.parametrize(("limit", "value"), [("MAX_PHOTOS", 1), ("MAX_BYTES", 10)])
def test_an_export_that_is_too_large_says_so(
    limit: str, value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_photo()
    add_photo()
    monkeypatch.setattr(exporting, limit, value)
    export = begin("csv")

    write(export)

    assert (export.status, export.error_code) == ("failed", "export_too_large")
    assert list_keys() == []
    assert list_uploads() == []


def test_an_export_that_fails_at_every_try_says_so_and_does_not_stay_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add_photo()
    export = begin("csv")

    def fail(*_: object) -> None:
        raise OSError("A fault")

    monkeypatch.setattr(ExportFiles, "begin", fail)
    for receive_count in range(1, LAST_RECEIVE + 1):
        with pytest.raises(OSError, match="A fault"):
            write(export, receive_count=receive_count)
        export.refresh()
        assert export.is_open == (receive_count < LAST_RECEIVE)

    assert (export.status, export.error_code) == ("failed", "export_failed")


class Forgetful(ExportFiles):
    """An S3 that has forgotten the parts of an upload."""

    def put_part(self, *_: object) -> str:
        raise UploadGoneError


def test_parts_that_s3_has_forgotten_are_written_again(monkeypatch: pytest.MonkeyPatch) -> None:
    add_photo()
    export = begin("csv")

    with monkeypatch.context() as patch:
        patch.setattr(write_export, "files", Forgetful(settings.images_bucket))
        with pytest.raises(UploadGoneError):
            write(export)
    write(export, receive_count=2)

    assert export.status == "succeeded"


def test_nothing_is_written_for_an_owner_who_is_locked_out() -> None:
    add_photo()
    export = begin("csv")
    lock_out(OWNER_ID)

    write(export)

    assert export.status == "failed"
    assert list_keys() == []


def list_keys() -> list[str]:
    """The objects of all exports."""
    answer = boto3.client("s3").list_objects_v2(Bucket=settings.images_bucket, Prefix="exports/")
    return [entry["Key"] for entry in answer.get("Contents", [])]
