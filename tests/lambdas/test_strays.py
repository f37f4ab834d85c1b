"""A picture that belongs to no task is found, a few pictures at a time."""

from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.stub import Stubber

from pipeline.core.dynamo import connect
from pipeline.core.errors import UnreadableImageError
from pipeline.core.storage import (
    ImageStore,
    build_image_key,
    build_preview_key,
    build_thumbnail_key,
    build_upload_key,
)
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task
from pipeline.lambdas import strays
from pipeline.lambdas.strays import INTERVAL, SETTLED_AFTER, delete_strays
from tests.environment import settings
from tests.examples import OWNER_ID, build_task

LATER = datetime.now(UTC) + SETTLED_AFTER + timedelta(days=1)  # However long the tests before take


@pytest.fixture(autouse=True)
def _connected() -> None:
    """As the function `sweep` does."""
    connect(settings.aws_region, {strays.Place: settings.tasks_table})


def save(store: ImageStore) -> Task:
    task = build_task()
    transitions.insert(task)
    store.put(task.image_key, b"picture", "image/jpeg")
    return task


def test_only_pictures_without_a_task_are_deleted(store: ImageStore) -> None:
    task = save(store)
    others = [
        build_image_key(OWNER_ID, task.task_id),  # Of an event that stopped after its copy
        build_image_key(OWNER_ID, "deleted"),
        build_upload_key(OWNER_ID, "deleted"),
    ]
    for key in others:
        store.put(key, b"picture", "image/jpeg")

    assert delete_strays(store, LATER) == 3

    assert store.has(task.image_key)
    assert not any(store.has(key) for key in others)


def test_previews_and_thumbnails_share_the_fate_of_their_picture(store: ImageStore) -> None:
    kept, gone = save(store), save(store)
    gone.delete()
    keys = {
        task.task_id: [
            task.image_key,
            build_preview_key(task.image_key),
            build_thumbnail_key(task.image_key),
        ]
        for task in (kept, gone)
    }
    for key in (*keys[kept.task_id], *keys[gone.task_id]):
        store.put(key, b"picture", "image/jpeg")

    assert delete_strays(store, LATER) == 3

    assert all(store.has(key) for key in keys[kept.task_id])
    assert not any(store.has(key) for key in keys[gone.task_id])


def test_a_young_picture_is_left_alone(store: ImageStore) -> None:
    key = build_image_key(OWNER_ID, "of a request that is under way")
    store.put(key, b"picture", "image/jpeg")

    assert delete_strays(store, datetime.now(UTC)) == 0

    assert store.has(key)


def test_the_picture_of_an_old_hopeless_failure_is_deleted(store: ImageStore) -> None:
    task = save(store)
    transitions.fail(task, UnreadableImageError())

    assert delete_strays(store, LATER) == 1

    assert not store.has(task.image_key)


def test_one_look_is_bounded_and_the_next_goes_on(
    store: ImageStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strays, "MAX_PICTURES", 2)
    for _ in range(4):
        save(store)
    stray = build_image_key("z" * 36, "deleted")  # The last key
    store.put(stray, b"picture", "image/jpeg")

    looks = [delete_strays(store, LATER + INTERVAL * 1.1 * number) for number in range(3)]

    assert looks == [0, 0, 1]
    store.put(build_image_key("0" * 36, "deleted"), b"picture", "image/jpeg")  # The first key
    assert delete_strays(store, LATER + INTERVAL * 4) == 1


def test_the_bucket_is_looked_at_once_in_ten_minutes(store: ImageStore) -> None:
    delete_strays(store, LATER)
    store.put(build_image_key(OWNER_ID, "deleted"), b"picture", "image/jpeg")

    assert delete_strays(store, LATER + INTERVAL * 0.9) == 0
    assert delete_strays(store, LATER + INTERVAL * 1.1) == 1


class TwoStores(ImageStore):
    """A bucket with copies of another region's pictures, which the tests' AWS cannot make."""

    replicas: frozenset[str] = frozenset()

    def is_replica(self, key: str) -> bool:
        return key in self.replicas


def test_a_copy_of_another_region_is_left_to_that_region(aws: None) -> None:
    store = TwoStores(settings.images_bucket)
    own, copied = (build_image_key(OWNER_ID, name) for name in ("own", "copied"))
    for key in (own, copied):
        store.put(key, b"picture", "image/jpeg")
    store.replicas = frozenset({copied})

    assert delete_strays(store, LATER, "us-east-1") == 1

    assert store.has(copied)
    assert not store.has(own)


@pytest.mark.parametrize(("status", "is_replica"), [("REPLICA", True), ("COMPLETED", False)])
def test_s3_says_which_pictures_are_copies(status: str, is_replica: bool) -> None:
    client = boto3.client("s3")
    with Stubber(client) as stubber:
        stubber.add_response("head_object", {"ReplicationStatus": status})

        assert ImageStore("images", client).is_replica("images/a/b/c") is is_replica


def test_each_region_looks_through_its_own_bucket(aws: None) -> None:
    """The regions share the table in which the place of the last look is."""
    store = TwoStores(settings.images_bucket)
    delete_strays(store, LATER, "us-east-1")
    key = build_image_key(OWNER_ID, "own")
    store.put(key, b"picture", "image/jpeg")

    assert delete_strays(store, LATER, "us-east-1") == 0
    assert delete_strays(store, LATER, "eu-west-1") == 1
