"""Fixtures of the tests of tasks."""

import pytest

from pipeline.core.storage import ImageStore
from pipeline.core.tasks.record import Task
from tests.examples import OWNER_ID, save_result


@pytest.fixture
def task(store: ImageStore) -> Task:
    """A task with a result: a cat."""
    task = save_result(owner_reference=f"{OWNER_ID}#order-1", file_name="cat.jpg")
    store.put(task.image_key, b"picture", "image/jpeg")
    return task
