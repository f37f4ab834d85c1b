"""Measure one core with photos of different sizes: `python -m tools.bench.sizes SECONDS`."""

import json
import math
import subprocess
import sys
import time

import cv2
import numpy as np

from infra.local.demo.show import find_demo_photos
from infra.local.layout import WEIGHTS
from pipeline.core.options import Options
from pipeline.worker.vision.recognizer import Recognizer

MEGAPIXELS = (0.3, 2, 12, 24)


def measure_sizes(seconds: float) -> dict[float, float]:
    """Map megapixels to the processor milliseconds of one picture."""
    command = [sys.executable, "-m", "tools.bench.sizes", str(seconds)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {float(size): ms for size, ms in json.loads(done.stdout).items()}


def make_photo(megapixels: float) -> bytes:
    """The first demo photo at another size, as a JPEG."""
    image = cv2.imread(str(find_demo_photos()[0]))
    assert image is not None
    scale = math.sqrt(megapixels * 1e6 / (image.shape[0] * image.shape[1]))
    _, data = cv2.imencode(".jpg", cv2.resize(image, None, fx=scale, fy=scale))
    return np.asarray(data).tobytes()


def run(seconds: float) -> dict[float, float]:
    recognizer = Recognizer(WEIGHTS)
    found = {}
    for megapixels in MEGAPIXELS:
        data, count = make_photo(megapixels), 0
        recognizer.recognize_file(data, Options())
        started, cpu_started = time.perf_counter(), time.process_time()
        while time.perf_counter() - started < seconds:
            recognizer.recognize_file(data, Options())
            count += 1
        found[megapixels] = (time.process_time() - cpu_started) / count * 1000
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(float(sys.argv[1]))))
