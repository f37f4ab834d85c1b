"""What operators have set for the whole service: one item in the table of tasks.

The portal writes it. Workers, functions and the portal read it; each keeps what it read for some
seconds. The item lacks the keys of the tasks' indexes, so no list shows it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import monotonic

from pynamodb.attributes import (
    BooleanAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.exceptions import PynamoDBException
from pynamodb.models import Model

from pipeline.core.dynamo import BaseMeta

KEY = "controls"
"""Key of the item."""

REFRESH_SECONDS = 10
"""How old the controls may be that a worker or a function relies on."""

LONGEST_PAUSE = timedelta(hours=8)
"""A pause always has an end, so that nobody forgets it."""

NOTICE_LENGTH = 300
"""Characters of a notice."""

MOST_HELD = 100
"""Users whose queue can be held at the same time."""


class Decision(MapAttribute[str, object]):
    """What somebody decided about one thing, when and why."""

    at = UTCDateTimeAttribute()
    operator = UnicodeAttribute()
    reason = UnicodeAttribute()
    value = NumberAttribute(null=True)


def unpack(decision: Decision | None, verb: str) -> dict[str, object]:
    """When, by whom and why it was decided, as `{verb}_at`, `{verb}_by` and `reason`."""
    if decision is None:
        return {f"{verb}_at": None, f"{verb}_by": "", "reason": ""}
    return {
        f"{verb}_at": decision.at,
        f"{verb}_by": decision.operator,
        "reason": decision.reason,
    }


class Controls(Model):
    """The controls at one moment."""

    class Meta(BaseMeta): ...

    key = UnicodeAttribute(hash_key=True, attr_name="task_id", default=KEY)
    paused_until = UTCDateTimeAttribute(null=True)
    paused_since = UTCDateTimeAttribute(null=True)
    paused_by = UnicodeAttribute(null=True)
    pause_reason = UnicodeAttribute(null=True)
    alarms_silenced = BooleanAttribute(null=True)
    """Set by the sweep while alarms are silent because of a pause."""
    held_owners = UnicodeSetAttribute(null=True)
    notice = UnicodeAttribute(null=True)
    notice_until = UTCDateTimeAttribute(null=True)

    uploads_closed = Decision(null=True)
    sign_up_closed = Decision(null=True)

    # Limits of each user that differ from the settings: `pipeline.core.user_limits`.
    max_unfinished_tasks = Decision(null=True)
    uploads_per_second = Decision(null=True)
    upload_burst = Decision(null=True)
    requests_per_second = Decision(null=True)
    request_burst = Decision(null=True)
    bytes_per_day = Decision(null=True)
    stored_bytes = Decision(null=True)
    reposts_per_day = Decision(null=True)
    megapixels_per_day = Decision(null=True)

    rekognition_usd_a_day = Decision(null=True)
    """What workers may spend on Amazon Rekognition: `pipeline.core.rekognition`."""

    def find(self, name: str) -> Decision | None:
        """What was decided about the door or limit of this name, if anything."""
        found: Decision | None = self.attribute_values.get(name)
        return found

    @property
    def shown_notice(self) -> str | None:
        """What the web page tells its users at the moment, such as a maintenance."""
        is_shown = self.notice_until is not None and datetime.now(UTC) < self.notice_until
        return self.notice if is_shown else None

    @property
    def is_paused(self) -> bool:
        """Whether workers receive no messages."""
        return self.paused_until is not None and datetime.now(UTC) < self.paused_until

    def is_held(self, owner_id: str) -> bool:
        """Whether the pictures of this user wait."""
        return bool(self.held_owners) and owner_id in self.held_owners


def read_controls() -> Controls:
    """Read the controls as they are now; without an item nothing is set."""
    try:
        return Controls.get(KEY, consistent_read=True)
    except Controls.DoesNotExist:
        return Controls()


def know_controls() -> Controls:
    """The controls as this process knows them, at most `REFRESH_SECONDS` old.

    They may be older while the table does not answer.
    """
    global _known
    if _known is not None and monotonic() - _known[0] < REFRESH_SECONDS:
        return _known[1]
    try:
        _known = (monotonic(), read_controls())
    except PynamoDBException:
        if _known is None:
            raise
    return _known[1]


_known: tuple[float, Controls] | None = None


def decide(name: str, *, operator: str, reason: str, value: float | None = None) -> None:
    """Store what was decided about a door or a limit. It replaces what was decided before."""
    decision = Decision(at=datetime.now(UTC), operator=operator, reason=reason, value=value)
    Controls(KEY).update(actions=[getattr(Controls, name).set(decision)])


def undo(name: str) -> None:
    """Let nothing be decided about a door or a limit."""
    Controls(KEY).update(actions=[getattr(Controls, name).remove()])


def pause(operator: str, reason: str, until: datetime) -> None:
    """Let all workers stop receiving within `REFRESH_SECONDS`, until `until` at most."""
    Controls(KEY).update(
        actions=[
            Controls.paused_until.set(until),
            Controls.paused_since.set(datetime.now(UTC)),
            Controls.paused_by.set(operator),
            Controls.pause_reason.set(reason),
        ]
    )


def resume() -> None:
    """Let the workers receive again."""
    Controls(KEY).update(
        actions=[
            Controls.paused_until.remove(),
            Controls.paused_since.remove(),
            Controls.paused_by.remove(),
            Controls.pause_reason.remove(),
        ]
    )


def set_silenced(is_silenced: bool) -> None:
    """Note whether alarms are silent because of a pause."""
    field = Controls.alarms_silenced
    Controls(KEY).update(actions=[field.set(True) if is_silenced else field.remove()])


def show_notice(text: str, until: datetime) -> None:
    """Let the web page show this text to all its users until `until`."""
    Controls(KEY).update(actions=[Controls.notice.set(text), Controls.notice_until.set(until)])


def hide_notice() -> None:
    """Let the web page show no text any more."""
    Controls(KEY).update(actions=[Controls.notice.remove(), Controls.notice_until.remove()])


def hold(owner_id: str) -> None:
    """Let the waiting pictures of this user wait until `release`."""
    Controls(KEY).update(actions=[Controls.held_owners.add({owner_id})])


def release(owner_id: str) -> None:
    """End a hold."""
    Controls(KEY).update(actions=[Controls.held_owners.delete({owner_id})])
