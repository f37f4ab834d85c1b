"""Measure what the options of a request cost one core: `python -m tools.bench.options SECONDS`."""

import itertools
import json
import subprocess
import sys
import time

from infra.local.demo.show import find_demo_photos
from infra.local.layout import WEIGHTS
from pipeline.core.options import Detail, Feature, Options
from pipeline.weights.rendered import draw_page
from pipeline.worker.vision.recognizer import Recognizer

USUAL = "labels"
CHOICES = {
    USUAL: Options(),
    "labels, fine": Options(detail=Detail.FINE),
    "labels and properties": Options(features=(Feature.LABELS, Feature.PROPERTIES)),
    "properties": Options(features=(Feature.PROPERTIES,)),
    "text of a photo without any": Options(features=(Feature.TEXT,)),
    "text of a page": Options(features=(Feature.TEXT,)),
}
PAGE = "text of a page"


def measure_options(seconds: float) -> dict[str, float]:
    """Map what is asked for to the processor milliseconds of one demo photo or page."""
    command = [sys.executable, "-m", "tools.bench.options", str(seconds)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def run(seconds: float) -> dict[str, float]:
    """Measure all choices in turns, photo by photo, so that all have the same luck."""
    recognizer = Recognizer(WEIGHTS)
    photos = [photo.read_bytes() for photo in find_demo_photos()]
    page = draw_page()
    spent = dict.fromkeys(CHOICES, 0.0)
    for options in CHOICES.values():
        recognizer.recognize_file(photos[0], options)
    started, count = time.perf_counter(), 0
    for photo in itertools.cycle(photos):
        if time.perf_counter() - started >= seconds and count >= len(photos):
            break
        for name, options in CHOICES.items():
            began = time.process_time()
            recognizer.recognize_file(page if name == PAGE else photo, options)
            spent[name] += time.process_time() - began
        count += 1
    return {name: total / count * 1000 for name, total in spent.items()}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(float(sys.argv[1]))))
