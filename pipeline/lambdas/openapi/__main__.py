"""Write docs/api, or check that it is what the code says: `python -m pipeline.lambdas.openapi`.

A function reads its settings when Lambda imports its module. The documents are read from the same
modules. So a child process writes them, and its environment has the variables of a function.
"""

import os
import subprocess
import sys

# No call uses these values.
ENVIRONMENT = {
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "TASKS_TABLE": "tasks",
    "CONNECTIONS_TABLE": "connections",
    "LIVE_URL": "wss://live.invalid/live",
    "STREAMS_TABLE": "streams",
    "WORDS_TABLE": "words",
    "EXPORTS_TABLE": "exports",
    "WEBHOOKS_TABLE": "webhooks",
    "DELIVERIES_TABLE": "deliveries",
    "WEBHOOKS_QUEUE_URL": "https://queue.invalid/webhooks",
    "ERASURES_QUEUE_URL": "https://queue.invalid/erasures",
    "EXPORTS_QUEUE_URL": "https://queue.invalid/exports",
    "TASK_QUEUE_URL": "https://queue.invalid/tasks",
    "IMAGES_BUCKET": "images",
    "SPA_ORIGIN": "https://page.invalid",
    "LIVE_ENDPOINT": "https://live.invalid/live",
    "USER_POOL_ID": "us-east-1_none",
}


def main() -> int:
    command = [sys.executable, "-m", "pipeline.lambdas.openapi.write", *sys.argv[1:]]
    return subprocess.run(command, env={**ENVIRONMENT, **os.environ}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
