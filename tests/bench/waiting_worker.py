"""A worker whose AWS is as far away as the real one: `python -m tests.bench.waiting_worker`.

Each request waits in the worker before it is sent; the threads of other pictures run meanwhile.
"""

import time
from typing import Any

from botocore import handlers

from pipeline.worker.__main__ import main

WAIT_SECONDS = {"s3": 0.1, "dynamodb": 0.005, "sqs": 0.01}
"""S3: AWS names 100 to 200 ms for small objects; DynamoDB: single digits of milliseconds.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Introduction.html
"""


def wait(event_name: str, **_: Any) -> None:
    time.sleep(WAIT_SECONDS.get(event_name.split(".")[1], 0))


if __name__ == "__main__":
    # Every session that is made from here on has it, PynamoDB's too.
    handlers.BUILTIN_HANDLERS.append(("before-send", wait))
    main()
