"""The stream of the table of tasks: keep the index of words right, and successes final."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline.core.dynamo import connect
from pipeline.core.search import index
from pipeline.core.search.settings import load_search_settings
from pipeline.core.tasks import guard
from pipeline.core.tasks.record import Task
from pipeline.core.tasks.version_ids import names_version
from pipeline.lambdas.telemetry import count, entry_point, logger

settings = load_search_settings()
connect(settings.aws_region, {Task: settings.tasks_table, **settings.search_tables})


@entry_point
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Follow each record. All later ones wait for one that fails, because order matters.

    Returns:
        The first record that failed, if one did: Lambda sends it and all later ones again.
    """
    written = 0
    for record in event["Records"]:
        try:
            written += _follow(record)
        except Exception:
            place = record["dynamodb"]["SequenceNumber"]
            logger.exception("Record not indexed: it comes again", sequence_number=place)
            return {"batchItemFailures": [{"itemIdentifier": place}]}
    logger.info("Words indexed", records=len(event["Records"]), written=written)
    return {"batchItemFailures": []}


def _follow(record: dict[str, Any]) -> bool:
    """Whether the index had to change."""
    images = record["dynamodb"]
    old, new = images.get("OldImage"), images.get("NewImage")
    if _guard(old, new):
        return False  # What was put back comes as a record of its own
    if names_version((new or old)["task_id"]["S"]):
        return False  # The newest version is in the record of its task
    if record["eventName"] == "REMOVE":
        return index.remove(Task.from_raw_data(old))
    return index.put(Task.from_raw_data(new))


def _guard(old: guard.Item | None, new: guard.Item | None) -> bool:
    """Whether another region took something back that is final. Then it is put back."""
    if old and guard.is_overwritten(old, new):
        is_restored = guard.restore(old)
    elif old and guard.is_set_back(old, new):
        is_restored = guard.restore_version(old)
    else:
        return False
    if is_restored:
        task_id = old["task_id"]["S"]
        logger.warning("Result restored: another region overwrote it", task_id=task_id)
        count("SuccessesRestored")
    return True
