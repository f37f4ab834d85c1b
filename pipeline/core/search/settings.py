"""Where a process finds the index of words."""

from pydantic import BaseModel
from pynamodb.models import Model

from pipeline.core.search.items import MODELS
from pipeline.core.settings import read_environment


class SearchSettings(BaseModel, frozen=True, hide_input_in_errors=True):
    """A process that lacks one of these variables stops at once and names it."""

    aws_region: str
    tasks_table: str
    words_table: str

    @property
    def search_tables(self) -> dict[type[Model], str]:
        """The table of each model of the index."""
        return dict.fromkeys(MODELS, self.words_table)


def load_search_settings() -> SearchSettings:
    """Read the settings of this process. Only entry points call it.

    Raises:
        ValidationError: A variable is missing. The error names it.
    """
    return SearchSettings.model_validate(read_environment())
