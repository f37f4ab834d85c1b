"""The stand-in for Rekognition, with networks that find what a test says."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest
from botocore.config import Config

from infra.local.rekognition.answers import StandIn
from infra.local.rekognition.server import RekognitionServer
from pipeline.core.labels import BoundingBox, Instance, Label, LabelName
from pipeline.core.options import Options
from pipeline.core.storage import ImageStore
from pipeline.worker.metrics import Metrics
from pipeline.worker.rekognition.client import Rekognition
from pipeline.worker.rekognition.second_opinion import SecondOpinion
from pipeline.worker.vision.recognizer import Recognition
from pipeline.worker.vision.vocabulary import load_vocabulary
from tests.environment import settings
from tests.examples import TEXT
from tests.worker.fakes import build_recognition

BUDGET = 1_000_000  # 1 USD in micro-dollars
BOX = BoundingBox(left=0.1, top=0.2, width=0.3, height=0.4)
THEIR_DOG = Label(
    name="dog",
    confidence=95,
    parents=[LabelName(name="animal")],
    instances=[Instance(bounding_box=BOX, confidence=93)],
)


def look(data: bytes, options: Options) -> Recognition:
    """A dog in every picture, and properties and text if they are asked for."""
    found = build_recognition()
    return replace(
        found,
        labels=[THEIR_DOG][: options.max_labels],
        properties=found.properties if "properties" in options.features else None,
        text=TEXT if "text" in options.features else None,
    )


@pytest.fixture
def server(store: ImageStore) -> Iterator[RekognitionServer]:
    def download(bucket: str, key: str) -> bytes:
        return ImageStore(bucket).download(key)

    server = RekognitionServer(StandIn(look, download))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def rekognition(server: RekognitionServer) -> Rekognition:
    # One attempt, so that a test of a fault need not wait for botocore's pause.
    once = Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=20)
    client = boto3.client("rekognition", endpoint_url=server.url, config=once)
    return Rekognition(load_vocabulary().words, client)


@pytest.fixture
def second_opinion(rekognition: Rekognition, metrics: Metrics) -> SecondOpinion:
    return SecondOpinion(rekognition, settings.images_bucket, lambda: BUDGET, metrics)
