"""LitServe with our recogniser: `python litserve_server.py PORT PROCESSES`."""

import sys
from typing import Any

import litserve
from fastapi import Request

from infra.local.layout import WEIGHTS
from pipeline.core.options import Options
from pipeline.worker.vision.recognizer import Recognizer


class Api(litserve.LitAPI):
    """Take a picture in a form and answer with its labels as JSON."""

    def setup(self, device: str) -> None:
        self._recognizer = Recognizer(WEIGHTS)

    def decode_request(self, request: Request) -> bytes:
        data: bytes = request["image"].file.read()
        return data

    def predict(self, data: bytes) -> list[dict[str, Any]]:
        found = self._recognizer.recognize_file(data, Options())
        return [label.model_dump() for label in found.labels]

    def encode_response(self, labels: list[dict[str, Any]]) -> dict[str, Any]:
        return {"labels": labels}


if __name__ == "__main__":
    port, processes = map(int, sys.argv[1:])
    server = litserve.LitServer(
        Api(api_path="/recognise"), accelerator="cpu", workers_per_device=processes
    )
    server.run(port=port, host="127.0.0.1", generate_client_file=False, log_level="warning")
