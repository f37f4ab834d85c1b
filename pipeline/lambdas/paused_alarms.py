"""While the queue is paused, the alarms that a pause causes notify nobody.

The sweep calls this each minute, and nothing else changes these alarms. It silences them only while
the controls say that the queue is paused, and switches them on in every other minute. So a portal
or a sweep that dies at any step leaves nothing silent. If the sweep itself does not run, the alarm
`sweep-missing` says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from botocore.config import Config

from pipeline.core.clients import create_client
from pipeline.core.controls import Controls, set_silenced

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "max_attempts": 3})
REASON = "The pause of the queue is over. CloudWatch evaluates the alarm again."


def create_cloudwatch() -> CloudWatchClient:
    """Make a client without connecting."""
    client: CloudWatchClient = create_client("cloudwatch", CONFIG)
    return client


def follow_pause(client: CloudWatchClient, alarms: Sequence[str], controls: Controls) -> None:
    """Silence the alarms during a pause, and let them notify at all other times.

    CloudWatch notifies only when a state changes. An alarm that went on during the pause would
    stay unheard, so its state is set back once when the pause is over.
    """
    if controls.is_paused:
        # First, so that a crash after the next call does not lose it.
        set_silenced(True)
        for name in alarms:
            client.disable_alarm_actions(AlarmNames=[name])
        return
    for name in alarms:
        client.enable_alarm_actions(AlarmNames=[name])
    if controls.alarms_silenced:
        for name in alarms:
            client.set_alarm_state(AlarmName=name, StateValue="OK", StateReason=REASON)
        set_silenced(False)
