"""Run the stand-in until it is ended: `python -m infra.local.rekognition PORT`.

The local system starts it with the key of the workers, so it reads only what they may read.
"""

import logging
import sys

from infra.local.layout import WEIGHTS
from infra.local.rekognition.answers import StandIn
from infra.local.rekognition.server import RekognitionServer
from pipeline.core.storage import ImageStore
from pipeline.worker.vision.recognizer import Recognizer


def main(port: int) -> None:
    logging.basicConfig(level=logging.INFO)
    recognizer = Recognizer(WEIGHTS, threads=1)
    stand_in = StandIn(
        recognizer.recognize_file, lambda bucket, key: ImageStore(bucket).download(key)
    )
    RekognitionServer(stand_in, port).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
