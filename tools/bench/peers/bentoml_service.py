"""BentoML with our recogniser: `bentoml serve tools.bench.peers.bentoml_service:Spotter`."""

import os
from pathlib import Path
from typing import Any

import bentoml

from infra.local.layout import WEIGHTS
from pipeline.core.options import Options
from pipeline.worker.vision.recognizer import Recognizer


@bentoml.service(
    workers=int(os.environ.get("PEER_PROCESSES", "1")), threads=1, traffic={"timeout": 120}
)
class Spotter:
    """Take a picture in a form and answer with its labels as JSON."""

    def __init__(self) -> None:
        self._recognizer = Recognizer(WEIGHTS)

    @bentoml.api(route="/recognise")
    def recognise(self, image: Path) -> dict[str, Any]:
        found = self._recognizer.recognize_file(image.read_bytes(), Options())
        return {"labels": [label.model_dump() for label in found.labels]}
