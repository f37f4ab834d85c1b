"""Examples of parts of a result, for the OpenAPI document."""

PROPERTIES = {
    "quality": {"brightness": 52.1, "sharpness": 71.8, "contrast": 83.5},
    "dominantColors": [
        {
            "red": 196,
            "green": 144,
            "blue": 98,
            "hexCode": "#c49062",
            "cssColor": "peru",
            "simplifiedColor": "brown",
            "pixelPercent": 31.4,
        }
    ],
}
_CORNERS = [
    {"x": 0.4, "y": 0.1},
    {"x": 0.6, "y": 0.1},
    {"x": 0.6, "y": 0.15},
    {"x": 0.4, "y": 0.15},
]
_WORD = {
    "text": "EXIT",
    "confidence": 98.2,
    "boundingBox": {"left": 0.4, "top": 0.1, "width": 0.2, "height": 0.05},
    "polygon": _CORNERS,
}
TEXT = {"lines": [{**_WORD, "angle": 0, "words": [_WORD]}], "truncated": False}
FINGERPRINT = {
    "vector": "f4EAQL8=",
    "hash": "d1c4a7390f5be268",
    "mirroredHash": "84910d6ca50e4bc2",
}
