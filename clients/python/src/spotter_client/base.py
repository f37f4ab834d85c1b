"""What all models of the service's answers have in common."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A part of an answer. Fields that are newer than this client are kept."""

    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=True)
