"""A worker of a faulty release: one picture, named by the sha256 POISON, needs too much memory."""

import hashlib
import os

import pipeline.worker.__main__ as worker
from pipeline.core.images import ImageHeader
from pipeline.core.options import Options
from pipeline.worker.settings import WorkerSettings
from pipeline.worker.vision.recognizer import Recognition, Recognize, Recognizer


class FaultyRecognizer(Recognizer):
    def recognize(self, data: bytes, header: ImageHeader, options: Options) -> Recognition:
        if hashlib.sha256(data).hexdigest() == os.environ["POISON"]:
            raise MemoryError("4 GB for one picture")
        return super().recognize(data, header, options)


def load(settings: WorkerSettings) -> Recognize:
    recognizer = FaultyRecognizer(
        settings.weights_dir, engine=settings.engine, threads=settings.concurrency
    )
    return recognizer.recognize


if __name__ == "__main__":
    worker.main(load)
