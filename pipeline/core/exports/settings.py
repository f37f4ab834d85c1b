"""Where a process finds the exports."""

from pydantic import BaseModel

from pipeline.core.settings import read_environment


class ExportSettings(BaseModel, frozen=True, hide_input_in_errors=True):
    """A process that lacks one of these variables stops at once and names it."""

    exports_table: str
    exports_queue_url: str
    """The queue whose messages start `write_export`."""


def load_export_settings() -> ExportSettings:
    """Read the settings of this process. Only entry points call it.

    Raises:
        ValidationError: A variable is missing. The error names it.
    """
    return ExportSettings.model_validate(read_environment())
