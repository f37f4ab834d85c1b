"""Measures the peak memory of a worker with one core under a stream of large photos.

Run as: python -m tools.bench.memory [ENGINE]. The last row reads a page of text.
"""

import io
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from infra.local.demo.show import find_demo_photos
from infra.local.layout import WEIGHTS

SIZE = (4000, 3000)
ROUNDS = 10
GOAL_MB = 700
LABELS = "labels"
FORMATS: dict[str, tuple[str, dict[str, object]]] = {
    "JPEG": ("JPEG", {"quality": 90}),
    "JPEG, progressive": ("JPEG", {"quality": 90, "progressive": True}),
    "WebP": ("WEBP", {"quality": 90, "method": 0}),
    "PNG": ("PNG", {"compress_level": 1}),
    "HEIC": ("HEIF", {"quality": 70, "enc_params": {"preset": "ultrafast"}}),
    "AVIF": ("AVIF", {"quality": 70, "speed": 10}),
}


def measure_peak_mb(photo: bytes, engine: str, features: str) -> float:
    """Recognise `photo` repeatedly in a process with one core and return its peak memory."""
    command = [sys.executable, "-m", "tools.bench.memory", engine, features]
    done = subprocess.run(command, input=photo, stdout=subprocess.PIPE, check=True)
    return float(done.stdout)


def run_stream(photo: bytes, engine: str, features: str) -> float:
    """Recognise in as many slots as a worker with one core has; each slot has its own copy."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
    # A worker also has the clients of AWS.
    import boto3

    from pipeline.core.options import Options, sort_features
    from pipeline.core.queue import Delivery
    from pipeline.worker.__main__ import count_slots, load_recognizer
    from pipeline.worker.cores import Cores
    from pipeline.worker.deadline import Deadline
    from pipeline.worker.memory import share_arenas
    from pipeline.worker.metrics import Metrics
    from pipeline.worker.settings import WorkerSettings

    share_arenas(1)
    region = "eu-central-1"
    clients = [boto3.client("s3", region_name=region), boto3.client("sqs", region_name=region)]
    metrics = Metrics(boto3.client("cloudwatch", region_name=region), cores=1)
    settings = WorkerSettings.model_validate(
        {"weights_dir": WEIGHTS, "engine": engine, "concurrency": 1}
    )
    cores = Cores(load_recognizer(settings), 1, metrics, Deadline(seconds=60))

    options = Options(features=sort_features(features.split(",")))

    def work(number: int) -> None:
        delivery = Delivery(str(number), "", "", 1, datetime.now(UTC))
        cores.recognize(delivery, bytes(bytearray(photo)), options)

    with ThreadPoolExecutor(count_slots(1)) as slots:
        list(slots.map(work, range(ROUNDS)))
    del clients
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def build_photos() -> Iterator[tuple[str, bytes]]:
    """One 12-megapixel photo in each format."""
    import pillow_heif
    from PIL import Image

    pillow_heif.register_heif_opener()
    with Image.open(find_demo_photos()[0]) as small:
        large = small.convert("RGB").resize(SIZE, Image.Resampling.BICUBIC)
    for name, (kind, options) in FORMATS.items():
        file = io.BytesIO()
        large.save(file, kind, **options)
        yield name, file.getvalue()


def build_page() -> bytes:
    """A page of 12 megapixels."""
    from PIL import Image

    from pipeline.weights.rendered import draw_page

    with Image.open(io.BytesIO(draw_page())) as small:
        large = small.resize(SIZE[::-1], Image.Resampling.BICUBIC)
    file = io.BytesIO()
    large.save(file, "JPEG", quality=90)
    return file.getvalue()


def main(engine: str) -> int:
    """Print the peaks. Returns exit code 0 if all are below the goal."""
    peaks = {name: measure_peak_mb(photo, engine, LABELS) for name, photo in build_photos()}
    peaks["JPEG, text of a page"] = measure_peak_mb(build_page(), engine, f"{LABELS},text")
    sys.stdout.write(json.dumps({name: round(peak) for name, peak in peaks.items()}) + "\n")
    return int(max(peaks.values()) > GOAL_MB)


if __name__ == "__main__":
    chosen = sys.argv[1] if len(sys.argv) > 1 else "onnxruntime"
    if len(sys.argv) > 2:
        sys.stdout.write(str(run_stream(sys.stdin.buffer.read(), chosen, sys.argv[2])))
    else:
        sys.exit(main(chosen))
