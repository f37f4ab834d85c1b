"""The whole system on this machine.

The supervisor reads the constants and the model of `pipeline.core`, whose settings have no
defaults. What they name is fixed here, so it is set before any module of ours is imported.
"""

import os

from infra.local import names

os.environ.setdefault("AWS_REGION", names.REGION)
os.environ.setdefault("TASKS_TABLE", names.TASKS_TABLE)
os.environ.setdefault("TASK_QUEUE_URL", names.TASK_QUEUE)
os.environ.setdefault("IMAGES_BUCKET", names.IMAGES_BUCKET)
