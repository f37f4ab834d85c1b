"""What a picture shows that not everybody wants to see, in the shape of Amazon Rekognition's.

https://docs.aws.amazon.com/rekognition/latest/APIReference/API_ModerationLabel.html
"""

from pydantic import Field

from pipeline.core.labels import ApiModel, Confidence


class ModerationLabel(ApiModel):
    """A kind of unwanted content."""

    name: str = Field(description="What it is.", examples=["Weapons"])
    confidence: Confidence = Field(description="How sure Rekognition is.", examples=[87.5])
    parent_name: str = Field(description="The wider kind; empty at the top.", examples=["Violence"])
