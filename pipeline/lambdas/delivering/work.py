"""The work on the deliveries of one webhook, in rounds.

A round reads the oldest open deliveries and sends those that are due, a few at a time. Of several
about the same task or export only the first is sent; the next round sends the next one, so they
arrive in order. After several failures in a row the receiver gets a pause, and after it one call
finds out whether the receiver is back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pynamodb.expressions.update import Action

from pipeline.core.webhooks import deliveries
from pipeline.core.webhooks.deliveries import WAITS, Attempt, Delivery, DeliveryStatus
from pipeline.core.webhooks.record import (
    DISABLED_AFTER,
    FORGET_FAILURES,
    Webhook,
    WebhookStatus,
    update,
)

PAGE = 100
"""Open deliveries that are read at once."""

MOST_PAGES = 10
"""Pages that a round reads until it finds a delivery that is due. If so many deliveries wait for
another try, later ones wait too."""

AT_ONCE = 8
"""Calls of one receiver at the same time."""

FAILURES_IN_A_ROW = 3
"""With so many the receiver gets a pause."""

LONGEST_PAUSE = timedelta(minutes=30)

Post = Callable[[Delivery, Sequence[str]], Attempt]


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What the work needs from outside."""

    post: Post
    has_time: Callable[[], bool]
    is_stopped: Callable[[], bool]
    """Whether nothing may be done for the owner at the moment."""
    on_disabled: Callable[[Webhook], None]


class DeliveryWork:
    """Sends what one webhook has to send. The caller holds the webhook."""

    def __init__(self, webhook: Webhook, tools: Tools) -> None:
        self._webhook = webhook
        self._tools = tools
        self.sent = 0
        self.failed = 0

    def run(self) -> datetime | None:
        """Send until nothing is due or the time is over.

        Returns:
            When to go on; None if nothing is open.
        """
        while True:
            waiting = self._read_open()
            if not waiting:
                return None
            if self._tools.is_stopped():
                return datetime.now(UTC) + LONGEST_PAUSE
            if self._webhook.status == WebhookStatus.BLOCKED:
                self._give_up(waiting)
            elif not self._advance(waiting):
                return self._find_next(waiting)
            if not self._tools.has_time():
                return datetime.now(UTC)

    def _read_open(self) -> list[Delivery]:
        """The oldest open deliveries, with the first page on which one is due."""
        waiting: list[Delivery] = []
        for _ in range(MOST_PAGES):
            after = waiting[-1].delivery_id if waiting else None
            page = deliveries.list_open(self._webhook.webhook_id, PAGE, after)
            waiting += page
            if len(page) < PAGE or choose_ready(waiting, datetime.now(UTC)):
                break
        return waiting

    def _advance(self, waiting: Sequence[Delivery]) -> bool:
        """Whether another round may find something to do."""
        now = datetime.now(UTC)
        late = [delivery for delivery in waiting if delivery.give_up_at <= now]
        self._give_up(late)
        ready = choose_ready([it for it in waiting if it.give_up_at > now], now)
        if not ready or self._webhook.is_paused(now):
            return bool(late)
        while ready and self._tools.has_time():
            # A receiver that failed last gets one call, which finds out whether it is back.
            size = 1 if self._webhook.failures else AT_ONCE
            batch, ready = ready[:size], ready[size:]
            self._send(batch)
            if self._webhook.is_paused(datetime.now(UTC)):
                return False
        return True

    def _send(self, batch: Sequence[Delivery]) -> None:
        secrets = self._webhook.list_secrets(datetime.now(UTC))
        with ThreadPoolExecutor(len(batch)) as pool:
            attempts = list(pool.map(lambda it: self._tools.post(it, secrets), batch))
        self._note_health(batch, attempts)
        for delivery, attempt in zip(batch, attempts, strict=True):
            if attempt.is_success:
                deliveries.close(delivery, DeliveryStatus.DELIVERED, attempt)
                self.sent += 1
            else:
                self._note_failure(delivery, attempt)
                self.failed += 1

    def _note_failure(self, delivery: Delivery, attempt: Attempt) -> None:
        tries, now = int(delivery.tries), datetime.now(UTC)
        if tries >= len(WAITS):
            deliveries.close(delivery, DeliveryStatus.FAILED, attempt)
        else:
            deliveries.note_attempt(delivery, attempt, now + timedelta(seconds=WAITS[tries]))

    def _give_up(self, late: Sequence[Delivery]) -> None:
        for delivery in late:
            deliveries.close(delivery, DeliveryStatus.FAILED)

    def _note_health(self, batch: Sequence[Delivery], attempts: Sequence[Attempt]) -> None:
        """Remember how the receiver is. One success in a batch is enough: it is there."""
        webhook, now = self._webhook, datetime.now(UTC)
        failed = [attempt for attempt in attempts if not attempt.is_success]
        actions: list[Action] = []
        if failed:
            actions.append(Webhook.last_error.set(failed[-1].reason))
        if len(failed) < len(attempts):
            actions += [Webhook.last_success_at.set(now), *FORGET_FAILURES]
            if webhook.status == WebhookStatus.DISABLED:
                actions.append(Webhook.status.set(WebhookStatus.ACTIVE.value))
            update(webhook, Webhook.url.exists(), *actions)
            return
        failures = int(webhook.failures)
        # One delivery that the receiver never takes must not count as a receiver that is down.
        if failures >= FAILURES_IN_A_ROW or any(not it.tries for it in batch):
            failures += 1
        actions.append(Webhook.failures.set(failures))
        if webhook.failing_since is None:
            actions.append(Webhook.failing_since.set(now))
        if failures >= FAILURES_IN_A_ROW:
            actions.append(Webhook.resume_at.set(now + compute_pause(failures)))
        update(webhook, Webhook.url.exists(), *actions)
        self._disable_if_hopeless(now)

    def _disable_if_hopeless(self, now: datetime) -> None:
        webhook = self._webhook
        since = webhook.failing_since
        if not since or now - since < DISABLED_AFTER or webhook.failures < FAILURES_IN_A_ROW:
            return
        if webhook.status != WebhookStatus.ACTIVE:
            return
        # Not "still active": botocore sends the write again if the answer to it was lost.
        is_allowed = Webhook.status != WebhookStatus.BLOCKED
        if update(webhook, is_allowed, Webhook.status.set(WebhookStatus.DISABLED.value)):
            self._tools.on_disabled(webhook)

    def _find_next(self, waiting: Sequence[Delivery]) -> datetime:
        now = datetime.now(UTC)
        open_still = [delivery for delivery in waiting if delivery.give_up_at > now]
        # One that waits behind another of its subject may be due, but nothing can be done for it.
        tries = [delivery.next_try_at for delivery in choose_firsts(open_still)]
        ends = [delivery.give_up_at for delivery in open_still]
        earliest = min((*tries, *ends), default=now)
        resume_at = self._webhook.resume_at
        return max(earliest, resume_at) if resume_at else earliest


def choose_ready(waiting: Sequence[Delivery], now: datetime) -> list[Delivery]:
    """The deliveries that are due, of each subject the first one at most."""
    return [delivery for delivery in choose_firsts(waiting) if delivery.next_try_at <= now]


def choose_firsts(waiting: Sequence[Delivery]) -> list[Delivery]:
    """The first delivery of each subject."""
    firsts: dict[str, Delivery] = {}
    for delivery in waiting:
        firsts.setdefault(delivery.subject, delivery)
    return list(firsts.values())


def compute_pause(failures: int) -> timedelta:
    """How long a receiver gets to recover after so many failures in a row."""
    step = min(failures - FAILURES_IN_A_ROW, len(WAITS) - 1)
    return min(timedelta(seconds=WAITS[step]), LONGEST_PAUSE)
