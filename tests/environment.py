"""The environment of every test and its settings. `tests.settings` imports this module first."""

import os

os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_DEFAULT_REGION="us-east-1",
    AWS_REGION="us-east-1",
    TASKS_TABLE="tasks",
    STREAMS_TABLE="streams",
    FRAMES_STREAM_ARN="arn:aws:kinesis:us-east-1:123456789012:stream/frames",
    WORDS_TABLE="words",
    EXPORTS_TABLE="exports",
    WEBHOOKS_TABLE="webhooks",
    DELIVERIES_TABLE="deliveries",
    WEBHOOKS_QUEUE_URL="https://sqs.us-east-1.amazonaws.com/123456789012/webhooks",
    ERASURES_QUEUE_URL="https://sqs.us-east-1.amazonaws.com/123456789012/erasures",
    EXPORTS_QUEUE_URL="https://sqs.us-east-1.amazonaws.com/123456789012/exports",
    CONNECTIONS_TABLE="connections",
    LIVE_URL="wss://live.spotter.example/live",
    LIVE_ENDPOINT="https://live.spotter.example/live",
    TASK_QUEUE_URL="https://sqs.us-east-1.amazonaws.com/123456789012/tasks",
    IMAGES_BUCKET="images",
    SPA_ORIGIN="https://spotter.example",
    POWERTOOLS_SERVICE_NAME="tests",
    DEAD_LETTER_QUEUE_URL="https://sqs.us-east-1.amazonaws.com/123456789012/tasks-dlq",
    USER_POOL_ID="us-east-1_testing",
    KEYS_CLIENT_ID="keys-client",
    WORKER_GROUP="workers",
    OPERATORS_TABLE="operators",
    SESSIONS_TABLE="sessions",
    AUDIT_TABLE="audit",
    RUNS_TABLE="runs",
    ANSWERS_TABLE="answers",
    PORTAL_URL="https://testserver",
    ENVIRONMENT_NAME="test",
    OIDC_CLIENT_ID="portal-client",
    OIDC_CLIENT_SECRET="testing",
    COGNITO_DOMAIN_URL="https://auth.example.com",
    DJANGO_SECRET_KEY="testing",
    SECOND_FACTOR_KEY="testing",
)

from pipeline.lambdas.settings import load_settings

settings = load_settings()
