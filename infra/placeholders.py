"""Values for the variables that the code requires when a tool only needs to import it."""

import os

NAMES = (
    "AUDIT_TABLE",
    "AWS_REGION",
    "COGNITO_DOMAIN_URL",
    "DEAD_LETTER_QUEUE_URL",
    "DJANGO_SECRET_KEY",
    "ENVIRONMENT_NAME",
    "IMAGES_BUCKET",
    "OIDC_CLIENT_ID",
    "OPERATORS_TABLE",
    "PORTAL_URL",
    "RUNS_TABLE",
    "SESSIONS_TABLE",
    "TASKS_TABLE",
    "TASK_QUEUE_URL",
    "USER_POOL_ID",
    "WORKER_GROUP",
)


def set_placeholders() -> None:
    """Set each of these variables that has no value, before the portal is imported."""
    for name in NAMES:
        os.environ.setdefault(name, "unused")
