"""What a picture looks like, in the shape of Amazon Rekognition's ImageProperties.

https://docs.aws.amazon.com/rekognition/latest/APIReference/API_DetectLabelsImageProperties.html
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from pipeline.core.labels import ApiModel

_Channel = Annotated[int, Field(ge=0, le=255)]
_Percent = Annotated[float, Field(ge=0, le=100)]


class SimplifiedColor(StrEnum):
    """Everyday names of colours."""

    BLACK = "black"
    BLUE = "blue"
    BROWN = "brown"
    CYAN = "cyan"
    GREEN = "green"
    GREY = "grey"
    ORANGE = "orange"
    PINK = "pink"
    PURPLE = "purple"
    RED = "red"
    WHITE = "white"
    YELLOW = "yellow"


class DominantColor(ApiModel):
    """A colour that covers much of the picture."""

    red: _Channel = Field(description="Red, 0 to 255.", examples=[196])
    green: _Channel = Field(description="Green, 0 to 255.", examples=[144])
    blue: _Channel = Field(description="Blue, 0 to 255.", examples=[98])
    hex_code: str = Field(description="The same as `#rrggbb`.", examples=["#c49062"])
    css_color: str = Field(
        description="The nearest colour that has a name in CSS.", examples=["peru"]
    )
    simplified_color: SimplifiedColor = Field(
        description="The nearest everyday name.", examples=["brown"]
    )
    pixel_percent: _Percent = Field(
        description="Part of the picture that has about this colour.", examples=[31.4]
    )


class Quality(ApiModel):
    """How bright, sharp and contrasty a picture is, each 0 to 100."""

    brightness: _Percent = Field(
        description="Mean lightness: 0 is a black picture, 100 a white one.", examples=[52.1]
    )
    sharpness: _Percent = Field(
        description="How much detail a slight blur would remove: below about 40 a photo looks"
        " blurred. It is measured on a copy whose shorter side is 312 to 624 pixels.",
        examples=[71.8],
    )
    contrast: _Percent = Field(
        description="Distance between the darkest and the brightest twentieth of the picture.",
        examples=[83.5],
    )


class ImageProperties(ApiModel):
    """Colours and quality of a picture."""

    quality: Quality = Field(description="Brightness, sharpness and contrast.")
    dominant_colors: list[DominantColor] = Field(
        description="Up to 8 colours, the most frequent first. Together they cover the picture"
        " except for colours of less than 2 %."
    )
