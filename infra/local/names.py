"""Names of the resources in the local account. On AWS the environment's name replaces `local`.

They are those of one region. In the second region all but the shared ones end in its name, because
names of buckets, roles and users are global.
"""

import os

SHARED_PREFIX = "spotter-local"
FIRST_REGION = "us-east-1"
SECOND_REGION = "eu-west-1"
REGION = os.environ.get("LOCAL_REGION", FIRST_REGION)
"""Region of this process. Only the process of the second region has the variable."""
ACCOUNT_ID = "000000000000"


def build_suffix(region: str) -> str:
    """The end of names of a region."""
    return "" if region == FIRST_REGION else f"-{region}"


SUFFIX = build_suffix(REGION)
PREFIX = f"{SHARED_PREFIX}{SUFFIX}"

TASKS_TABLE = f"{SHARED_PREFIX}-tasks"
STREAMS_TABLE = f"{PREFIX}-streams"
FRAMES_STREAM = f"{PREFIX}-frames"
WEBHOOKS_TABLE = f"{SHARED_PREFIX}-webhooks"
DELIVERIES_TABLE = f"{SHARED_PREFIX}-deliveries"
EXPORTS_TABLE = f"{PREFIX}-exports"
WORDS_TABLE = f"{PREFIX}-words"
CONNECTIONS_TABLE = f"{PREFIX}-connections"
TASK_QUEUE = f"{PREFIX}-tasks"
DEAD_LETTER_QUEUE = f"{PREFIX}-tasks-dlq"
IMAGES_BUCKET = f"{SHARED_PREFIX}-images{SUFFIX}"
PAGE = f"{SHARED_PREFIX}-page"
"""The distribution. Both regions have a bucket of its files."""
PAGE_BUCKET = f"{PAGE}{SUFFIX}"
USER_POOL = f"{SHARED_PREFIX}-users"
SPA_CLIENT = f"{SHARED_PREFIX}-spa"
KEYS_CLIENT = f"{SHARED_PREFIX}-keys"
PROGRAM_CLIENT = f"{SHARED_PREFIX}-program"
WORKER_USER = f"{PREFIX}-worker"
WORKER_GROUP = f"{PREFIX}-workers"
ALARM_TOPIC = f"{PREFIX}-alarms"
BUDGET_TOPIC = f"{PREFIX}-budget-spent"
ALARM_INBOX = f"{PREFIX}-alarms-inbox"
SWEEP_RULE = f"{PREFIX}-sweep"

API = "spotter"
API_ID = f"{API}{SUFFIX}"  # Fixed, so that the API's address is the same at every start
API_STAGE = "v1"
LIVE_API_ID = f"spotterlive{SUFFIX}"
LIVE_STAGE = "live"


def build_table_arn(table: str) -> str:
    return f"arn:aws:dynamodb:{REGION}:{ACCOUNT_ID}:table/{table}"


def build_function_name(function: str, region: str = REGION) -> str:
    """The Lambda that runs `pipeline/lambdas/<function>.py`, and its role."""
    return f"{SHARED_PREFIX}{build_suffix(region)}-{function}".replace("_", "-")
