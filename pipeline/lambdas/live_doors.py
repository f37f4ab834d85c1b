"""Whether cameras are taken at the moment."""

from pipeline.core.controls import know_controls
from pipeline.core.doors import Door, is_closed
from pipeline.lambdas.problems import LivePausedError, UploadsClosedError


def check_live_is_open() -> None:
    """Refuse cameras while uploads are closed or the queue is paused.

    Raises:
        UploadsClosedError: Uploads are closed.
        LivePausedError: The queue is paused.
    """
    if is_closed(Door.UPLOADS):
        raise UploadsClosedError
    if know_controls().is_paused:
        raise LivePausedError
