"""A handler of tasks with a recogniser that the test chooses, and deliveries for it."""

from datetime import UTC, datetime

from botocore.exceptions import EndpointConnectionError

from pipeline.core.queue import Delivery, TaskMessage
from pipeline.core.storage import ImageStore
from pipeline.core.tasks.record import Task
from pipeline.worker.cores import Cores
from pipeline.worker.deadline import Deadline
from pipeline.worker.metrics import Metrics
from pipeline.worker.recognition import TaskHandler
from tests.environment import settings
from tests.worker.fakes import FakeRecognizer

TRANSIENT = EndpointConnectionError(endpoint_url="cable pulled")


def build_handler(
    recognizer: FakeRecognizer, metrics: Metrics, store: ImageStore | None = None
) -> TaskHandler:
    cores = Cores(recognizer.recognize, 1, metrics, Deadline(seconds=60))
    store = store or ImageStore(settings.images_bucket)
    return TaskHandler(cores, store, metrics, worker="worker-1")


def build_delivery(body: str, receive_count: int = 1) -> Delivery:
    return Delivery("message-1", "handle-1", body, receive_count, datetime.now(UTC))


def build_delivery_of(task: Task, receive_count: int = 1) -> Delivery:
    return build_delivery(TaskMessage(task_id=task.task_id).model_dump_json(), receive_count)
