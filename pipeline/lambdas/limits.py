"""Limits of each user: nobody waits behind a thousand photos of somebody else, and one account
costs no more than the table in docs/security.md says."""

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from pipeline.core.controls import know_controls
from pipeline.core.dynamo import BaseMeta, is_condition_failure
from pipeline.core.quotas import find_quota
from pipeline.core.settings import RETENTION
from pipeline.core.tasks.record import Task
from pipeline.core.tasks.unfinished import count_wait_seconds
from pipeline.core.tasks.version_ids import build_versions_owner
from pipeline.core.user_limits import apply_decisions
from pipeline.lambdas.known_buckets import is_in_use, remember
from pipeline.lambdas.problems import (
    DailyBytesReachedError,
    DailyPixelsReachedError,
    StorageFullError,
    TooManyRequestsError,
    TooManyUnfinishedTasksError,
)
from pipeline.lambdas.settings import ApiSettings

TOKEN_MEGAPIXELS = 24
"""Megapixels, times passes over them, that one upload may have. A larger one counts as several."""

CHARGED_ONE_IN = 16
"""One frame of a camera in so many is charged, for all: a charge costs as much as a frame."""

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """A token bucket: so much at once after a pause, and so much a second in the long run."""

    name: str
    burst: float
    per_second: float
    error: type[TooManyRequestsError]


def build_window(
    name: str, amount: float, window: timedelta, error: type[TooManyRequestsError]
) -> Limit:
    """A limit of `amount` in any `window`.

    Half of it may come at once and the other half returns during the window, so no window can have
    more.
    """
    return Limit(name, amount / 2, amount / 2 / window.total_seconds(), error)


class TokenBucket(Model):
    """A user's token bucket, stored as the time when it will be full again.

    It is in the table of tasks, but lacks the keys of their indexes, so no list shows it.
    """

    class Meta(BaseMeta): ...

    bucket_id = UnicodeAttribute(hash_key=True, attr_name="task_id")
    full_at = NumberAttribute(null=True)
    """Seconds since 1970."""
    expires_at = TTLAttribute(null=True)

    def take(self, limit: Limit, cost: float, now: datetime) -> bool:
        """Take `cost` tokens from the bucket.

        Generic cell rate algorithm (ITU-T I.371), which needs no counter that must be reset.
        DynamoDB has no max(), so a full bucket and one in use take different writes.

        Returns:
            False if the bucket has too few.
        """
        latest = now.timestamp() + _count_seconds(limit, limit.burst - min(cost, limit.burst))
        return self._take(limit, cost, now, TokenBucket.full_at <= latest)

    def owe(self, limit: Limit, cost: float, now: datetime) -> None:
        """Take tokens that the bucket may not have yet: its owner waits longer the next time."""
        self._take(limit, cost, now, None)

    def count_wait_seconds(self, limit: Limit, cost: float, now: datetime) -> int:
        """Whole seconds until `take` would succeed, at least 1."""
        self.refresh(consistent_read=True)
        missing = min(cost, limit.burst) - limit.burst
        ready_at = (self.full_at or 0) + _count_seconds(limit, missing)
        return max(1, math.ceil(ready_at - now.timestamp()))

    def describe(self, limit: Limit, now: datetime) -> dict[str, str]:
        """What is left after `take`, as headers; the write has already told.

        https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
        """
        used_seconds = max(0.0, float(self.full_at or 0) - now.timestamp())
        left = math.floor(limit.burst - used_seconds * limit.per_second)
        window = math.ceil(limit.burst / limit.per_second)
        return {
            "RateLimit-Policy": f'"{limit.name}";q={limit.burst:g};w={window}',
            "RateLimit": f'"{limit.name}";r={max(0, left)};t={math.ceil(used_seconds)}',
        }

    def _take(self, limit: Limit, cost: float, now: datetime, enough: Condition | None) -> bool:
        moment, seconds = now.timestamp(), _count_seconds(limit, cost)
        is_full = TokenBucket.full_at.does_not_exist() | (TokenBucket.full_at <= moment)
        is_used = TokenBucket.full_at > moment
        fill = (TokenBucket.full_at.set(moment + seconds), is_full)
        may_add = is_used if enough is None else is_used & enough
        add = (TokenBucket.full_at.set(TokenBucket.full_at + seconds), may_add)
        keep = now + timedelta(seconds=limit.burst / limit.per_second) + _DAY
        writes = (add, fill) if is_in_use(self.bucket_id, moment) else (fill, add)
        return any(self._write(*write, keep) for write in writes)

    def _write(self, action: Action, condition: Condition, keep_until: datetime) -> bool:
        actions = [action, TokenBucket.expires_at.set(keep_until)]
        try:
            self.update(actions=actions, condition=condition)
        except UpdateError as error:
            if is_condition_failure(error):
                return False
            raise
        remember(self.bucket_id, float(self.full_at or 0))
        return True


@dataclass(frozen=True)
class Cost:
    """The cost of one upload in the units of the limits."""

    size_bytes: int = 0
    work_pixels: int = 0
    """Pixels times passes over them, and what a closer look costs; 0 while the picture is unknown.
    """

    @property
    def megapixels(self) -> float:
        return self.work_pixels / 1_000_000

    @property
    def tokens(self) -> float:
        return max(1, self.megapixels / TOKEN_MEGAPIXELS)


def find_refusal(
    owner_id: str, settings: ApiSettings, cost: Cost = Cost(), *, is_version: bool = False
) -> TooManyRequestsError | None:
    """Check whether this user may start one more task now, and charge it.

    Operators can change the limits of all users, `pipeline.core.user_limits`, and give one user
    larger ones, `pipeline.core.quotas`.

    The amounts are exact. Requests within the same few milliseconds can exceed the limit of
    unfinished tasks, because the index follows the table with that delay.

    Args:
        is_version: Whether it is another version of a result. They are counted apart from tasks, up
            to the same number.

    Returns:
        The error to answer with, or None if the user may start a task.
    """
    settings, now = read_limits(settings), datetime.now(UTC)
    if refusal := charge(owner_id, build_upload_limit(settings), cost.tokens, now):
        return refusal
    counted_as = build_versions_owner(owner_id) if is_version else owner_id
    if _has_too_many_unfinished(owner_id, counted_as, settings.max_unfinished_tasks):
        return TooManyUnfinishedTasksError(count_wait_seconds(counted_as, now))
    charges = (
        (build_pixel_limit(settings), cost.megapixels),
        (build_byte_limit(settings), cost.size_bytes),
        (build_storage_limit(settings), cost.size_bytes),
    )
    refusals = (charge(owner_id, limit, amount, now) for limit, amount in charges if amount)
    return next(filter(None, refusals), None)


def charge_arrived(owner_id: str, settings: ApiSettings, cost: Cost) -> None:
    """Charge a picture that came by form for its pixels. It was charged for its bytes before.

    The picture is here, so nothing is refused: the owner's next upload waits until it is paid.
    """
    settings, now = read_limits(settings), datetime.now(UTC)
    for limit, amount in (
        (build_upload_limit(settings), cost.tokens - 1),
        (build_pixel_limit(settings), cost.megapixels),
    ):
        if amount:
            TokenBucket(f"{limit.name}:{owner_id}").owe(limit, amount, now)


def charge_bytes(
    owner_id: str, settings: ApiSettings, size_bytes: int
) -> TooManyRequestsError | None:
    """Charge bytes that are not stored.

    Returns:
        The error to answer with, or None if the user may send them.
    """
    limit = build_byte_limit(read_limits(settings))
    return charge(owner_id, limit, size_bytes, datetime.now(UTC))


def may_repost(owner_id: str, settings: ApiSettings) -> bool:
    """Count a post of a form whose task has its picture. A lost answer makes a browser repeat it.

    Returns:
        False if the owner did it too often: S3 takes every post, and each one costs us.
    """
    settings = read_limits(settings)
    limit = build_window("reposts", settings.reposts_per_day, _DAY, TooManyRequestsError)
    return TokenBucket(f"{limit.name}:{owner_id}").take(limit, 1, datetime.now(UTC))


def check_request_rate(owner_id: str, settings: ApiSettings) -> dict[str, str]:
    """Count one request of this user, of any route: `count_request`."""
    return count_request(build_request_limit(read_limits(settings)), owner_id)


def count_request(limit: Limit, who: str) -> dict[str, str]:
    """Count one request of a user or an address. Returns the headers that say what is left.

    Raises:
        TooManyRequestsError: More requests come than the limit allows.
    """
    bucket, now = TokenBucket(f"{limit.name}:{who}"), datetime.now(UTC)
    if not bucket.take(limit, 1, now):
        raise limit.error(math.ceil(1 / limit.per_second))
    return bucket.describe(limit, now)


def build_request_limit(settings: ApiSettings) -> Limit:
    """Requests of any route."""
    name = "requests"
    return Limit(name, settings.request_burst, settings.requests_per_second, TooManyRequestsError)


def build_upload_limit(settings: ApiSettings) -> Limit:
    """Uploads, larger ones counted as several."""
    return Limit("rate", settings.upload_burst, settings.uploads_per_second, TooManyRequestsError)


def build_pixel_limit(settings: ApiSettings) -> Limit:
    """Megapixels in a day."""
    return build_window("pixels", settings.megapixels_per_day, _DAY, DailyPixelsReachedError)


def build_byte_limit(settings: ApiSettings) -> Limit:
    """Bytes in a day."""
    return build_window("bytes", settings.bytes_per_day, _DAY, DailyBytesReachedError)


def build_storage_limit(settings: ApiSettings) -> Limit:
    """Bytes in the time for which pictures are kept: no user can store more."""
    return build_window("stored", settings.stored_bytes, RETENTION, StorageFullError)


def read_limits(settings: ApiSettings) -> ApiSettings:
    """The settings with the limits that operators decided, as this process knows them."""
    return apply_decisions(settings, know_controls())


def charge(owner_id: str, limit: Limit, cost: float, now: datetime) -> TooManyRequestsError | None:
    """Charge one user, up to a larger limit if operators gave the user one.

    Returns:
        The error to answer with, or None.
    """
    bucket = TokenBucket(f"{limit.name}:{owner_id}")
    if bucket.take(limit, cost, now):
        return None
    if (factor := read_factor(owner_id)) > 1:
        limit = replace(limit, burst=factor * limit.burst, per_second=factor * limit.per_second)
        if bucket.take(limit, cost, now):
            return None
    return limit.error(bucket.count_wait_seconds(limit, cost, now))


def _has_too_many_unfinished(owner_id: str, counted_as: str, limit: int) -> bool:
    if Task.count_unfinished(counted_as, limit) < limit:
        return False
    limit *= read_factor(owner_id)
    return Task.count_unfinished(counted_as, limit) >= limit


def read_factor(owner_id: str) -> int:
    """How many times as much this user may do. It is read only where a limit is reached."""
    quota = find_quota(owner_id)
    return int(quota.factor) if quota else 1


def _count_seconds(limit: Limit, tokens: float) -> float:
    return round(tokens / limit.per_second, 6)
