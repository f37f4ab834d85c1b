"""The environment of every test; a pytest plugin, so that it is set before anything is imported."""

import os

os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_DEFAULT_REGION="us-east-1",
    AWS_REGION="us-east-1",
    TASKS_TABLE="tasks",
    TASK_QUEUE_URL="https://sqs.us-east-1.amazonaws.com/123456789012/tasks",
    IMAGES_BUCKET="images",
    SPA_ORIGIN="https://spotter.example",
    POWERTOOLS_SERVICE_NAME="tests",
)
