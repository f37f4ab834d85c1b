"""Names of the resources in the local account. On AWS the environment's name replaces `local`."""

PREFIX = "spotter-local"
REGION = "us-east-1"
ACCOUNT_ID = "000000000000"

TASKS_TABLE = f"{PREFIX}-tasks"
STREAMS_TABLE = f"{PREFIX}-streams"
FRAMES_STREAM = f"{PREFIX}-frames"
WEBHOOKS_TABLE = f"{PREFIX}-webhooks"
DELIVERIES_TABLE = f"{PREFIX}-deliveries"
EXPORTS_TABLE = f"{PREFIX}-exports"
WORDS_TABLE = f"{PREFIX}-words"
CONNECTIONS_TABLE = f"{PREFIX}-connections"
TASK_QUEUE = f"{PREFIX}-tasks"
DEAD_LETTER_QUEUE = f"{PREFIX}-tasks-dlq"
IMAGES_BUCKET = f"{PREFIX}-images"
PAGE = f"{PREFIX}-page"
PAGE_BUCKET = PAGE
USER_POOL = f"{PREFIX}-users"
SPA_CLIENT = f"{PREFIX}-spa"
KEYS_CLIENT = f"{PREFIX}-keys"
PROGRAM_CLIENT = f"{PREFIX}-program"
WORKER_USER = f"{PREFIX}-worker"
WORKER_GROUP = f"{PREFIX}-workers"
ALARM_TOPIC = f"{PREFIX}-alarms"
BUDGET_TOPIC = f"{PREFIX}-budget-spent"
ALARM_INBOX = f"{PREFIX}-alarms-inbox"
SWEEP_RULE = f"{PREFIX}-sweep"

API_ID = "spotter"  # Fixed, so that the API's address is the same at every start
API_STAGE = "v1"
LIVE_API_ID = "spotterlive"
LIVE_STAGE = "live"


def build_table_arn(table: str) -> str:
    return f"arn:aws:dynamodb:{REGION}:{ACCOUNT_ID}:table/{table}"


def build_function_name(function: str) -> str:
    """The Lambda that runs `pipeline/lambdas/<function>.py`, and its role."""
    return f"{PREFIX}-{function}".replace("_", "-")
