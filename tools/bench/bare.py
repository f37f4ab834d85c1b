"""The bare loop: decode, small copies and both networks, nothing else. The limit of a core.

Run as: python -m tools.bench.bare

It prints a line when it is warm, and its measurements on SIGTERM.
"""

from __future__ import annotations

import itertools
import json
import signal
import statistics
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass

import psutil

from infra.local.demo.show import find_demo_photos
from infra.local.layout import WEIGHTS
from pipeline.worker.vision.classifier import Classifier
from pipeline.worker.vision.confidence import load_calibration
from pipeline.worker.vision.detector import Detector
from pipeline.worker.vision.engine import Engine, open_engine
from pipeline.worker.vision.image import decode_image
from pipeline.worker.vision.preview import make_copies
from pipeline.worker.vision.vocabulary import load_vocabulary
from pipeline.worker.vision.weights import DEFAULT_ENGINE, choose_networks, find_weights
from tools.bench.placement import Placement, pinned

WARM_UP = 20
"""Pictures that are not counted in the loop, the worker and its peers, because the first picture
takes three times as long."""


@dataclass(frozen=True)
class Bare:
    """Results of the loop on all its cores."""

    images_per_second: float
    cpu_seconds_per_image: float
    decode_ms: float  # Median; so are the next two
    classify_ms: float
    detect_ms: float

    @property
    def image_ms(self) -> float:
        return self.decode_ms + self.classify_ms + self.detect_ms


class BareLoop:
    """The loop in one process for each of our cores. It runs only during `run`.

    The processes share nothing, not even the interpreter lock.
    """

    def __init__(self, placement: Placement) -> None:
        with pinned(placement.ours, placement):
            self._processes = [self._start() for _ in placement.ours]
        self._seconds = 0.0

    def __enter__(self) -> BareLoop:
        for process in self._processes:
            process.stdout.readline()
        for process in self._processes:
            process.suspend()
        return self

    def __exit__(self, *error: object) -> None:
        for process in self._processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()

    @staticmethod
    def _start() -> psutil.Popen:
        return psutil.Popen(
            [sys.executable, "-m", "tools.bench.bare"], stdout=subprocess.PIPE, text=True
        )

    def run(self, seconds: float) -> None:
        """Run the loop for `seconds`."""
        began = time.perf_counter()
        for process in self._processes:
            process.resume()
        time.sleep(seconds)
        for process in self._processes:
            process.suspend()
        self._seconds += time.perf_counter() - began

    def finish(self) -> Bare:
        """Stop the loop and return the results of all turns."""
        for process in self._processes:
            process.terminate()
            process.resume()
        results = [json.loads(process.communicate()[0]) for process in self._processes]
        return Bare(
            images_per_second=sum(result["images"] for result in results) / self._seconds,
            **{
                name: statistics.median(result[name] for result in results)
                for name in ("cpu_seconds_per_image", "decode_ms", "classify_ms", "detect_ms")
            },
        )


def _open(name: str) -> Engine:
    return open_engine(DEFAULT_ENGINE, find_weights(WEIGHTS, name).path, threads=1)


def run_loop() -> dict[str, float]:
    vocabulary = load_vocabulary()
    names = choose_networks(DEFAULT_ENGINE)
    classifier = Classifier(_open(names.classifier), temperature=load_calibration().temperature)
    detector = Detector(_open(names.detector), vocabulary.categories)
    photos = itertools.cycle([photo.read_bytes() for photo in find_demo_photos()])

    def time_stages() -> tuple[float, float, float]:
        begun = time.perf_counter()
        image, header = decode_image(next(photos))
        make_copies(image, header)
        decoded = time.perf_counter()
        classifier.calibrate(classifier.compute_logits(image))
        classified = time.perf_counter()
        detector.detect(image)
        return decoded - begun, classified - decoded, time.perf_counter() - classified

    for _ in range(WARM_UP):
        time_stages()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    times: list[tuple[float, float, float]] = []
    cpu_started = time.process_time()
    sys.stdout.write("warm\n")
    sys.stdout.flush()
    with suppress(KeyboardInterrupt):
        while True:
            times.append(time_stages())
    cpu = time.process_time() - cpu_started
    decode, classify, detect = (
        statistics.median(stage) * 1000 for stage in zip(*times, strict=True)
    )
    return {
        "images": len(times),
        "cpu_seconds_per_image": cpu / len(times),
        "decode_ms": decode,
        "classify_ms": classify,
        "detect_ms": detect,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run_loop()))
