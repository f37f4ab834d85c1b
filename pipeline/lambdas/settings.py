"""The settings of the API functions."""

from pipeline.core.search.settings import SearchSettings
from pipeline.core.settings import Settings, read_environment
from pipeline.core.user_limits import UserLimits


class ApiSettings(Settings, SearchSettings, UserLimits, frozen=True):
    """A function that lacks one of the variables stops at once and names it."""

    spa_origin: str
    """Scheme, host and port of the web page, the only page that may call this API."""

    streams_table: str
    """The table of streams: cameras whose frames are recognised as they come."""
    frames_stream_arn: str = ""
    """The Kinesis stream of frames. Empty where live recognition is not offered."""

    keys_client_id: str = ""
    """The client of the user pool at which API keys are exchanged. Empty where keys are not
    offered. Tokens of this client are tokens of keys."""

    start_seconds: int = 0
    """Seconds from the first waiting picture to a running worker. 0 if the fleet never sleeps."""
    accept_heic: bool = True
    """Whether HEIC pictures are taken. HEVC, their codec, is patented: docs/formats.md."""
    offered_models: str = ""
    """The added models that requests may name, with commas. Empty if there are none."""
    webhook_loopback: bool = False
    """Whether webhooks may have addresses of this machine. Only the local system sets it."""
    rekognition_usd_a_day: float = 0
    """The most that Amazon Rekognition may cost in a day. 0 does not offer it."""


def load_settings() -> ApiSettings:
    """Read the settings of this function.

    Raises:
        ValidationError: A variable is missing. The error names it.
    """
    return ApiSettings.model_validate(read_environment())
