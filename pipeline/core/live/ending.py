"""Ends everything live of a user at once: an account that is shut must neither send nor hear."""

from __future__ import annotations

from pipeline.core.live.push import Push
from pipeline.core.live.streams import list_streams, stop_stream


def end_live(owner_id: str, push: Push) -> None:
    """End the streams of a user and close the sockets.

    Raises:
        ClientError: A socket could not be closed. The next call tries again.
        BotoCoreError: API Gateway did not answer. The next call tries again.
    """
    for stream in list_streams(owner_id):
        stop_stream(stream.stream_id)
    push.close_all(owner_id)
