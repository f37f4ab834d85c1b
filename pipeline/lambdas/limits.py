"""How much one user may ask for, so that nobody has to wait for somebody else's thousand photos."""

import math
from datetime import UTC, datetime, timedelta

from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from pipeline.core.dynamo import is_condition_failure
from pipeline.core.tasks.record import Task
from pipeline.lambdas.problems import TooManyInFlightError, TooManyRequestsError
from pipeline.lambdas.settings import settings

IN_FLIGHT_RETRY_SECONDS = 2
"""About what a picture takes."""

_KEPT = timedelta(days=1)


class UploadRate(Model):
    """A user's bucket of tokens, as the moment when it will be full again.

    It lies among the tasks, but has none of the keys of their indexes: no list shows it.
    """

    class Meta(Task.Meta):
        pass

    rate_id = UnicodeAttribute(hash_key=True, attr_name="task_id")
    full_at = NumberAttribute(null=True)
    """Seconds since 1970."""
    expires_at = TTLAttribute(null=True)

    def take_token(self, now: datetime) -> bool:
        """Whether there was one.

        The generic cell rate algorithm (ITU-T I.371): without a counter that must be reset.
        DynamoDB has no max(), so there is one write for a full bucket, which is what most users
        have, and another for one that is in use.
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


def find_refusal(owner_id: str) -> TooManyRequestsError | None:
    """Why this user may not start one more task now; nothing if they may.

    Requests at the same moment may pass the limit of unfinished tasks by one another: the index
    follows within milliseconds. The rate is exact.
    """
    if not UploadRate(f"rate:{owner_id}").take_token(datetime.now(UTC)):
        return TooManyRequestsError(math.ceil(1 / settings.uploads_per_second))
    if Task.count_in_flight(owner_id, settings.max_in_flight) >= settings.max_in_flight:
        return TooManyInFlightError(IN_FLIGHT_RETRY_SECONDS)
    return None
