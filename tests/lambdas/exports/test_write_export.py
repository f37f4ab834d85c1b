"""The file of an export is complete and right, also if its function dies or runs out of time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from pipeline.core.exports import record
from pipeline.core.exports.errors import ExportFailedError
from pipeline.core.exports.files import (
    ExportFiles,
    UploadGoneError,
    build_file_key,
    build_state_key,
)
from pipeline.core.exports.record import Export
from pipeline.core.storage import ImageStore
from pipeline.core.tasks import flow
from pipeline.core.tasks.lockouts import lock_out
from pipeline.core.tasks.record import Task
from pipeline.lambdas import write_export
from pipeline.lambdas.exporting import work as exporting
from tests.environment import settings
from tests.examples import OWNER_ID
from tests.lambdas.events import call
from tests.lambdas.exports.conftest import (
    LAST_RECEIVE,
    add_photo,
    begin,
    build_message,
    read_file,
    unzip,
    write,
)

FILES = ExportFiles(settings.images_bucket)


def list_uploads() -> list[str]:
    answer = boto3.client("s3").list_multipart_uploads(Bucket=settings.images_bucket)
    return [upload["UploadId"] for upload in answer.get("Uploads", [])]


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
def test_an_end_that_is_sent_twice_is_no_deletion() -> None:
    export, other = begin("csv"), begin("zip")

    assert record.succeed(export, photos=1, size_bytes=1)
    assert record.fail(other, ExportFailedError())


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
