"""A worker with the latency of AWS: `python -m tools.bench.waiting_worker`.

Each request waits in the worker before it is sent, while the threads of other pictures run. At its
end the worker logs the processor time of each step of a recognition.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any

from botocore import handlers

from pipeline.core.queue import TaskQueue
from pipeline.core.tasks import transitions
from pipeline.worker import __main__ as worker
from pipeline.worker.direct import Direct, DirectImageStore
from pipeline.worker.loop import Worker
from pipeline.worker.metrics import Metrics
from pipeline.worker.vision.recognizer import Recognizer

WAIT_SECONDS = {"s3": 0.1, "dynamodb": 0.005, "sqs": 0.01}
"""AWS states 100 to 200 ms for small objects in S3 and below 10 ms for DynamoDB.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Introduction.html
"""

PARTS = {
    "receive": (TaskQueue, "receive"),
    "start": (transitions, "start"),
    "download": (DirectImageStore, "download"),
    "recognise": (Recognizer, "recognize"),
    "store": (transitions, "succeed"),
    "delete": (TaskQueue, "delete_all"),
    "rest": (Worker, "_process"),
}
"""Name of a step to the function that does it. All other work of a picture's thread is "rest"."""

_seconds: Counter[str] = Counter()
_inner = threading.local()


def wait(event_name: str, **_: Any) -> None:
    """Wait as long as a call of AWS takes."""
    time.sleep(WAIT_SECONDS.get(event_name.split(".")[1], 0))


def send_after_wait(send: Callable[..., Any]) -> Callable[..., Any]:
    """Wait before calls that botocore does not send."""

    @wraps(send)
    def sent(direct: Direct, *arguments: Any, **named: Any) -> Any:
        time.sleep(WAIT_SECONDS[direct.service])
        return send(direct, *arguments, **named)

    return sent


def take_time(part: str, call: Callable[..., Any]) -> Callable[..., Any]:
    """Add up the processor time of `call`, without that of other parts inside it."""

    @wraps(call)
    def timed(*arguments: Any, **named: Any) -> Any:
        outer, _inner.seconds = getattr(_inner, "seconds", 0.0), 0.0
        started = time.thread_time()
        try:
            return call(*arguments, **named)
        finally:
            seconds = time.thread_time() - started
            _seconds[part] += seconds - _inner.seconds
            _inner.seconds = outer + seconds

    return timed


def main() -> None:
    # Every later session has it, PynamoDB's too.
    handlers.BUILTIN_HANDLERS.append(("before-send", wait))
    Direct.send = send_after_wait(Direct.send)  # type: ignore[method-assign]
    for part, (owner, name) in PARTS.items():
        found = owner.__dict__[name]
        if isinstance(found, classmethod):
            setattr(owner, name, classmethod(take_time(part, found.__func__)))
        else:
            setattr(owner, name, take_time(part, found))
    publish_last = worker.publish_last

    def log_parts(metrics: Metrics) -> None:
        logging.getLogger("pipeline.bench").info("Parts", extra={"seconds": dict(_seconds)})
        publish_last(metrics)

    worker.publish_last = log_parts
    worker.main()


if __name__ == "__main__":
    main()
