"""Limits of each user, so that nobody waits behind a thousand photos of somebody else."""

import math
from datetime import UTC, datetime, timedelta

from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from pipeline.core.dynamo import BaseMeta, is_condition_failure
from pipeline.core.tasks.record import Task
from pipeline.lambdas.problems import TooManyInFlightError, TooManyRequestsError
from pipeline.lambdas.settings import ApiSettings

IN_FLIGHT_RETRY_SECONDS = 2
"""About the time from upload to result of one picture."""

_KEPT = timedelta(days=1)


class UploadRate(Model):
    """A user's token bucket, stored as the time when it will be full again.

    It is in the table of tasks, but lacks the keys of their indexes, so no list shows it.
    """

    class Meta(BaseMeta): ...

    rate_id = UnicodeAttribute(hash_key=True, attr_name="task_id")
    full_at = NumberAttribute(null=True)
    """Seconds since 1970."""
    expires_at = TTLAttribute(null=True)

    def take_token(self, now: datetime, settings: ApiSettings) -> bool:
        """Take one token from the bucket.

        Generic cell rate algorithm (ITU-T I.371), which needs no counter that must be reset.
        DynamoDB has no max(), so a full bucket, the usual case, is one write and a bucket in use is
        a second one.

        Returns:
            False if the bucket is empty.
        """
        moment = now.timestamp()
        step = 1 / settings.uploads_per_second
        latest = moment + (settings.upload_burst - 1) * step
        is_full = UploadRate.full_at.does_not_exist() | (UploadRate.full_at <= moment)
        has_some = (UploadRate.full_at > moment) & (UploadRate.full_at <= latest)
        return self._write(UploadRate.full_at.set(moment + step), is_full, now) or self._write(
            UploadRate.full_at.set(UploadRate.full_at + step), has_some, now
        )

    def _write(self, action: Action, condition: Condition, now: datetime) -> bool:
        actions = [action, UploadRate.expires_at.set(now + _KEPT)]
        try:
            self.update(actions=actions, condition=condition)
        except UpdateError as error:
            if is_condition_failure(error):
                return False
            raise
        return True


def find_refusal(owner_id: str, settings: ApiSettings) -> TooManyRequestsError | None:
    """Check whether this user may start one more task now, and take a token.

    The rate is exact. Requests within the same few milliseconds can exceed the limit of unfinished
    tasks, because the index follows the table with that delay.

    Returns:
        The error to answer with, or None if the user may start a task.
    """
    if not UploadRate(f"rate:{owner_id}").take_token(datetime.now(UTC), settings):
        return TooManyRequestsError(math.ceil(1 / settings.uploads_per_second))
    if Task.count_in_flight(owner_id, settings.max_in_flight) >= settings.max_in_flight:
        return TooManyInFlightError(IN_FLIGHT_RETRY_SECONDS)
    return None
