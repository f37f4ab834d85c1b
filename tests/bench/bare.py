"""The bare loop: decode and both networks, nothing else. What a core can do at best.

Run as: python -m tests.bench.bare SECONDS
"""

import itertools
import json
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

from infra.local.demo.show import find_demo_photos
from infra.local.layout import WEIGHTS
from pipeline.worker.vision.classifier import Classifier
from pipeline.worker.vision.detector import Detector
from pipeline.worker.vision.engine import Engine, open_engine
from pipeline.worker.vision.image import decode_image
from pipeline.worker.vision.vocabulary import load_vocabulary
from pipeline.worker.vision.weights import DEFAULT_ENGINE, choose_networks, find_weights


@dataclass(frozen=True)
class Bare:
    """What the loop did on all its cores."""

    images_per_second: float
    cpu_seconds_per_image: float
    decode_ms: float  # Median, as are the next two
    classify_ms: float
    detect_ms: float

    @property
    def image_ms(self) -> float:
        return self.decode_ms + self.classify_ms + self.detect_ms


def measure_bare(seconds: float, processes: int) -> Bare:
    """Run the loop in one process a core: they share nothing, not even an interpreter's lock."""
    command = [sys.executable, "-m", "tests.bench.bare", str(seconds)]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(processes)
    ]
    results = [json.loads(process.communicate()[0]) for process in running]
    return Bare(
        images_per_second=sum(result["images_per_second"] for result in results),
        **{
            name: statistics.median(result[name] for result in results)
            for name in ("cpu_seconds_per_image", "decode_ms", "classify_ms", "detect_ms")
        },
    )


def _open(name: str) -> Engine:
    return open_engine(DEFAULT_ENGINE, find_weights(WEIGHTS, name).path, threads=1)


def run_loop(seconds: float) -> dict[str, float]:
    vocabulary = load_vocabulary()
    names = choose_networks(DEFAULT_ENGINE)
    classifier = Classifier(_open(names.classifier))
    detector = Detector(_open(names.detector), vocabulary.categories)
    photos = [photo.read_bytes() for photo in find_demo_photos()]
    times: list[tuple[float, float, float]] = []
    started, cpu_started = time.perf_counter(), time.process_time()
    for data in itertools.cycle(photos):
        begun = time.perf_counter()
        if begun - started > seconds:
            break
        image, _ = decode_image(data)
        decoded = time.perf_counter()
        classifier.classify(image)
        classified = time.perf_counter()
        detector.detect(image)
        times.append(
            (decoded - begun, classified - decoded, time.perf_counter() - classified),
        )
    elapsed, cpu = time.perf_counter() - started, time.process_time() - cpu_started
    decode, classify, detect = (
        statistics.median(stage) * 1000 for stage in zip(*times, strict=True)
    )
    return {
        "images_per_second": len(times) / elapsed,
        "cpu_seconds_per_image": cpu / len(times),
        "decode_ms": decode,
        "classify_ms": classify,
        "detect_ms": detect,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run_loop(float(sys.argv[1]))))
