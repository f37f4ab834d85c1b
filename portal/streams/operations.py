"""What operators do to streams."""

from __future__ import annotations

from pipeline.core.live import streams
from portal.actions.forms import ReasonForm
from portal.actions.operation import Invocation, Operation
from portal.streams.models import Stream


class StopStream(Operation[Stream]):
    name = "stop"
    label = "Stop"
    icon = "videocam_off"
    done = "Stopped"
    permission = "streams.stop_stream"
    explanation = (
        "Frames of this camera are refused within five seconds, and its owner reads that it was "
        "stopped. The owner can start the camera again: to prevent this, disable the user."
    )
    is_destructive = True
    form_class = ReasonForm
    takes_all = False

    def apply(self, invocation: Invocation, row: Stream) -> str:
        streams.stop_stream(row.pk)
        return f"Stopped after {row.frames:,} frames of {row.owner_id}"
