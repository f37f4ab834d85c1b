"""Run the stand-in until it is ended: `python -m infra.local.rekognition PORT`.

The local system starts it with the key of the workers, so it reads only what they may read.
"""

import logging
import sys
from functools import cache

from infra.local.layout import WEIGHTS
from infra.local.rekognition.answers import StandIn
from infra.local.rekognition.server import RekognitionServer
from pipeline.core.options import Options
from pipeline.core.storage import ImageStore
from pipeline.worker.vision.recognizer import Recognition, Recognizer


def main(port: int) -> None:
    logging.basicConfig(level=logging.INFO)
    stand_in = StandIn(recognise, lambda bucket, key: ImageStore(bucket).download(key))
    RekognitionServer(stand_in, port).serve_forever()


def recognise(data: bytes, options: Options) -> Recognition:
    return load_recognizer().recognize_file(data, options)


@cache
def load_recognizer() -> Recognizer:
    """Load the networks for the first picture: many systems offer the stand-in and never ask."""
    return Recognizer(WEIGHTS, threads=1)


if __name__ == "__main__":
    main(int(sys.argv[1]))
